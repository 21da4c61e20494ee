"""Invoices, credit notes and payments: what customers owe and have paid."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from catalog.documents import Addressed, PricedDocument, has_customer
from catalog.fields import AmountField
from catalog.models import PaymentTerms
from invoices.models.guards import (
    has_lines,
    is_an_invoice,
    is_confirmed,
    is_draft,
    is_not_credited,
    is_ours,
    nothing_settled,
    something_owed,
)
from invoices.models.steps import LedgerSteps
from kernel.addresses import record_url
from kernel.errors import Blocker
from kernel.lifecycle import StateField, StatefulModel, reasons_match_status
from opportunities.models import Opportunity
from orders.models import Order
from people.access import allows

# Each reason belongs to exactly one status; the database knows this too.
REASONS = {
    "active": ["new", "partially_shipped", "billed", "booked", "installed"],
    "paid": ["partial", "complete"],
    "canceled": ["canceled"],
}


class Invoice(LedgerSteps, StatefulModel, Addressed, PricedDocument):
    """What a customer owes us for, or (a credit note, with negative amounts) no longer owes."""

    is_removable = True

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
        PaymentTerms,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("payment terms"),
    )
    issued_on = models.DateField(_("issued on"), null=True, blank=True, editable=False)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    canceled_on = models.DateField(_("canceled on"), null=True, blank=True, editable=False)
    bills_again = models.BooleanField(_("what it takes back is billed again"), default=False, editable=False)
    is_early_discount = models.BooleanField(_("early-payment discount"), default=False, editable=False)
    amount_paid = AmountField(_("paid"), default=0, editable=False)
    balance = AmountField(_("open"), default=0, editable=False)
    managed_by = models.CharField(max_length=60, blank=True, default="", editable=False)
    is_pulled = models.BooleanField(_("from the ERP"), default=False, editable=False)
    erp_id = models.CharField(max_length=60, blank=True, default="", editable=False)
    erp_status = models.CharField(
        _("status in the ERP"), max_length=60, blank=True, default="", editable=False
    )
    erp_synced_at = models.DateTimeField(null=True, blank=True, editable=False)
    status = StateField(_("status"), choices=Status.choices, default=Status.ACTIVE)
    status_reason = models.CharField(
        _("reason"), max_length=30, choices=Reason, default=Reason.NEW, editable=False
    )

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        indexes = [
            models.Index(fields=["total", "id"], name="invoice_total"),
            models.Index(fields=["balance", "id"], name="invoice_balance"),
            models.Index(fields=["due_on", "id"], name="invoice_due_on"),
            models.Index(fields=["issued_on", "id"], name="invoice_issued_on"),
            models.Index(fields=["status", "-id"], name="invoice_status_newest"),
            models.Index(fields=["owner", "status", "-id"], name="invoice_owner_status"),
            models.Index(fields=["team", "status", "-id"], name="invoice_team_status"),
            models.Index(
                fields=["due_on", "id"], condition=Q(balance__gt=0), name="invoice_open_by_due_date"
            ),
        ]
        constraints = [
            reasons_match_status("invoice_reason_matches_status", REASONS),
            has_customer("invoice_has_customer"),
            models.CheckConstraint(
                condition=Q(number__isnull=False) | Q(status_reason__in=["new", "canceled"]),
                name="only_an_unconfirmed_invoice_has_no_number",
            ),
            models.UniqueConstraint(
                fields=["managed_by", "erp_id"],
                condition=Q(is_pulled=True),
                name="one_invoice_an_erp_document",
            ),
            models.CheckConstraint(
                condition=Q(kind="invoice", credits__isnull=True) | Q(kind="credit_note"),
                name="only_credit_notes_credit",
            ),
            models.CheckConstraint(
                condition=Q(kind="credit_note") | Q(bills_again=False, is_early_discount=False),
                name="only_credit_notes_take_back",
            ),
        ]

    def __str__(self) -> str:
        return self.number or str(_("Draft invoice"))

    def get_absolute_url(self) -> str:
        return record_url("invoices:detail", self.ref)

    def kept_because(self) -> list[Blocker]:
        """A number that was given stays given, and what an order counts as billed is canceled."""
        if self.number or self.is_pulled:
            return [Blocker("has_number", _("it was confirmed; cancel or credit it instead"))]
        if self.order_id:
            return [Blocker("has_upstream", _("it bills an order; cancel it instead"))]
        if self.status != self.Status.ACTIVE:
            return [Blocker("not_new", _("it is canceled and stays as a proof"))]
        return []

    def searchable(self) -> list[Any]:
        return [self.number, self.name, self.customer]

    @property
    def is_editable(self) -> bool:
        return self.status_reason == self.Reason.NEW and not self.is_pulled and self.order_id is None

    @property
    def is_overdue(self) -> bool:
        return self.balance > 0 and self.due_on is not None and self.due_on < timezone.localdate()

    @transition(
        field=status,
        source=Status.ACTIVE,
        target=Status.ACTIVE,
        permission=allows("change"),
        conditions=[is_ours, is_draft],
        custom={"hidden": True},
    )
    def edit(self) -> None:
        """May be changed now: only while it is new and ours."""

    @transition(
        field=status, source=Status.ACTIVE, target=Status.ACTIVE, permission=allows("confirm"),
        conditions=[is_ours, is_draft, has_lines],
        custom={"label": _("Confirm"), "primary": True, "order": 10, "hide_blocked": True,
                "hint": _("Gives the number; the invoice can no longer be changed")},
    )  # fmt: skip
    def confirm(self, *, number: str, issued_on: dt.date, due_on: dt.date, reason: str = "billed") -> None:
        self.status_reason = reason
        self.number, self.issued_on, self.due_on = number, issued_on, due_on
        self.balance = self.total

    @transition(
        field=status, source=[Status.ACTIVE, Status.PAID], target=Status.PAID, permission=allows("pay"),
        conditions=[is_ours, is_confirmed, is_an_invoice, something_owed],
        custom={"verb": "pay", "label": _("Record payment"), "asks": True, "primary": True, "order": 20},
    )  # fmt: skip
    def settle(self, *, amount: Decimal) -> None:
        """Money or credit of ``amount`` is allocated to it."""
        self.amount_paid += amount
        self.balance = self.total - self.amount_paid
        self.status_reason = self.Reason.COMPLETE if self.balance == 0 else self.Reason.PARTIAL

    @transition(
        field=status,
        source=Status.ACTIVE,
        target=Status.CANCELED,
        permission=allows("cancel"),
        conditions=[is_ours, nothing_settled, is_not_credited],
        custom={"label": _("Cancel"), "danger": True},
    )
    def cancel(self, *, canceled_on: dt.date) -> None:
        self.status_reason = self.Reason.CANCELED
        self.canceled_on = canceled_on
        self.balance = Decimal(0)

    @transition(
        field=status,
        source=[Status.ACTIVE, Status.PAID, Status.CANCELED],
        target=Status.ACTIVE,
        permission=allows("write_back"),
        custom={"hidden": True},
    )
    def take_billed(self) -> None:
        """The ERP says: posted, nothing paid."""
        self.status_reason = self.Reason.BILLED

    @transition(
        field=status,
        source=[Status.ACTIVE, Status.PAID, Status.CANCELED],
        target=Status.PAID,
        permission=allows("write_back"),
        custom={"hidden": True},
    )
    def take_paid(self) -> None:
        """The ERP says: paid, in part or in full."""
        self.status_reason = self.Reason.COMPLETE if self.balance <= 0 else self.Reason.PARTIAL

    @transition(
        field=status,
        source=[Status.ACTIVE, Status.PAID, Status.CANCELED],
        target=Status.CANCELED,
        permission=allows("write_back"),
        custom={"hidden": True},
    )
    def take_canceled(self, *, canceled_on: dt.date) -> None:
        """The ERP says: canceled."""
        self.status_reason = self.Reason.CANCELED
        self.canceled_on = self.canceled_on or canceled_on
        self.balance = Decimal(0)

    @property
    def creditable(self) -> Decimal:
        """How much of it is not credited yet."""
        notes = [note for note in self.credit_notes.all() if note.status != self.Status.CANCELED]
        left: Decimal = self.total + sum((note.total for note in notes), Decimal(0))
        return left
