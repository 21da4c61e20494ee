"""From quote to order to invoice no amount changes, whatever is on the document: generated quotes, real conversions."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.documents import AMOUNT_COLUMNS, PricedLine
from catalog.lines import LineChange
from invoices.actions import invoice_from_order
from kernel.pricing import Profile
from orders.actions import accept_quote, submit_order
from quotes.actions import activate_quote, copy_quote, create_quote, revise_quote
from tests.factories import (
    AccountFactory,
    CurrencyFactory,
    ExchangeRateFactory,
    PaymentTermsFactory,
    PriceListFactory,
    ProductFactory,
    TaxCodeFactory,
    UnitFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
CURRENCIES = {0: "JPY", 2: "EUR", 3: "KWD"}


def decimals(least, most, places):
    return st.integers(least * 10**places, most * 10**places).map(lambda n: Decimal(n).scaleb(-places))


@st.composite
def lines(draw):
    """A line as people write it: a product or words, with or without a discount, now and then a rebate."""
    quantity = draw(decimals(0, 300, draw(st.sampled_from([0, 3]))).filter(bool))
    price = draw(decimals(0, 2000, draw(st.sampled_from([0, 2, 4]))))
    discount = draw(st.sampled_from([None, *(Decimal(text) for text in ("3", "7.5", "33.3333", "100"))]))
    amount = None if discount is not None or not price else draw(st.sampled_from([None, Decimal("0.5")]))
    if amount is not None and amount > quantity * price / 2:
        amount = None
    typed = draw(st.sampled_from([None, Decimal("1.5")]))
    return {
        "quantity": quantity, "unit_price": price, "discount_percent": discount, "discount_amount": amount,
        "rate": draw(st.sampled_from([0, 7, 19, 22])), "typed_tax": typed, "is_product": draw(st.booleans()),
    }  # fmt: skip


def change(line, product):
    tax = TaxCodeFactory(rate=line["rate"])
    wanted = {
        name: line[name]
        for name in ("quantity", "unit_price", "discount_percent", "discount_amount", "typed_tax")
    }
    if line["is_product"]:
        return LineChange(product=product, tax_code=tax, **wanted)
    return LineChange(description="In our own words", tax_code=tax, **wanted)


def offer(boss, digits, profile, wanted, percent, freight):
    """An active quote in a currency with so many decimals."""
    code = CURRENCIES[digits]
    currency = CurrencyFactory(code=code, digits=digits)
    if not currency.is_base and not currency.rates.exists():
        ExchangeRateFactory(currency=currency, rate=Decimal("0.61803399"))
    product = ProductFactory(decimals=5, unit=UnitFactory())
    quote = create_quote(
        by=boss, name="Deal", account=AccountFactory(), currency=currency, rounding_profile=profile,
        price_list=PriceListFactory(currency=currency), discount_percent=percent,
        payment_terms=PaymentTermsFactory(code="PRE", invoicing="when_ordered"),
        freight=freight.quantize(Decimal(1).scaleb(-digits)), freight_tax_code=TaxCodeFactory(rate=19),
        lines=[change(line, product) for line in wanted],
    )  # fmt: skip
    return activate_quote(quote, by=boss)


def figures_of(document):
    """Every amount of the document and of its lines, in order."""
    names = (*AMOUNT_COLUMNS, "currency_id", "exchange_rate", "rounding_profile", "engine_version")
    line_names = ("position", "description", "quantity", "tax_rate", *PricedLine.AMOUNTS)
    fresh = type(document).objects.get(pk=document.pk)
    return (
        {name: getattr(fresh, name) for name in names},
        list(fresh.lines.order_by("position").values_list(*line_names)),
    )


@pytest.mark.parametrize("profile", [profile.value for profile in Profile])
@pytest.mark.parametrize("digits", CURRENCIES)
def test_conversions_change_no_amount(profile, digits):
    boss = UserFactory(role="administrator")

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        wanted=st.lists(lines(), min_size=1, max_size=4),
        percent=st.sampled_from([Decimal(0), Decimal("12.5")]),
        freight=st.sampled_from([Decimal(0), Decimal("9.99")]),
    )
    def convert(wanted, percent, freight):
        quote = offer(boss, digits, profile, wanted, percent, freight)
        offered = figures_of(quote)

        copied = copy_quote(quote, by=boss)
        revised = activate_quote(revise_quote(quote, by=boss), by=boss)
        order = submit_order(accept_quote(revised, by=boss), by=boss)
        invoice = invoice_from_order(order, by=boss)

        for document in (copied, revised, order, invoice):
            assert figures_of(document) == offered, type(document).__name__
        order.refresh_from_db()
        assert (order.status, order.billing) == ("invoiced", "complete")

    convert()
