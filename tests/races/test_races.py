"""Many at once: locks and constraints let one through and tell the others why. On PostgreSQL, with real threads."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connection

from invoices.actions import confirm_invoice, invoice_from_order, record_payment
from invoices.models import Invoice
from kernel.errors import Conflict, DomainError
from kernel.models import HistoryEntry
from kernel.numbering import next_number
from orders.actions import Delivery, accept_quote, record_fulfillment, submit_order
from orders.models import Order
from quotes.actions import change_quote, revise_quote
from quotes.models import Quote
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import UserFactory

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CROWD = 12


def at_once(act, times=CROWD):
    """Do ``act(n)`` in that many threads at the same moment; how each ended: "done" or the refusal's code."""
    start = Barrier(times)

    def one(number):
        start.wait()
        try:
            act(number)
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(times) as crowd:
        return Counter(crowd.map(one, range(times)))


@pytest.fixture
def boss():
    return UserFactory(role="administrator")


def test_of_many_submits_one_succeeds(boss):
    order = OrderFactory()

    outcome = at_once(lambda _n: submit_order(order, by=boss))

    assert outcome == {"done": 1, "transition_refused": CROWD - 1}
    assert HistoryEntry.objects.filter(verb="submitted").count() == 1


def test_a_quote_accepted_by_many_makes_one_order(boss):
    quote = QuoteFactory(status="active", lines=3)

    outcome = at_once(lambda _n: accept_quote(quote, by=boss))

    assert outcome["done"] == 1
    assert Order.objects.get().lines.count() == 3


def test_accepting_and_revising_exclude_each_other(boss):
    quote = QuoteFactory(status="active")

    at_once(lambda n: accept_quote(quote, by=boss) if n % 2 else revise_quote(quote, by=boss))

    quote.refresh_from_db()
    revised = Quote.objects.filter(revises=quote).count()
    assert (quote.status, Order.objects.count(), revised) in {("won", 1, 0), ("closed", 0, 1)}


def test_invoice_numbers_have_no_gap_and_no_double(boss):
    invoices = [InvoiceFactory(lines=n % 3) for n in range(CROWD)]  # every third has no lines and is refused

    outcome = at_once(lambda n: confirm_invoice(invoices[n], by=boss))

    numbers = sorted(Invoice.objects.exclude(number=None).values_list("number", flat=True))
    assert outcome == {"done": 8, "transition_refused": 4}
    assert [int(number[-5:]) for number in numbers] == list(range(1, 9))


def test_the_same_payment_by_many_hands_never_overpays(boss):
    invoice = InvoiceFactory(status_reason="billed")  # 119.00

    outcome = at_once(lambda _n: record_payment(invoice, by=boss, amount=Decimal("50.00")))

    invoice.refresh_from_db()
    assert outcome["done"] == 2
    assert (invoice.amount_paid, invoice.balance) == (Decimal("100.00"), Decimal("19.00"))


def test_an_order_is_billed_once_however_many_press_the_button(boss):
    order = OrderFactory(
        status="fulfilled", status_reason="complete", fulfillment="complete", lines__quantity_shipped=2
    )

    outcome = at_once(lambda _n: invoice_from_order(order, by=boss))

    assert outcome["done"] == 1
    assert Invoice.objects.get().total == order.total


def test_the_same_delivery_told_many_times_counts_once(boss):
    order = OrderFactory(status="submitted")
    line = order.lines.get()

    outcome = at_once(
        lambda _n: record_fulfillment(order, by=boss, deliveries=[Delivery("DN-1", {line.key: Decimal(1)})])
    )

    assert outcome == {"done": CROWD}
    line.refresh_from_db()
    assert line.quantity_shipped == 1


def test_of_many_editors_with_the_same_version_one_wins(boss):
    quote = QuoteFactory()

    outcome = at_once(lambda n: change_quote(quote, by=boss, version=quote.version, name=f"by {n}"))

    assert outcome == {"done": 1, Conflict.default_code: CROWD - 1}


def test_quick_numbers_are_never_given_twice():
    given = []

    at_once(lambda _n: given.extend(next_number("order") for _each in range(20)))

    assert len(set(given)) == CROWD * 20
