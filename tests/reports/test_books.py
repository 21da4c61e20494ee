"""The books: right business yields nothing, and each planted corruption is found by its own check and no other."""

import json
from collections.abc import Callable
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from invoices.models import Instalment, Invoice, InvoiceLine, Payment
from kernel.models import HistoryEntry, NumberSeries, OutboxMessage
from opportunities.models import Opportunity, OpportunityLine, Tally
from orders.actions import accept_quote
from orders.models import Order, ShipmentLine
from quotes.actions import activate_quote, copy_quote, quote_from_opportunity
from quotes.models import QuoteLine
from reports.books import CHECKS, verify
from reports.books.batches import in_batches
from reports.tasks import verify_books
from tests.factories import AccountFactory, LeadFactory
from tests.reports.books_world import World, build, one

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(scope="module")
def year(django_db_setup, django_db_blocker):
    """Made once; the transaction around it is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def world(year):
    """The year for one test, which may spoil it."""
    with transaction.atomic():
        yield year
        transaction.set_rollback(True)


def change(record, **columns):
    """Write past every action."""
    type(record).objects.filter(pk=record.pk).update(**columns)


def pretend(record, **columns):
    """Write past every constraint too: a view in place of the table, in which this row reads otherwise."""
    table = record._meta.db_table
    quote = connection.ops.quote_name
    schema = "main" if connection.vendor == "sqlite" else "public"
    shown = [
        f"CASE WHEN id = {record.pk} THEN {literal(columns[field.attname])} ELSE {quote(field.column)} END"
        f" AS {quote(field.column)}"
        if field.attname in columns
        else quote(field.column)
        for field in record._meta.concrete_fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP VIEW {quote(table)} AS SELECT {', '.join(shown)} FROM {schema}.{quote(table)}"
        )


def literal(value):
    if value is None:
        return "NULL"
    return f"'{value}'" if isinstance(value, str) else str(value)


def line_of(world, name, position=0):
    return list(getattr(world, name).lines.exclude(kind="section").order_by("position"))[position]


# --- one corruption for each check --------------------------------------------------------------

PLANTED: dict[str, Callable[[World], object]] = {}


def plants(code):
    def register(function):
        PLANTED[code] = function
        return function

    return register


@plants("illegal_state")
def a_reason_of_another_status(world):
    pretend(world.lead, status_reason="qualified")


@plants("no_history")
def a_record_nobody_made(world):
    HistoryEntry.objects.filter(record_type="leads.lead", record_id=world.lead.pk).delete()


@plants("status_without_step")
def a_status_nobody_set(world):
    change(world.lead, status="disqualified", status_reason="lost")


@plants("number_repeated")
def two_leads_of_one_number(world):
    pretend(world.other_lead, number=world.lead.number)


@plants("number_missing")
def a_confirmed_invoice_without_number(world):
    pretend(world.pulled, number=None)


@plants("number_gap")
def a_number_that_nothing_has(world):
    NumberSeries.objects.filter(kind="invoice").update(last=F("last") + 1)


@plants("order_opportunity")
def an_order_in_another_deal(world):
    change(world.order, opportunity=world.other_deal)


@plants("invoice_opportunity")
def an_invoice_in_another_deal(world):
    change(world.draft, opportunity=world.deal)


@plants("chain_currency")
def an_order_in_another_currency(world):
    change(world.order, currency=world.dollar)


@plants("chain_customer")
def an_order_of_another_customer(world):
    change(world.order, account=AccountFactory())


@plants("two_orders")
def two_valid_orders_of_a_quote(world):
    pretend(world.new, quote_id=world.quote.pk, opportunity_id=world.deal.pk)


@plants("order_of_open_quote")
def an_order_of_a_quote_nobody_won(world):
    change(world.new, quote=world.open_quote)


@plants("revision")
def a_revision_that_follows_nothing(world):
    change(world.revised, revision=5)


@plants("quote_line_source")
def a_quote_line_of_another_deal(world):
    other = OpportunityLine.objects.filter(opportunity=world.other_deal).first()
    QuoteLine.objects.filter(pk=line_of(world, "quote").pk).update(opportunity_line=other)


@plants("order_line_source")
def an_order_line_of_another_quote(world):
    change(line_of(world, "order"), quote_line=line_of(world, "open_quote"))


@plants("invoice_line_source")
def an_invoice_line_of_another_order(world):
    change(one(world.last_note), order_line=line_of(world, "waiting"))


@plants("line_amounts")
def a_line_that_does_not_add_up(world):
    change(world.open_quote, engine_version=0)
    change(line_of(world, "open_quote"), base=F("base") + 1)


@plants("line_sums")
def a_header_that_is_not_the_sum_of_its_lines(world):
    change(world.open_quote, engine_version=0, line_discount_amount=F("line_discount_amount") + 1)


@plants("header_amounts")
def a_header_that_does_not_add_up(world):
    change(
        world.new, engine_version=0, pre_freight_amount=F("pre_freight_amount") + 1, freight=F("freight") - 1
    )


@plants("engine")
def a_discount_that_nobody_reckoned(world):
    change(line_of(world, "open_quote"), discount_percent=D(10))


@plants("base_total")
def a_total_in_base_currency_that_is_off(world):
    change(world.open_quote, total_base=F("total_base") + D("0.01"))


@plants("text_with_amounts")
def a_heading_with_a_quantity(world):
    pretend(world.open_quote.lines.get(kind="section"), quantity=1)


@plants("calculated_revenue")
def a_revenue_that_is_not_its_lines(world):
    change(world.other_deal, estimated_revenue=F("estimated_revenue") + 1)


@plants("quantities")
def a_quantity_below_zero(world):
    pretend(line_of(world, "waiting"), quantity_backordered=-1)


@plants("backordered")
def more_waiting_than_open(world):
    change(world.part_line, quantity_backordered=4)


@plants("shipments")
def a_delivery_note_that_lost_a_line(world):
    ShipmentLine.objects.filter(order_line=world.part_line).delete()


@plants("invoiced")
def a_quantity_that_no_invoice_bills(world):
    change(line_of(world, "billed_some"), quantity_invoiced=3)


@plants("fulfillment")
def a_fulfillment_that_never_was(world):
    change(world.billed_all, fulfillment="partial")


@plants("billing")
def a_billing_that_never_was(world):
    change(world.waiting, billing="partial")


@plants("order_status")
def a_reason_that_is_ahead_of_the_deliveries(world):
    change(world.part, status_reason="complete")


@plants("line_billed")
def a_cent_moved_from_line_to_line(world):
    first, second = line_of(world, "last"), line_of(world, "last", 1)
    change(first, tax=F("tax") - D("0.01"), total=F("total") - D("0.01"))
    change(second, tax=F("tax") + D("0.01"), total=F("total") + D("0.01"))


@plants("order_billed")
def an_invoice_that_lost_its_freight(world):
    change(world.draft, freight=F("freight") - 1, total=F("total") - 1, total_base=F("total_base") - 1)


@plants("payment_left")
def a_credit_that_was_spent(world):
    change(world.payment, unallocated=1)


@plants("settled")
def a_payment_that_nobody_made(world):
    change(world.in_parts, amount_paid=F("amount_paid") + 1, balance=F("balance") - 1)


@plants("balance")
def a_balance_that_is_off(world):
    change(world.in_parts, balance=F("balance") + 1)


@plants("paid_status")
def paid_completely_but_for_the_money(world):
    change(world.in_parts, status_reason="complete")


@plants("allocation")
def a_payment_of_somebody_else(world):
    change(world.payment, account=AccountFactory())


@plants("credited")
def more_credited_than_invoiced(world):
    change(world.last_note, credits=world.small)


@plants("instalments")
def an_instalment_that_is_off(world):
    Instalment.objects.filter(invoice=world.in_parts, position=1).update(upto=F("upto") + 1)


@plants("not_told")
def an_order_the_erp_never_heard_of(world):
    OutboxMessage.objects.filter(aggregate_id=world.told.public_id).delete()


@plants("tally")
def a_sum_of_deals_that_somebody_wrote(world):
    Tally.objects.filter(pk=Tally.objects.latest("pk").pk).update(deals=F("deals") + 1)


@plants("next_due")
def a_plan_that_nobody_made(world):
    Opportunity.objects.filter(pk=Opportunity.objects.latest("pk").pk).update(next_due_at=timezone.now())


# --- the proofs ----------------------------------------------------------------------------------


def test_right_business_yields_nothing(world):
    assert [str(finding) for finding in verify()] == []
    assert Invoice.objects.count() >= 9
    assert Payment.objects.filter(amount__lt=0).exists()
    assert InvoiceLine.objects.filter(quantity__lt=0).exists()


def test_a_quote_copied_out_of_a_closed_deal_leaves_its_sources_behind(world):
    quote = activate_quote(quote_from_opportunity(world.other_deal, by=world.boss), by=world.boss)
    accept_quote(quote, by=world.boss)

    copy = copy_quote(quote, by=world.boss)

    assert (copy.opportunity, set(copy.lines.values_list("opportunity_line", flat=True))) == (None, {None})
    assert [str(finding) for finding in verify()] == []


def test_every_check_has_its_corruption():
    assert set(PLANTED) == {check.code for check in CHECKS}
    assert all(check.proves and check.hint for check in CHECKS)


@pytest.mark.parametrize("code", PLANTED)
def test_each_corruption_is_found_by_its_own_check_and_no_other(world, code):
    PLANTED[code](world)

    found = list(verify())

    assert {finding.code for finding in found} == {code}, [str(finding) for finding in found]
    assert all(finding.record and finding.wrong and finding.hint for finding in found)
    assert list(verify([code])) == found


def test_the_command_tells_each_finding_and_ends_with_one(world):
    change(world.open_quote, total_base=1)
    told, machine = StringIO(), StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("verify_books", stdout=told)
    with pytest.raises(SystemExit):
        call_command("verify_books", "--json", stdout=machine)

    assert ended.value.code == 1
    assert (
        f"base_total: quote {world.open_quote.ref}: its total in the base currency is off (expected "
        in told.getvalue()
    )
    assert "1 findings: base_total 1." in told.getvalue()
    finding, summary = (json.loads(line) for line in machine.getvalue().splitlines())
    assert (finding["code"], finding["found"]) == ("base_total", "1")
    assert (summary["findings"], summary["codes"]) == (1, {"base_total": 1})


def test_the_command_looks_only_at_what_it_is_told_to(world):
    change(world.open_quote, total_base=1)
    told = StringIO()

    call_command("verify_books", "--only", "number_gap", "--only", "engine", stdout=told)

    assert "2 checks" in told.getvalue()
    assert "the books are right" in told.getvalue()
    with pytest.raises(CommandError, match="no check nonsense"):
        call_command("verify_books", "--only", "nonsense")


def test_at_night_the_findings_go_to_the_log(world, caplog):
    assert verify_books() == 0

    change(world.open_quote, total_base=1)

    assert verify_books() == 1
    assert world.open_quote.ref in caplog.text


def test_a_batch_costs_as_many_statements_however_many_records_it_has(monkeypatch):
    counts = []
    for more in (3, 30):
        LeadFactory.create_batch(more)
        with CaptureQueriesContext(connection) as queries:
            list(verify(["illegal_state", "no_history", "status_without_step"]))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_batches_are_bounded_by_records_and_by_lines(world, monkeypatch):
    monkeypatch.setattr("reports.books.batches.SIZE", 4)
    monkeypatch.setattr("reports.books.batches.MOST_LINES", 5)

    found = list(in_batches(Order, 2))

    assert sum(len(batch.documents) for batch in found) == Order.objects.count()
    for batch in found:
        lines = sum(len(lines) for lines in batch.lines.values())
        assert len(batch.documents) <= 4
        assert lines <= 5 or len(batch.documents) == 1
    assert [str(finding) for finding in verify()] == []
