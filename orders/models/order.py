"""Orders: confirmed requests, handed to the ERP when they are submitted."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from catalog.documents import Addressed, PricedDocument, has_customer
from catalog.fields import AmountField
from catalog.models import PaymentTerms
from kernel.addresses import record_url
from kernel.lifecycle import Guard, StateField, StatefulModel, reasons_match_status
from opportunities.models import Opportunity
from orders.models.guards import (
    crm_owns_invoices,
    has_lines,
    has_price_list,
    has_ship_to,
    has_something_to_invoice,
    is_managed_here,
    is_not_fulfilled,
    nothing_invoiced,
    nothing_shipped,
)
from people.access import allows
from quotes.models import Quote

# Each reason belongs to exactly one status; the database knows this too.
REASONS = {
    "active": ["new", "pending"],
    "submitted": ["in_progress"],
    "fulfilled": ["partial", "complete"],
    "invoiced": ["invoiced"],
    "canceled": ["no_money", "customer_request", "other"],
}


class Order(StatefulModel, Addressed, PricedDocument):
    """A customer's confirmed request; after submit its numbers belong to the ERP where one is connected."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        SUBMITTED = "submitted", _("Submitted")
        FULFILLED = "fulfilled", _("Fulfilled")
        INVOICED = "invoiced", _("Invoiced")
        CANCELED = "canceled", _("Canceled")

    class Reason(models.TextChoices):
        NEW = "new", _("New")
        PENDING = "pending", _("Pending")
        IN_PROGRESS = "in_progress", _("In progress")
        PARTIAL = "partial", _("Partly")
        COMPLETE = "complete", _("Completely")
        INVOICED = "invoiced", _("Invoiced")
        NO_MONEY = "no_money", _("No money")
        CUSTOMER_REQUEST = "customer_request", _("Customer's request")
        OTHER = "other", _("Other")

    REASONS = REASONS

    class Progress(models.TextChoices):
        NONE = "none", _("None")
        PARTIAL = "partial", _("Partial")
        COMPLETE = "complete", _("Complete")

    number = models.CharField(_("number"), max_length=30, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    quote = models.ForeignKey(
        Quote, on_delete=models.PROTECT, null=True, blank=True, related_name="orders", editable=False
    )
    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.PROTECT, null=True, blank=True, related_name="orders", editable=False
    )
    customer_po = models.CharField(_("customer's order number"), max_length=60, blank=True, default="")
    ordered_on = models.DateField(_("ordered on"), default=timezone.localdate)
    requested_delivery_on = models.DateField(_("requested delivery"), null=True, blank=True)
    promised_delivery_on = models.DateField(_("promised delivery"), null=True, blank=True)
    payment_terms = models.ForeignKey(
        PaymentTerms,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("payment terms"),
    )
    shipping_method = models.CharField(_("shipping method"), max_length=60, blank=True, default="")
    prices_locked = models.BooleanField(_("prices locked"), default=False, editable=False)
    fulfillment = models.CharField(
        _("fulfillment"), max_length=10, choices=Progress, default=Progress.NONE, editable=False
    )
    billing = models.CharField(
        _("billing"), max_length=10, choices=Progress, default=Progress.NONE, editable=False
    )
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    # What the ERP says, verbatim; "managed_by" is the connection the order was handed to ("" means managed here).
    managed_by = models.CharField(max_length=60, blank=True, default="", editable=False)
    is_pulled = models.BooleanField(_("made in the ERP"), default=False, editable=False)
    erp_number = models.CharField(
        _("ERP number"), max_length=60, blank=True, default="", editable=False, db_index=True
    )
    erp_status = models.CharField(
        _("status in the ERP"), max_length=60, blank=True, default="", editable=False
    )
    erp_url = models.CharField(max_length=300, blank=True, default="", editable=False)
    erp_net = AmountField(_("net in the ERP"), null=True, blank=True, editable=False)
    erp_tax = AmountField(_("tax in the ERP"), null=True, blank=True, editable=False)
    erp_total = AmountField(_("total in the ERP"), null=True, blank=True, editable=False)
    erp_synced_at = models.DateTimeField(null=True, blank=True, editable=False)
    status = StateField(_("status"), choices=Status.choices, default=Status.ACTIVE)
    status_reason = models.CharField(
        _("reason"), max_length=30, choices=Reason, default=Reason.NEW, editable=False
    )

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            models.Index(fields=["status", "-id"], name="order_status_newest"),
            models.Index(fields=["owner", "status", "-id"], name="order_owner_status"),
            models.Index(fields=["team", "status", "-id"], name="order_team_status"),
        ]
        constraints = [
            reasons_match_status("order_reason_matches_status", REASONS),
            has_customer("order_has_customer"),
            models.UniqueConstraint(
                fields=["quote"], condition=~models.Q(status="canceled"), name="one_valid_order_a_quote"
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    def get_absolute_url(self) -> str:
        return record_url("orders:detail", self.ref)

    def searchable(self) -> list[Any]:
        return [self.number, self.name, self.customer, self.erp_number, self.customer_po]

    @property
    def is_editable(self) -> bool:
        return self.status == self.Status.ACTIVE and not self.is_pulled

    @property
    def erp_difference(self) -> Decimal | None:
        """How far the ERP's total is from ours; None until the ERP has spoken."""
        return None if self.erp_total is None else self.erp_total - self.total

    @transition(
        field=status,
        source=Status.ACTIVE,
        target=Status.ACTIVE,
        permission=allows("change"),
        conditions=[is_managed_here],
        custom={"hidden": True},
    )
    def edit(self) -> None:
        """May be changed now: only while it is active."""

    @transition(
        field=status,
        source=Status.ACTIVE,
        target=Status.ACTIVE,
        permission=allows("hold"),
        conditions=[
            is_managed_here,
            Guard("pending", _("it is pending already"), lambda order: order.status_reason == "new"),
        ],
        custom={"label": _("Set pending"), "order": 60, "hide_blocked": True},
    )
    def hold(self) -> None:
        self.status_reason = self.Reason.PENDING

    @transition(
        field=status,
        source=Status.ACTIVE,
        target=Status.ACTIVE,
        permission=allows("resume"),
        conditions=[
            is_managed_here,
            Guard("not_pending", _("it is not pending"), lambda order: order.status_reason == "pending"),
        ],
        custom={"label": _("Resume"), "order": 61, "hide_blocked": True},
    )
    def resume(self) -> None:
        self.status_reason = self.Reason.NEW

    @transition(
        field=status,
        source=Status.ACTIVE,
        target=Status.ACTIVE,
        permission=allows("lock"),
        conditions=[
            is_managed_here,
            Guard("locked", _("its prices are locked already"), lambda order: not order.prices_locked),
        ],
        custom={"label": _("Lock prices"), "order": 50, "hide_blocked": True},
    )
    def lock(self) -> None:
        self.prices_locked = True

    @transition(
        field=status,
        source=Status.ACTIVE,
        target=Status.ACTIVE,
        permission=allows("unlock"),
        conditions=[
            is_managed_here,
            Guard("unlocked", _("its prices are not locked"), lambda order: order.prices_locked),
        ],
        custom={
            "label": _("Unlock prices"),
            "order": 51,
            "hide_blocked": True,
            "hint": _("Prices follow the price list again"),
        },
    )
    def unlock(self) -> None:
        self.prices_locked = False

    @transition(
        field=status,
        source=Status.ACTIVE,
        target=Status.SUBMITTED,
        permission=allows("submit"),
        conditions=[has_lines, has_price_list, has_ship_to, is_managed_here],
        custom={
            "label": _("Submit"),
            "primary": True,
            "order": 10,
            "hint": _("Confirms the order for delivery"),
        },
    )
    def submit(self) -> None:
        self.status_reason = self.Reason.IN_PROGRESS
        self.submitted_at = timezone.now()
        self.prices_locked = True

    @transition(
        field=status,
        source=[Status.SUBMITTED, Status.FULFILLED],
        target=Status.FULFILLED,
        permission=allows("fulfill_completely"),
        conditions=[is_not_fulfilled],
        custom={"verb": "fulfill", "label": _("Fulfill"), "asks": True, "order": 20},
    )
    def fulfill_completely(self) -> None:
        self.status_reason = self.Reason.COMPLETE
        self.fulfillment = self.Progress.COMPLETE

    @transition(
        field=status,
        source=[Status.SUBMITTED, Status.FULFILLED],
        target=Status.FULFILLED,
        permission=allows("fulfill_partly"),
        conditions=[is_not_fulfilled],
        custom={"hidden": True},
    )
    def fulfill_partly(self) -> None:
        self.status_reason = self.Reason.PARTIAL
        self.fulfillment = self.Progress.PARTIAL

    @transition(
        field=status,
        source=Status.INVOICED,
        target=Status.INVOICED,
        permission=allows("record_fulfillment"),
        conditions=[is_not_fulfilled],
        custom={"verb": "fulfill", "label": _("Fulfill"), "asks": True, "order": 20, "hide_blocked": True},
    )
    def record_fulfillment(self, *, fulfillment: str) -> None:
        """Deliver what was invoiced beforehand; the status stays invoiced."""
        self.fulfillment = fulfillment

    @transition(
        field=status,
        source=[Status.SUBMITTED, Status.FULFILLED],
        target=Status.INVOICED,
        permission=allows("bill"),
        custom={"hidden": True},
    )
    def bill(self) -> None:
        """Everything is invoiced now."""
        self.status_reason = self.Reason.INVOICED
        self.billing = self.Progress.COMPLETE

    @transition(
        field=status,
        source=[Status.SUBMITTED, Status.FULFILLED],
        target=Status.SUBMITTED,
        permission=allows("create_invoice"),
        conditions=[crm_owns_invoices, has_something_to_invoice],
        custom={"verb": "invoice", "label": _("Create invoice"), "asks": True, "order": 30},
    )
    def may_be_invoiced(self) -> None:
        """Asked before an invoice is made; never taken itself, bill() and bill_partly() are."""
        raise NotImplementedError

    @transition(
        field=status,
        source=Status.INVOICED,
        target=Status.SUBMITTED,
        permission=allows("unbill"),
        conditions=[Guard("fulfilled", _("it is fulfilled"), lambda order: order.fulfillment == "none")],
        custom={"hidden": True},
    )
    def unbill_unfulfilled(self) -> None:
        """An invoice was canceled before anything was delivered."""
        self.status_reason = self.Reason.IN_PROGRESS

    @transition(
        field=status,
        source=Status.INVOICED,
        target=Status.FULFILLED,
        permission=allows("unbill"),
        conditions=[
            Guard("unfulfilled", _("it is not fulfilled"), lambda order: order.fulfillment != "none")
        ],
        custom={"hidden": True},
    )
    def unbill(self) -> None:
        """An invoice was canceled after deliveries had begun."""
        self.status_reason = str(self.fulfillment)

    @transition(
        field=status,
        source=[Status.ACTIVE, Status.SUBMITTED],
        target=Status.CANCELED,
        permission=allows("cancel"),
        conditions=[nothing_shipped, nothing_invoiced, is_managed_here],
        custom={"label": _("Cancel"), "danger": True, "asks": True},
    )
    def cancel(self, *, reason: str) -> None:
        self.status_reason = reason
