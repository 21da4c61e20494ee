"""What an order can do before it is confirmed, and how it ends early: every step declared once."""

from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from kernel.lifecycle import Checklist, Guard
from orders.models.guards import is_managed_here, nothing_invoiced, nothing_shipped
from orders.models.preflight import exceeds_credit, in_the_way
from orders.models.states import OrderState
from people.access import allows

Status = OrderState.Status


class EarlySteps(OrderState):
    """The steps of an order that is still ours to change, and its cancellation."""

    class Meta:
        abstract = True

    @transition(
        field="status",
        source=Status.ACTIVE,
        target=Status.ACTIVE,
        permission=allows("change"),
        conditions=[is_managed_here],
        custom={"hidden": True},
    )
    def edit(self) -> None:
        """May be changed now: only while it is active."""

    @transition(
        field="status",
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
        field="status",
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
        field="status",
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
        field="status",
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
        field="status",
        source=Status.ACTIVE,
        target=Status.ACTIVE,
        permission=allows("override_credit"),
        conditions=[
            is_managed_here,
            Guard("within_credit", _("it is within the customer's credit limit"), exceeds_credit),
        ],
        custom={
            "verb": "override-credit",
            "label": _("Override credit limit"),
            "order": 15,
            "asks": True,
            "hide_blocked": True,
        },
    )
    def override_credit(self, *, up_to: Decimal) -> None:
        """Let it be submitted above the credit limit, as long as it comes to no more than this."""
        self.credit_override_total = up_to

    @transition(
        field="status",
        source=Status.ACTIVE,
        target=Status.SUBMITTED,
        permission=allows("submit"),
        conditions=[is_managed_here, Checklist(in_the_way)],
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
        field="status",
        source=[Status.ACTIVE, Status.SUBMITTED],
        target=Status.CANCELED,
        permission=allows("cancel"),
        conditions=[nothing_shipped, nothing_invoiced, is_managed_here],
        custom={"label": _("Cancel"), "danger": True, "asks": True},
    )
    def cancel(self, *, reason: str) -> None:
        self.status_reason = reason
