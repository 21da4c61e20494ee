"""The whole chain by actions alone: the story of one sale."""

from decimal import Decimal

import pytest
from django.utils import timezone

from catalog.lines import LineChange
from invoices.actions import confirm_invoice, credit_invoice, invoice_from_order, record_payment
from kernel.models import OutboxMessage
from orders.actions import Delivery, accept_quote, fulfill_order, submit_order
from orders.models import Order
from quotes.actions import (
    activate_quote,
    create_quote,
    quote_from_opportunity,
    revise_quote,
    send_quote,
    set_quote_lines,
)
from tests.factories import (
    AccountFactory,
    OpportunityFactory,
    PaymentTermsFactory,
    PriceListFactory,
    ProductFactory,
    TaxCodeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return UserFactory(role="administrator")


@pytest.fixture
def deal(boss):
    return OpportunityFactory(
        owner=boss, account=AccountFactory(payment_terms=PaymentTermsFactory()), lines=1
    )


def test_a_deal_becomes_a_quote_an_order_and_paid_invoices_that_add_up(boss, deal):
    spindle = ProductFactory(list_price=Decimal("9800"), tax_code=TaxCodeFactory(rate=19))
    book = ProductFactory(list_price=Decimal("29.90"), tax_code=TaxCodeFactory(rate=7))
    prices = PriceListFactory(items={spindle: "9310.00"})
    quote = quote_from_opportunity(deal, by=boss, price_list=prices)
    assert [line.description for line in quote.lines.all()] == ["Spindle"]

    quote = set_quote_lines(
        quote,
        [
            LineChange(product=spindle, quantity=Decimal(2), discount_percent=Decimal(5)),
            LineChange(product=book, quantity=Decimal(3)),
            LineChange(description="Travel", unit_price=Decimal("133.33"), tax_code=TaxCodeFactory(rate=19)),
        ],
        by=boss,
    )
    assert quote.detail_amount == Decimal("17689.00") + Decimal("89.70") + Decimal("133.33")
    quote = send_quote(activate_quote(quote, by=boss), by=boss)
    draft = revise_quote(quote, by=boss)
    assert (draft.number, draft.revision, draft.total) == (quote.number, 1, quote.total)

    order = accept_quote(activate_quote(draft, by=boss), by=boss, customer_po="4500-88")
    assert (order.total, order.opportunity, order.quote) == (draft.total, deal, draft)
    deal.refresh_from_db()
    assert (deal.status, deal.actual_revenue) == ("won", draft.net_amount)

    order = submit_order(order, by=boss)
    first, second, third = order.lines.all()
    order = fulfill_order(
        order, by=boss, delivery=Delivery("DN-1", {first.key: Decimal(1), second.key: Decimal(3)})
    )
    assert (order.status, order.status_reason, order.fulfillment) == ("fulfilled", "partial", "partial")
    part = confirm_invoice(invoice_from_order(order, by=boss), by=boss)
    order.refresh_from_db()
    assert order.billing == "partial"
    order = fulfill_order(
        order, by=boss, delivery=Delivery("DN-2", {first.key: Decimal(1), third.key: Decimal(1)})
    )
    rest = confirm_invoice(invoice_from_order(order, by=boss), by=boss)
    order.refresh_from_db()
    assert (order.status, order.billing, order.fulfillment) == ("invoiced", "complete", "complete")
    assert part.total + rest.total == order.total
    assert part.total_tax + rest.total_tax == order.total_tax

    record_payment(part, by=boss, amount=part.total)
    part.refresh_from_db()
    assert (part.status, part.status_reason, part.balance) == ("paid", "complete", 0)
    credit = credit_invoice(rest, by=boss)
    rest.refresh_from_db()
    assert (credit.total, rest.balance, rest.status_reason) == (-rest.total, 0, "complete")
    assert [part.number[-5:], rest.number[-5:]] == ["00001", "00002"]
    topics = set(OutboxMessage.objects.values_list("topic", flat=True))
    assert {"quote.accepted", "order.submitted", "invoice.paid"} <= topics


def test_a_blank_quote_needs_only_a_customer(boss):
    account = AccountFactory()
    prices = PriceListFactory()

    quote = create_quote(
        by=boss, name="Blank", account=account, currency=prices.currency, price_list=prices,
        lines=[LineChange(description="Travel", unit_price=Decimal(10))],
    )  # fmt: skip

    assert (quote.total, quote.ship_to_city, quote.owner) == (10, "Berlin", boss)
    assert quote.number.startswith(f"QUO-{timezone.localdate().year}-")
    assert not Order.objects.exists()
