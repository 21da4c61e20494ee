"""What happens to an order on its way to the customer and to the books: every step declared once."""

from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from kernel.lifecycle import Guard
from orders.models.guards import (
    crm_owns_invoices,
    has_no_open_request,
    has_something_to_invoice,
    is_managed_here,
    is_not_fulfilled,
)
from orders.models.states import OrderState
from people.access import allows

Status = OrderState.Status
UNDER_WAY = [Status.SUBMITTED, Status.FULFILLED, Status.INVOICED]


class LateSteps(OrderState):
    """The steps of an order that was confirmed."""

    class Meta:
        abstract = True

    @transition(
        field="status",
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
        field="status",
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
        field="status",
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
        field="status",
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
        field="status",
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
        field="status",
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
        field="status",
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
        field="status",
        source=UNDER_WAY,
        target=None,
        permission=allows("promise"),
        conditions=[is_managed_here, is_not_fulfilled],
        custom={"label": _("Promise dates"), "asks": True, "order": 40, "hide_blocked": True},
    )
    def promise(self) -> None:
        """Dates may be promised while something is still to be delivered."""

    @transition(
        field="status",
        source=UNDER_WAY,
        target=None,
        permission=allows("close_rest"),
        conditions=[is_managed_here, is_not_fulfilled],
        custom={
            "verb": "close-rest",
            "label": _("Close the rest"),
            "asks": True,
            "order": 45,
            "hide_blocked": True,
        },
    )
    def close_rest(self) -> None:
        """What is still open may be given up, line by line; the fulfillment steps follow from the quantities."""

    @transition(
        field="status",
        source=[Status.SUBMITTED, Status.FULFILLED],
        target=None,
        permission=allows("request_change"),
        conditions=[is_managed_here, is_not_fulfilled, has_no_open_request],
        custom={
            "verb": "request-change",
            "label": _("Request a change"),
            "asks": True,
            "order": 35,
            "hint": _("The order is locked; somebody with the right accepts or rejects the wish"),
        },
    )
    def request_change(self) -> None:
        """A wish may be put down while something can still be changed."""

    @transition(
        field="status",
        source=[Status.SUBMITTED, Status.FULFILLED],
        target=None,
        permission=allows("decide_change"),
        conditions=[is_managed_here, is_not_fulfilled],
        custom={"hidden": True},
    )
    def take_change(self) -> None:
        """An accepted change request changes what was confirmed."""
