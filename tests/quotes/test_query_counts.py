"""Statements do not grow with lines: one to a thousand lines take the same number, batches of inserts apart."""

from decimal import Decimal
from math import ceil

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.lines import LineChange
from invoices.actions import invoice_from_order
from invoices.models import InvoiceLine
from orders.actions import accept_quote
from orders.models import OrderLine
from people.models import Role
from quotes.actions import quote_from_opportunity, revise_quote, set_quote_lines
from quotes.models import QuoteLine
from tests.document_factories import OrderFactory, QuoteFactory
from tests.factories import OpportunityFactory, PaymentTermsFactory, ProductFactory, UserFactory

pytestmark = pytest.mark.django_db
BATCH = 500  # rows of one INSERT


@pytest.fixture
def manager():
    return UserFactory(role=Role.ADMINISTRATOR)


def statements(act):
    """What the act says to the database, and what it returns."""
    with CaptureQueriesContext(connection) as said:
        made = act()
    return [query["sql"] for query in said.captured_queries], made


def with_lines(document, model, parent, count):
    """As many lines as are asked for, all like the document's first one."""
    like = document.lines.get()
    model.objects.bulk_create(
        model(**{parent: document}, **like.columns() | {"position": position})
        for position in range(2, count + 1)
    )
    return document


def batches(said, table):
    return sum(1 for sql in said if sql.startswith(f'INSERT INTO "{table}"'))


def needed(model, rows):
    """How many INSERTs so many rows take: 500 a statement, fewer where the database limits its parameters."""
    limit = connection.ops.bulk_batch_size(model._meta.concrete_fields, range(rows))
    return ceil(rows / min(BATCH, limit))


@pytest.fixture
def warm(manager):
    """Number sequences and caches are there, so that the first act is like the others."""
    return accept_quote(QuoteFactory(status="active"), by=manager)


def test_accepting_takes_the_same_statements_with_1_30_and_1000_lines(manager, warm):
    said = {}
    for count in (1, 30, 1000):
        quote = with_lines(QuoteFactory(status="active"), QuoteLine, "quote", count)

        said[count], order = statements(lambda quote=quote: accept_quote(quote, by=manager))

        assert order.lines.count() == count
        assert order.lines.exclude(quote_line=None).values("quote_line").distinct().count() == count

    assert len(said[1]) == len(said[30]) == len(said[1000]), said[1000]
    assert batches(said[1000], "orders_orderline") == 1


def test_invoicing_takes_the_same_statements_with_1_30_and_1000_lines(manager):
    terms = PaymentTermsFactory(code="NOW", invoicing="when_ordered")
    said = {}
    for count in (1, 30, 1000):
        order = with_lines(OrderFactory(status="submitted", payment_terms=terms), OrderLine, "order", count)

        said[count], invoice = statements(lambda order=order: invoice_from_order(order, by=manager))

        assert invoice.lines.count() == count
        assert not order.lines.exclude(quantity_invoiced=Decimal(2)).exists()

    assert len(said[1]) == len(said[30]) == len(said[1000]), said[1000]


def test_invoicing_a_part_of_1000_lines_takes_batches_only(manager):
    terms = PaymentTermsFactory(code="NOW", invoicing="when_ordered")
    said = {}
    for count in (1, 1000):
        order = with_lines(OrderFactory(status="submitted", payment_terms=terms), OrderLine, "order", count)
        half = {line.key: Decimal(1) for line in order.lines.all()}

        said[count], invoice = statements(
            lambda order=order, half=half: invoice_from_order(order, by=manager, quantities=half)
        )

        assert invoice.lines.filter(quantity=1).count() == count

    written = [batches(said[1000], model._meta.db_table) for model in (InvoiceLine, OrderLine)]
    assert written == [pytest.approx(needed(model, 1000), abs=1) for model in (InvoiceLine, OrderLine)]
    # The one line of the other order is billed in part too: one INSERT a table.
    assert len(said[1000]) == len(said[1]) + sum(written) - 2


def test_writing_1000_lines_takes_batches_only(manager):
    product = ProductFactory()
    said = {}
    for count in (1, 30, 1000):
        quote = QuoteFactory(lines=0)
        wanted = [LineChange(product=product, quantity=Decimal(2))] * count

        said[count], _quote = statements(
            lambda quote=quote, wanted=wanted: set_quote_lines(quote, wanted, by=manager)
        )

        assert quote.lines.count() == count

    assert len(said[1]) == len(said[30])
    more = batches(said[1000], "quotes_quoteline") - 1
    assert len(said[1000]) == len(said[1]) + more
    assert more <= needed(QuoteLine, 1000)


def test_changing_one_of_1000_lines_takes_the_statements_of_one(manager):
    said = {}
    for count in (1, 1000):
        quote = with_lines(QuoteFactory(), QuoteLine, "quote", count)
        first = quote.lines.first()

        def double(there, key=first.key):
            return [
                LineChange(product=line.product, quantity=Decimal(4 if line.key == key else 2), key=line.key)
                for line in there
            ]

        said[count], _quote = statements(
            lambda quote=quote, double=double: set_quote_lines(quote, double, by=manager)
        )

    assert quote.lines.get(pk=first.pk).quantity == 4
    assert batches(said[1], "quotes_quoteline") == 1


def test_revising_copies_any_number_of_lines_at_once(manager):
    said = {}
    for count in (1, 1000):
        quote = with_lines(QuoteFactory(status="active"), QuoteLine, "quote", count)

        said[count], draft = statements(lambda quote=quote: revise_quote(quote, by=manager))

        assert draft.lines.count() == count

    assert len(said[1]) == len(said[1000])


def test_a_copied_line_is_the_old_one_but_for_key_parent_and_lineage(manager, warm):
    quote = QuoteFactory(status="active", lines=3, discount_percent=10)

    order = accept_quote(quote, by=manager)

    old, new = list(quote.lines.all()), list(order.lines.all())
    assert [line.columns() for line in new] == [line.columns() for line in old]
    assert [line.quote_line_id for line in new] == [line.pk for line in old]
    assert not {line.key for line in new} & {line.key for line in old}
    assert {line.key.version for line in new} == {4}


def test_lines_of_an_opportunity_are_numbered_below_those_there_are(manager):
    opportunity = OpportunityFactory(owner=manager)
    quote = quote_from_opportunity(opportunity, by=manager)

    assert [line.position for line in quote.lines.all()] == list(range(1, opportunity.lines.count() + 1))


def test_a_whole_invoice_says_what_its_parts_would_add_up_to(manager):
    terms = PaymentTermsFactory(code="NOW", invoicing="when_ordered")
    whole, parted = (
        OrderFactory(status="submitted", payment_terms=terms, lines=3, discount_percent=7, freight=10)
        for _both in "ab"
    )

    once = invoice_from_order(whole, by=manager)
    halves = [
        invoice_from_order(
            parted, by=manager, quantities={line.key: Decimal(1) for line in parted.lines.all()}
        )
        for _half in range(2)
    ]

    for name in ("detail_amount", "header_discount_amount", "freight", "total_tax", "total"):
        assert getattr(once, name) == sum(getattr(half, name) for half in halves), name
    for line in InvoiceLine.objects.filter(invoice=once):
        parts = InvoiceLine.objects.filter(invoice__in=halves, position=line.position)
        assert [getattr(line, name) for name in line.AMOUNTS] == [
            sum(getattr(part, name) for part in parts) for name in line.AMOUNTS
        ]
        assert (line.discount_percent, line.discount_amount) == (None, line.manual_discount)
        assert line.order_line.order_id == whole.pk
