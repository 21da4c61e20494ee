"""Invoices, credit notes and payments: what customers owe and have paid."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from catalog.documents import Addressed, PricedDocument, PricedLine, has_customer
from catalog.fields import AmountField
from catalog.models import Currency, PaymentTerms
from customers.models import Account, Contact
from kernel.lifecycle import Guard, StatefulModel, StateField, reasons_match_status
from kernel.models import Record
from opportunities.models import Opportunity
from orders.models import Order, OrderLine
from people.access import allows

has_lines = Guard("no_lines", _("it has no lines"), lambda invoice: invoice.lines.exists(), field="lines")
is_ours = Guard(
    "component_owned_by_erp", _("it comes from the ERP and is changed there"), lambda invoice: not invoice.is_pulled
)
is_draft = Guard("confirmed", _("it is confirmed already"), lambda invoice: invoice.number is None)
is_confirmed = Guard("not_confirmed", _("it is not confirmed yet"), lambda invoice: invoice.number is not None)
nothing_settled = Guard(
    "has_payments", _("payments or credit notes are booked on it"), lambda invoice: invoice.amount_paid == 0
)
is_an_invoice = Guard("credit_note", _("it is a credit note"), lambda invoice: invoice.kind == "invoice")

# Each reason belongs to exactly one status; the database knows this too.
REASONS = {
    "active": ["new", "partially_shipped", "billed", "booked", "installed"],
    "paid": ["partial", "complete"],
    "canceled": ["canceled"],
}


class Invoice(StatefulModel, Addressed, PricedDocument):
    """What a customer owes us for, or (a credit note, with negative amounts) no longer owes."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAID = "paid", _("Paid")
        CANCELED = "canceled", _("Canceled")

    class Reason(models.TextChoices):
        NEW = "new", _("New")
        PARTIALLY_SHIPPED = "partially_shipped", _("Partially shipped")
        BILLED = "billed", _("Billed")
        BOOKED = "booked", _("Booked")
        INSTALLED = "installed", _("Installed")
        PARTIAL = "partial", _("Partial")
        COMPLETE = "complete", _("Complete")
        CANCELED = "canceled", _("Canceled")

    REASONS = REASONS

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT_NOTE = "credit_note", _("Credit note")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.INVOICE, editable=False)
    number = models.CharField(_("number"), max_length=60, unique=True, null=True, blank=True, editable=False)
    name = models.CharField(_("name"), max_length=200, blank=True, default="")
    order = models.ForeignKey(
        Order, on_delete=models.PROTECT, null=True, blank=True, related_name="invoices", editable=False
    )
    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.PROTECT, null=True, blank=True, related_name="invoices", editable=False
    )
    credits = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="credit_notes", editable=False
    )
    payment_terms = models.ForeignKey(
        PaymentTerms, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("payment terms")
    )
    issued_on = models.DateField(_("issued on"), null=True, blank=True, editable=False)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    amount_paid = AmountField(_("paid"), default=0, editable=False)
    balance = AmountField(_("open"), default=0, editable=False)
    managed_by = models.CharField(max_length=60, blank=True, default="", editable=False)
    is_pulled = models.BooleanField(_("from the ERP"), default=False, editable=False)
    erp_id = models.CharField(max_length=60, blank=True, default="", editable=False)
    erp_status = models.CharField(_("status in the ERP"), max_length=60, blank=True, default="", editable=False)
    erp_synced_at = models.DateTimeField(null=True, blank=True, editable=False)
    status = StateField(_("status"), choices=Status.choices, default=Status.ACTIVE)
    status_reason = models.CharField(_("reason"), max_length=30, choices=Reason, default=Reason.NEW, editable=False)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        indexes = [
            models.Index(fields=["status", "-id"], name="invoice_status_newest"),
            models.Index(fields=["owner", "status", "-id"], name="invoice_owner_status"),
            models.Index(fields=["team", "status", "-id"], name="invoice_team_status"),
            models.Index(fields=["due_on", "id"], condition=Q(balance__gt=0), name="invoice_open_by_due_date"),
        ]
        constraints = [
            reasons_match_status("invoice_reason_matches_status", REASONS),
            has_customer("invoice_has_customer"),
            models.CheckConstraint(
                condition=Q(number__isnull=False) | Q(status_reason__in=["new", "canceled"]),
                name="only_an_unconfirmed_invoice_has_no_number",
            ),
            models.UniqueConstraint(
                fields=["managed_by", "erp_id"], condition=Q(is_pulled=True), name="one_invoice_an_erp_document"
            ),
            models.CheckConstraint(
                condition=Q(kind="invoice", credits__isnull=True) | Q(kind="credit_note"),
                name="only_credit_notes_credit",
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(_("Draft invoice"))

    def searchable(self) -> list[Any]:
        return [self.number, self.name, self.customer]

    @property
    def is_editable(self) -> bool:
        return self.status_reason == self.Reason.NEW and not self.is_pulled and self.order_id is None

    @property
    def is_overdue(self) -> bool:
        return self.balance > 0 and self.due_on is not None and self.due_on < timezone.localdate()

    @transition(
        field=status, source=Status.ACTIVE, target=Status.ACTIVE, permission=allows("change"),
        conditions=[is_ours, is_draft], custom={"hidden": True},
    )
    def edit(self) -> None:
        """May be changed now: only while it is new and ours."""

    @transition(
        field=status, source=Status.ACTIVE, target=Status.ACTIVE, permission=allows("confirm"),
        conditions=[is_ours, is_draft, has_lines],
        custom={"label": _("Confirm"), "primary": True, "order": 10, "hide_blocked": True,
                "hint": _("Gives the number; the invoice can no longer be changed")},
    )  # fmt: skip
    def confirm(self, *, number: str, issued_on: dt.date, due_on: dt.date) -> None:
        self.status_reason = self.Reason.BILLED
        self.number, self.issued_on, self.due_on = number, issued_on, due_on
        self.balance = self.total

    @transition(
        field=status, source=[Status.ACTIVE, Status.PAID], target=Status.PAID, permission=allows("pay"),
        conditions=[
            is_ours, is_confirmed, is_an_invoice,
            Guard("nothing_owed", _("nothing is owed on it"), lambda invoice: invoice.balance > 0),
        ],
        custom={"verb": "pay", "label": _("Record payment"), "asks": True, "primary": True, "order": 20},
    )  # fmt: skip
    def settle(self, *, amount: Decimal) -> None:
        """Money or credit of ``amount`` is allocated to it."""
        self.amount_paid += amount
        self.balance = self.total - self.amount_paid
        self.status_reason = self.Reason.COMPLETE if self.balance == 0 else self.Reason.PARTIAL

    @transition(
        field=status, source=[Status.ACTIVE, Status.PAID], target=Status.PAID, permission=allows("credit"),
        conditions=[
            is_ours, is_confirmed, is_an_invoice,
            Guard("fully_credited", _("it is credited in full"), lambda invoice: invoice.creditable > 0),
        ],
        custom={"verb": "credit", "label": _("Credit note"), "asks": True, "order": 40},
    )  # fmt: skip
    def may_be_credited(self) -> None:
        """Asked before a credit note is made; never taken itself."""
        raise NotImplementedError

    @transition(
        field=status, source=Status.ACTIVE, target=Status.CANCELED, permission=allows("cancel"),
        conditions=[is_ours, nothing_settled], custom={"label": _("Cancel"), "danger": True},
    )
    def cancel(self) -> None:
        self.status_reason = self.Reason.CANCELED
        self.balance = Decimal(0)

    @transition(
        field=status, source=[Status.ACTIVE, Status.PAID], target=Status.ACTIVE, permission=allows("write_back"),
        custom={"hidden": True},
    )
    def take_billed(self) -> None:
        """The ERP says: posted, nothing paid."""
        self.status_reason = self.Reason.BILLED

    @transition(
        field=status, source=[Status.ACTIVE, Status.PAID], target=Status.PAID, permission=allows("write_back"),
        custom={"hidden": True},
    )
    def take_paid(self) -> None:
        """The ERP says: paid, in part or in full."""
        self.status_reason = self.Reason.COMPLETE if self.balance <= 0 else self.Reason.PARTIAL

    @transition(
        field=status, source=[Status.ACTIVE, Status.PAID, Status.CANCELED], target=Status.CANCELED,
        permission=allows("write_back"), custom={"hidden": True},
    )
    def take_canceled(self) -> None:
        """The ERP says: canceled."""
        self.status_reason = self.Reason.CANCELED
        self.balance = Decimal(0)

    @property
    def creditable(self) -> Decimal:
        """How much of it is not credited yet."""
        credited = sum((note.total for note in self.credit_notes.exclude(status="canceled")), Decimal(0))
        return self.total + credited


class InvoiceLine(PricedLine):
    """One invoiced item; negative on a credit note."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(
        OrderLine, on_delete=models.PROTECT, null=True, blank=True, related_name="invoice_lines", editable=False
    )

    class Meta(PricedLine.Meta):
        indexes = [models.Index(fields=["invoice", "position"], name="invoice_line_position")]


class Payment(Record):
    """Money received from (or, negative, paid back to) a customer."""

    number = models.CharField(_("number"), max_length=60, unique=True, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, null=True, blank=True, related_name="payments")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="payments")
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, related_name="+")
    amount = AmountField(_("amount"))
    unallocated = AmountField(_("kept as credit"), default=0, editable=False)
    received_on = models.DateField(_("received on"), default=timezone.localdate)
    method = models.CharField(_("method"), max_length=40, blank=True, default="")
    reference = models.CharField(_("reference"), max_length=100, blank=True, default="")
    managed_by = models.CharField(max_length=60, blank=True, default="", editable=False)
    erp_id = models.CharField(max_length=60, blank=True, default="", editable=False)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="payment_is_not_zero"),
            models.CheckConstraint(
                condition=Q(amount__lt=0) | Q(unallocated__gte=0, unallocated__lte=F("amount")),
                name="payment_allocated_up_to_amount",
            ),
            models.UniqueConstraint(
                fields=["managed_by", "erp_id"], condition=~Q(erp_id=""), name="one_payment_an_erp_document"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Allocation(models.Model):
    """Part of a payment or of a credit note that settles an invoice; the ledger of what is owed."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="allocations")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="allocations")
    credit_note = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="given_allocations"
    )
    amount = AmountField(_("amount"))
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [
            models.CheckConstraint(
                condition=Q(payment__isnull=False, credit_note__isnull=True)
                | Q(payment__isnull=True, credit_note__isnull=False),
                name="allocation_of_payment_or_credit_note",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} → {self.invoice}"
