"""The demo organization has the promised mix, and its quantities and money add up."""

from collections import Counter
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F, Sum
from django.test import override_settings
from django.utils import timezone

from customers.models import Account, Contact
from integrations.models import Connection
from invoices.models import Invoice, Payment
from kernel.models import HistoryEntry, OutboxMessage
from kernel.ownership import owner_of
from leads.models import Lead
from opportunities.models import Opportunity, Stage
from orders.models import Order, OrderLine
from people.models import Role, User
from quotes.models import Quote
from reports.books import verify

pytestmark = pytest.mark.django_db
ERP = {"DEMO_ERP_URL": "http://127.0.0.1:8801", "DEMO_ERP_TOKEN": "token", "SALESOPS_ALLOW_LOCAL_ERP": True}


@pytest.fixture(scope="module", autouse=True)
def organization(django_db_setup, django_db_blocker, tmp_path_factory):
    """Loaded once and read by every test; the transaction around it is taken back."""
    place = {"VAR_DIR": tmp_path_factory.mktemp("var"), "DEBUG": True}
    with django_db_blocker.unblock(), override_settings(**ERP, **place), transaction.atomic():
        call_command("load_demo", stdout=(place["VAR_DIR"] / "told").open("w"))
        yield
        transaction.set_rollback(True)


def states(model):
    return Counter(model.objects.values_list("status", "status_reason"))


def bucket(invoice):
    days = (timezone.localdate() - invoice.due_on).days
    return (
        "not due"
        if days <= 0
        else "1-30"
        if days <= 30
        else "31-60"
        if days <= 60
        else "61-90"
        if days <= 90
        else ">90"
    )


def test_three_reps_a_manager_finance_and_an_administrator_can_log_in():
    people = User.objects.filter(is_service=False)

    assert Counter(people.values_list("role", flat=True)) == {
        Role.SALESPERSON: 3, Role.SALES_MANAGER: 1, Role.FINANCE: 1, Role.ADMINISTRATOR: 1,
    }  # fmt: skip
    assert all(person.check_password("salesops-demo") and person.is_active for person in people)


def test_about_forty_accounts_and_a_hundred_and_forty_leads_in_every_state():
    assert 38 <= Account.objects.count() <= 45
    assert Contact.objects.count() >= Account.objects.count()
    assert 120 <= sum(states(Lead).values()) <= 160
    assert {status for status, _reason in states(Lead)} == {"open", "qualified", "disqualified"}
    assert {("open", "new"), ("open", "contacted")} <= set(states(Lead))


def test_eighty_opportunities_in_all_stages_won_and_lost():
    assert Opportunity.objects.count() == 80
    assert set(states(Opportunity)) >= {
        ("open", "in_progress"),
        ("open", "on_hold"),
        ("won", "won"),
        ("lost", "out_sold"),
    }
    open_in = Counter(Opportunity.objects.filter(status="open").values_list("stage", flat=True))
    assert all(open_in[stage.pk] >= 3 for stage in Stage.objects.all())


def test_quotes_in_every_state_and_with_revisions():
    assert set(states(Quote)) >= {
        ("draft", "in_progress"), ("active", "in_progress"), ("active", "open"), ("won", "won"),
        ("closed", "revised"), ("closed", "lost"), ("closed", "expired"), ("closed", "canceled"),
    }  # fmt: skip
    assert Quote.objects.filter(revision__gte=1, revises__number=F("number")).count() >= 5


def test_orders_in_every_state():
    assert set(states(Order)) >= {
        ("active", "new"), ("active", "pending"), ("submitted", "in_progress"), ("fulfilled", "partial"),
        ("fulfilled", "complete"), ("invoiced", "invoiced"), ("canceled", "customer_request"),
    }  # fmt: skip


def test_the_orders_of_today_wait_for_the_erp():
    [connection] = Connection.objects.all()
    waiting = OutboxMessage.objects.filter(destination=connection.code, state="pending")

    assert (
        waiting.count() == Order.objects.filter(status="submitted", managed_by=connection.code).count() >= 8
    )
    assert (owner_of("orders"), owner_of("invoices")) == ("crm", "erp")


def test_open_invoices_in_every_ageing_bucket():
    buckets = Counter(bucket(invoice) for invoice in Invoice.objects.filter(balance__gt=0))

    assert set(buckets) == {"not due", "1-30", "31-60", "61-90", ">90"}
    assert set(states(Invoice)) >= {("active", "billed"), ("paid", "partial"), ("paid", "complete")}
    assert Invoice.objects.filter(kind="credit_note").exists()


def test_no_quantity_is_lost_or_made_up():
    for line in OrderLine.objects.annotate(sent=Sum("shipment_lines__quantity", default=Decimal(0))):
        assert line.quantity == line.quantity_shipped + line.quantity_open + line.quantity_canceled
        assert line.quantity_shipped == line.sent
    for line in OrderLine.objects.filter(order__invoices__kind="invoice").annotate(
        billed=Sum("invoice_lines__quantity", default=Decimal(0))
    ):
        assert line.billed <= line.quantity_invoiced <= line.quantity


def test_the_books_are_right():
    assert [str(finding) for finding in verify()] == []


def test_every_document_is_the_sum_of_its_lines():
    for model in (Quote, Order, Invoice):
        for document in model.objects.prefetch_related("lines"):
            lines = document.lines.all()
            assert document.detail_amount == sum(line.net for line in lines), document
            assert document.total_tax == sum(line.tax for line in lines) + document.freight_tax, document
            assert document.total == document.net_amount + document.total_tax, document


def test_an_order_costs_what_its_quote_said_and_bills_no_more():
    for order in Order.objects.exclude(quote=None).select_related("quote", "opportunity"):
        assert (order.total, order.currency_id, order.opportunity) == (
            order.quote.total, order.quote.currency_id, order.quote.opportunity,
        )  # fmt: skip
    for order in Order.objects.filter(billing="complete", fulfillment="complete").prefetch_related(
        "invoices"
    ):
        assert order.total == sum(
            invoice.total for invoice in order.invoices.all() if invoice.kind == "invoice"
        )


def test_what_is_owed_follows_from_what_was_received():
    for invoice in Invoice.objects.filter(kind="invoice"):
        settled = invoice.allocations.aggregate(sum=Sum("amount", default=Decimal(0)))["sum"]
        assert (invoice.amount_paid, invoice.balance) == (settled, invoice.total - settled), invoice
    for payment in Payment.objects.all():
        used = payment.allocations.aggregate(sum=Sum("amount", default=Decimal(0)))["sum"]
        taken = payment.taken_from.aggregate(sum=Sum("amount", default=Decimal(0)))["sum"]
        assert payment.amount == used - taken + payment.unallocated


def test_everything_was_done_by_somebody_and_nothing_happens_in_the_future():
    for model in (Lead, Opportunity, Quote, Order, Invoice):
        told = HistoryEntry.objects.filter(record_type=model._meta.label_lower)
        assert set(model.objects.values_list("pk", flat=True)) <= set(
            told.values_list("record_id", flat=True)
        )
    assert not HistoryEntry.objects.filter(at__gt=timezone.now()).exists()


def test_it_is_not_loaded_where_people_work_already():
    before = Lead.objects.count()

    with override_settings(DEBUG=True):
        call_command("load_demo", "--if-empty")
        with pytest.raises(CommandError, match="empty database"):
            call_command("load_demo")

    assert Lead.objects.count() == before


def test_its_well_known_passwords_stay_out_of_production():
    with override_settings(DEBUG=False), pytest.raises(CommandError, match="DEBUG=1"):
        call_command("load_demo")
