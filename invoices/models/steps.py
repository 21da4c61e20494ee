"""Steps of a confirmed invoice: sent, reminded, settled with credit, taken back, credited; its services done."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from invoices.models.guards import (
    credit_is_left,
    customer_has_credit,
    has_services,
    is_an_invoice,
    is_confirmed,
    is_ours,
    is_overdue,
    something_owed,
)
from kernel.lifecycle import Guard
from people.access import allows

ACTIVE, PAID = "active", "paid"


class LedgerSteps(models.Model):
    """What can be done once an invoice has its number, apart from paying and calling it off."""

    total: Any
    amount_paid: Any
    balance: Any
    status_reason: Any

    class Meta:
        abstract = True

    def take_off(self, amount: Decimal) -> None:
        """So much less of it is settled."""
        self.amount_paid -= amount
        self.balance = self.total - self.amount_paid

    @transition(
        field="status", source=PAID, target=PAID, permission=allows("pay"), conditions=[is_ours],
        custom={"hidden": True},
    )  # fmt: skip
    def unsettle_partly(self, *, amount: Decimal) -> None:
        """A payment was taken back; part of the invoice is still settled."""
        self.take_off(amount)
        self.status_reason = "partial"

    @transition(
        field="status", source=PAID, target=ACTIVE, permission=allows("pay"), conditions=[is_ours],
        custom={"hidden": True},
    )  # fmt: skip
    def unsettle(self, *, amount: Decimal) -> None:
        """A payment was taken back and nothing else has settled the invoice."""
        self.take_off(amount)
        self.status_reason = "billed"

    @transition(
        field="status", source=[ACTIVE, PAID], target=PAID, permission=allows("pay"),
        conditions=[is_ours, is_confirmed, is_an_invoice, something_owed, customer_has_credit],
        custom={"verb": "use-credit", "label": _("Use credit"), "asks": True, "order": 25, "hide_blocked": True},
    )  # fmt: skip
    def may_use_credit(self) -> None:
        """Asked before the customer's credit settles it; never taken itself, settle() is."""
        raise NotImplementedError

    @transition(
        field="status", source=[ACTIVE, PAID], target=PAID, permission=allows("refund"),
        conditions=[is_ours, is_confirmed, credit_is_left],
        custom={"verb": "refund", "label": _("Pay back"), "asks": True, "order": 28, "hide_blocked": True},
    )  # fmt: skip
    def may_be_refunded(self) -> None:
        """Asked before what is left of a credit note is paid back; never taken itself."""
        raise NotImplementedError

    @transition(
        field="status", source=[ACTIVE, PAID], target=PAID, permission=allows("remind"),
        conditions=[is_confirmed, is_an_invoice, is_overdue],
        custom={"verb": "remind", "label": _("Remind"), "asks": True, "order": 22, "hide_blocked": True},
    )  # fmt: skip
    def may_be_reminded(self) -> None:
        """Asked before the customer is reminded; never taken itself."""
        raise NotImplementedError

    @transition(
        field="status", source=[ACTIVE, PAID], target=PAID, permission=allows("send"),
        conditions=[is_confirmed],
        custom={"verb": "send", "label": _("Send"), "asks": True, "order": 15, "hide_blocked": True},
    )  # fmt: skip
    def may_be_sent(self) -> None:
        """Asked before it is sent by e-mail; never taken itself."""
        raise NotImplementedError

    @transition(
        field="status", source=ACTIVE, target=ACTIVE, permission=allows("book"),
        conditions=[
            is_ours, is_confirmed, is_an_invoice, has_services,
            Guard("booked", _("it is booked already"), lambda i: i.status_reason in ("billed", "partially_shipped")),
        ],
        custom={"label": _("Mark as booked"), "order": 60, "hide_blocked": True},
    )  # fmt: skip
    def book(self) -> None:
        """Its services are in the calendar of those who do them."""
        self.status_reason = "booked"

    @transition(
        field="status", source=ACTIVE, target=ACTIVE, permission=allows("book"),
        conditions=[
            is_ours, is_confirmed, is_an_invoice, has_services,
            Guard("installed", _("it is installed already"), lambda i: i.status_reason != "installed"),
        ],
        custom={"label": _("Mark as installed"), "order": 61, "hide_blocked": True},
    )  # fmt: skip
    def install(self) -> None:
        """Its services are done."""
        self.status_reason = "installed"

    @transition(
        field="status", source=ACTIVE, target=ACTIVE, permission=allows("ship"),
        conditions=[
            Guard("shipped", _("it is not shipped in part"), lambda i: i.status_reason == "partially_shipped"),
        ],
        custom={"hidden": True},
    )  # fmt: skip
    def ship(self) -> None:
        """The rest of its order has left."""
        self.status_reason = "billed"

    @transition(
        field="status", source=[ACTIVE, PAID], target=PAID, permission=allows("credit"),
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
        field="status", source=[ACTIVE, PAID], target=PAID, permission=allows("credit"),
        conditions=[
            is_ours, is_confirmed, is_an_invoice,
            Guard("fully_credited", _("it is credited in full"), lambda invoice: invoice.creditable > 0),
        ],
        custom={"verb": "reissue", "label": _("Correct and re-issue"), "asks": True, "order": 45, "hide_blocked": True},
    )  # fmt: skip
    def may_be_reissued(self) -> None:
        """Asked before it is called off or credited and a draft is made in its place; never taken itself."""
        raise NotImplementedError
