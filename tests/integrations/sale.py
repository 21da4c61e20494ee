"""One sale by actions alone, from the lead to the submitted order: what the tests of whole chains start from."""

from decimal import Decimal

from catalog.lines import LineChange
from leads.actions import contact_lead, create_lead
from opportunities.actions import qualify_lead
from orders.actions import accept_quote, submit_order
from people.models import Role
from quotes.actions import (
    activate_quote,
    change_quote,
    quote_from_opportunity,
    revise_quote,
    send_quote,
    set_quote_lines,
)
from salesops.starting import lay_pipeline
from tests.factories import CurrencyFactory, PriceListFactory, ProductFactory, TaxCodeFactory, UserFactory

LISTED = {"WIDGET-A": "99.99", "WIDGET-B": "24.90", "BOOK-01": "29.00", "SERVICE-H": "120.00"}


def seller():
    return UserFactory(role=Role.SALES_MANAGER)


def catalog():
    """Products that the Tryton of the laboratory knows, at prices of our own; books are taxed less."""
    CurrencyFactory()
    lay_pipeline()
    standard, reduced = TaxCodeFactory(), TaxCodeFactory(rate=7)
    products = {
        sku: ProductFactory(
            sku=sku, list_price=Decimal(price), tax_code=reduced if sku == "BOOK-01" else standard
        )
        for sku, price in LISTED.items()
    }
    PriceListFactory(items={product: LISTED[sku] for sku, product in products.items()}, is_default=True)
    return products, standard


def mixed_lines():
    """Discounts in percent and as an amount, two tax rates, a write-in: 575.05 before the discount of the whole."""
    products, standard = catalog()
    return [
        LineChange(product=products["WIDGET-A"], quantity=Decimal(3), discount_percent=Decimal("7.5")),
        LineChange(product=products["WIDGET-B"], quantity=Decimal(4), discount_amount=Decimal("9.99")),
        LineChange(product=products["BOOK-01"], quantity=Decimal(2)),
        LineChange(product=products["SERVICE-H"], quantity=Decimal(1)),
        LineChange(
            description="Engraving", quantity=Decimal(1), unit_price=Decimal("29.97"), tax_code=standard
        ),
    ]


def small_lines():
    """Three lines of 13 cents: tax of each line is 2 cents, of all together 7."""
    products, standard = catalog()
    screws = [
        LineChange(
            description=f"Screw {size}", quantity=Decimal(1), unit_price=Decimal("0.13"), tax_code=standard
        )
        for size in ("M3", "M4", "M5")
    ]
    return [*screws, LineChange(product=products["BOOK-01"], quantity=Decimal(1))]


def submitted(by, lines, *, discount="0"):
    """A lead that was contacted, qualified, offered something twice, and ordered the second offer."""
    lead = create_lead(
        by=by, topic="Retrofit", first_name="Greta", last_name="Lindqvist", company="Lindqvist Verktyg",
        email="greta@lindqvist.example", street="Kai 7", postcode="20457", city="Hamburg", country="DE",
    )  # fmt: skip
    deal = qualify_lead(contact_lead(lead, by=by), by=by).opportunity
    quote = quote_from_opportunity(deal, by=by)
    quote = send_quote(activate_quote(set_quote_lines(quote, lines[:1], by=by), by=by), by=by)
    draft = change_quote(revise_quote(quote, by=by), by=by, discount_percent=Decimal(discount))
    draft = set_quote_lines(draft, lines, by=by)
    return submit_order(accept_quote(activate_quote(draft, by=by), by=by, customer_po="PO-1"), by=by)
