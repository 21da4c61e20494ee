"""Where an order can stand."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.fields import AmountField
from kernel.lifecycle import StateField, StatefulModel

# Each reason belongs to exactly one status; the database knows this too.
REASONS = {
    "active": ["new", "pending"],
    "submitted": ["in_progress"],
    "fulfilled": ["partial", "complete"],
    "invoiced": ["invoiced"],
    "canceled": ["no_money", "customer_request", "other"],
}


class OrderState(StatefulModel):
    """Where an order stands: its status, and how far it is delivered and billed."""

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

    prices_locked = models.BooleanField(_("prices locked"), default=False, editable=False)
    fulfillment = models.CharField(
        _("fulfillment"), max_length=10, choices=Progress, default=Progress.NONE, editable=False
    )
    billing = models.CharField(
        _("billing"), max_length=10, choices=Progress, default=Progress.NONE, editable=False
    )
    submitted_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Up to which total in base currency somebody let it pass the credit limit; a larger order has to be asked for anew.
    credit_override_total = AmountField(
        _("credit limit overridden up to"), null=True, blank=True, editable=False
    )
    status = StateField(_("status"), choices=Status.choices, default=Status.ACTIVE)
    status_reason = models.CharField(
        _("reason"), max_length=30, choices=Reason, default=Reason.NEW, editable=False
    )

    class Meta:
        abstract = True
