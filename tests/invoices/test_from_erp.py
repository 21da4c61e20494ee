"""Invoices of the ERP: taken verbatim, read-only, told twice without effect."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from invoices.actions import ErpInvoice, ErpInvoiceLine, ErpPayment, take_erp_invoice
from invoices.models import Invoice, Payment
from kernel.models import HistoryEntry
from people.service import service_user
from tests.document_factories import InvoiceFactory, OrderFactory
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 22)


@pytest.fixture
def machine():
    return service_user("integration")


@pytest.fixture
def order():
    return OrderFactory(status="submitted", managed_by="demo", erp_number="SO-1")


def said(order, **values):
    line = order.lines.first()
    return replace(
        ErpInvoice(
            connection="demo", erp_id="77", number="R-2026-1", kind="invoice", erp_status="posted", currency="EUR",
            issued_on=DAY, due_on=DAY, net=Decimal("100.00"), tax=Decimal("19.01"), total=Decimal("119.01"),
            amount_paid=Decimal(0), balance=Decimal("119.01"),
            lines=[
                ErpInvoiceLine(
                    "Spindle", Decimal(2), Decimal(50), Decimal(100), Decimal("19.01"), Decimal(19), line.key
                )
            ],
        ),
        **values,
    )  # fmt: skip


def test_the_erps_figures_are_kept_verbatim_and_the_order_is_billed(order, machine):
    invoice = take_erp_invoice(said(order), by=machine, order=order)

    assert (invoice.number, invoice.total, invoice.total_tax, invoice.balance) == (
        "R-2026-1", Decimal("119.01"), Decimal("19.01"), Decimal("119.01"),
    )  # fmt: skip
    assert (invoice.status, invoice.status_reason, invoice.is_pulled) == ("active", "billed", True)
    assert invoice.account == order.account
    assert invoice.lines.get().order_line == order.lines.get()
    order.refresh_from_db()
    assert (order.status, order.billing) == ("invoiced", "complete")


def test_hearing_the_same_again_changes_nothing(order, machine):
    take_erp_invoice(said(order), by=machine, order=order)
    entries = HistoryEntry.objects.count()
    version = Invoice.objects.get().version

    take_erp_invoice(said(order), by=machine, order=order)

    assert HistoryEntry.objects.count() == entries
    assert Invoice.objects.get().version == version


def test_a_payment_in_the_erp_is_seen_and_one_taken_back_disappears(order, machine):
    take_erp_invoice(said(order), by=machine, order=order)
    paid = ErpPayment("p1", Decimal("119.01"), DAY)

    invoice = take_erp_invoice(
        said(order, amount_paid=paid.amount, balance=Decimal(0), erp_status="paid", payments=[paid]),
        by=machine, order=order,
    )  # fmt: skip
    assert (invoice.status, invoice.status_reason, invoice.balance) == ("paid", "complete", 0)
    assert invoice.allocations.get().payment.erp_id == "p1"

    invoice = take_erp_invoice(said(order), by=machine, order=order)
    assert (invoice.status, invoice.status_reason) == ("active", "billed")
    assert not Payment.objects.exists()


def test_a_partial_payment_is_partial(order, machine):
    invoice = take_erp_invoice(
        said(order, amount_paid=Decimal(19), balance=Decimal("100.01"), payments=[ErpPayment("p1", Decimal(19), DAY)]),
        by=machine, order=order,
    )  # fmt: skip

    assert (invoice.status, invoice.status_reason, invoice.balance) == ("paid", "partial", Decimal("100.01"))


def test_an_invoice_canceled_in_the_erp_frees_the_order(order, machine):
    take_erp_invoice(said(order), by=machine, order=order)

    invoice = take_erp_invoice(said(order, is_canceled=True, erp_status="canceled"), by=machine, order=order)

    order.refresh_from_db()
    assert (invoice.status, invoice.balance) == ("canceled", 0)
    assert (order.status, order.billing) == ("submitted", "none")


def test_a_number_taken_by_another_document_does_not_stop_the_invoice(order, machine):
    InvoiceFactory(status_reason="billed", number="R-2026-1")

    invoice = take_erp_invoice(said(order), by=machine, order=order)

    assert invoice.number == "R-2026-1 (demo)"


def test_people_cannot_pose_as_the_erp(order):
    with pytest.raises(PermissionDenied):
        take_erp_invoice(said(order), by=UserFactory(role="finance"), order=order)

    assert not Invoice.objects.exists()
