"""Wishes for an order that is locked already: who wishes what, and what became of it."""

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from catalog.fields import QuantityField
from kernel.lifecycle import StateField, StatefulModel
from orders.models.lines import OrderLine
from orders.models.order import Order
from people.access import may


def on_its_order(verb: str) -> Callable[[Any, Any], bool]:
    """Who may take the step is decided by the order that the request is about."""

    def permission(request: Any, user: Any) -> bool:
        return may(user, verb, request.order)

    return permission


class ChangeRequest(StatefulModel):
    """A wish to change a submitted order; one at a time, and nothing changes until it is accepted."""

    class Status(models.TextChoices):
        OPEN = "open", _("Waiting for an answer")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="change_requests")
    text = models.TextField(_("what should change"), max_length=2000, blank=True, default="")
    requested_delivery_on = models.DateField(_("requested delivery"), null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("decided by"),
        null=True, blank=True,
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    answer = models.TextField(_("answer"), max_length=2000, blank=True, default="")
    status = StateField(_("status"), choices=Status.choices, default=Status.OPEN)

    class Meta:
        verbose_name = _("change request")
        verbose_name_plural = _("change requests")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["order"], condition=models.Q(status="open"), name="one_open_change_request_an_order"
            ),
            models.CheckConstraint(
                condition=models.Q(status="open", decided_by__isnull=True)
                | (models.Q(decided_by__isnull=False) & ~models.Q(status="open")),
                name="change_request_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.text[:60]}"

    @transition(
        field=status,
        source=Status.OPEN,
        target=Status.ACCEPTED,
        permission=on_its_order("decide_change"),
        custom={"label": _("Accept"), "primary": True, "order": 10, "asks": True},
    )
    def accept(self, *, decided_by: Any, answer: str) -> None:
        self.note_decision(decided_by, answer)

    @transition(
        field=status,
        source=Status.OPEN,
        target=Status.REJECTED,
        permission=on_its_order("decide_change"),
        custom={"label": _("Reject"), "order": 20, "asks": True},
    )
    def reject(self, *, decided_by: Any, answer: str) -> None:
        self.note_decision(decided_by, answer)

    @transition(
        field=status,
        source=Status.OPEN,
        target=Status.WITHDRAWN,
        permission=on_its_order("request_change"),
        custom={"label": _("Withdraw"), "order": 30},
    )
    def withdraw(self, *, decided_by: Any) -> None:
        self.note_decision(decided_by, "")

    def note_decision(self, decided_by: Any, answer: str) -> None:
        self.decided_by, self.decided_at, self.answer = decided_by, timezone.now(), answer


class ChangeRequestLine(models.Model):
    """What is wished of one line: another quantity, another day, or both; zero calls the line off."""

    request = models.ForeignKey(ChangeRequest, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.CASCADE, related_name="wishes")
    quantity_before = QuantityField(_("quantity before"))
    quantity = QuantityField(_("quantity"), null=True, blank=True)
    wanted_on = models.DateField(_("wanted for"), null=True, blank=True)

    class Meta:
        verbose_name = _("wish for a line")
        verbose_name_plural = _("wishes for lines")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "order_line"], name="one_wish_a_line"),
            models.CheckConstraint(
                condition=models.Q(quantity__isnull=True) | models.Q(quantity__gte=0), name="wish_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(quantity__isnull=False) | models.Q(wanted_on__isnull=False),
                name="wish_for_something",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.order_line}: {self.quantity}"
