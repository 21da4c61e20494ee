"""However an order is split into invoices, they add up to it to the cent."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.lines import LineChange
from invoices.actions import cancel_invoice, invoice_from_order
from invoices.models import Invoice
from orders.actions import create_order, submit_order
from tests.factories import (
    AccountFactory,
    CurrencyFactory,
    PaymentTermsFactory,
    PriceListFactory,
    TaxCodeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
COLUMNS = (
    "detail_amount",
    "header_discount_amount",
    "pre_freight_amount",
    "freight",
    "freight_tax",
    "total_tax",
    "total",
)

lines = st.lists(
    st.tuples(
        st.integers(1, 7),
        st.decimals("0.01", "999.99", places=2),
        st.sampled_from([None, "3", "12.5"]),
        st.sampled_from([19, 7, 0]),
    ),
    min_size=1,
    max_size=4,
)
splits = st.lists(st.lists(st.integers(0, 4), min_size=4, max_size=4), max_size=4)


def bill_in_parts(order, splits, boss, *, canceled):
    """Bill the order as the splits say, cancel the first invoice if asked to, then bill whatever is left."""
    for number, split in enumerate(splits):
        ready = {
            line.key: min(Decimal(wanted), line.quantity_to_invoice)
            for line, wanted in zip(order.lines.all(), split, strict=False)
        }
        if order.status == "invoiced" or not any(ready.values()):
            continue
        invoice = invoice_from_order(order, by=boss, quantities=ready)
        if canceled and number == 0:
            cancel_invoice(invoice, by=boss)
        order.refresh_from_db()
    if order.status != "invoiced":
        invoice_from_order(order, by=boss)
        order.refresh_from_db()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=lines, splits=splits, discount=st.sampled_from(["0", "10", "33.3"]), freight=st.sampled_from(["0", "19.99"]),
    digits=st.sampled_from([("EUR", 2), ("JPY", 0), ("KWD", 3)]), profile=st.sampled_from(["per_line", "per_document"]),
    canceled=st.booleans(),
)  # fmt: skip
def test_partial_invoices_sum_to_the_order(db, lines, splits, discount, freight, digits, profile, canceled):
    boss = UserFactory(role="administrator")
    code, places = digits
    currency = CurrencyFactory(code=code, digits=places, is_base=code == "EUR")
    if code != "EUR":
        currency.rates.get_or_create(valid_from="2000-01-01", defaults={"rate": Decimal("0.5")})
    order = create_order(
        by=boss, name="x", account=AccountFactory(), currency=currency, price_list=PriceListFactory(currency=currency),
        payment_terms=PaymentTermsFactory(code="PRE", invoicing="when_ordered"), discount_percent=Decimal(discount),
        freight=Decimal(freight).quantize(Decimal(1).scaleb(-places)), freight_tax_code=TaxCodeFactory(rate=19),
        rounding_profile=profile,
        lines=[
            LineChange(
                description="x", quantity=Decimal(quantity), unit_price=price, tax_code=TaxCodeFactory(rate=rate),
                discount_percent=percent and Decimal(percent),
            )
            for quantity, price, percent, rate in lines
        ],
    )  # fmt: skip
    order = submit_order(order, by=boss)
    bill_in_parts(order, splits, boss, canceled=canceled)

    live = list(Invoice.objects.filter(order=order).exclude(status="canceled"))
    assert order.billing == "complete"
    for column in COLUMNS:
        assert sum(getattr(invoice, column) for invoice in live) == getattr(order, column), column
    for line in order.lines.all():
        billed = [part for part in line.invoice_lines.all() if part.invoice.status != "canceled"]
        for column in ("quantity", "net", "tax", "total"):
            assert sum(getattr(part, column) for part in billed) == getattr(line, column)
