"""Who has to agree before an unusual quote is offered, and who did."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from kernel.lifecycle import Guard, StateField, StatefulModel
from people.access import may
from quotes.models.limits import Excess
from quotes.models.quote import Quote

is_draft = Guard(
    "not_a_draft",
    _("its quote is not a draft any more"),
    lambda approval: approval.quote.is_editable,
    field="quote",
)


def may_decide(approval: Any, user: Any) -> bool:
    """Whether this person may decide the request: within reach of the quote, and never on one's own request."""
    return approval.asked_by_id != user.pk and may(user, "approve", approval.quote)


class Approval(StatefulModel, models.Model):
    """One request to offer a quote beyond the limits, and the answer; void once the quote changes."""

    class Status(models.TextChoices):
        PENDING = "pending", _("Waiting")
        APPROVED = "approved", _("Approved")
        REJECTED = "rejected", _("Rejected")
        VOID = "void", _("Void: the quote was changed")

    quote = models.ForeignKey(
        Quote, on_delete=models.CASCADE, related_name="approvals", verbose_name=_("quote")
    )
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    reasons = models.JSONField(_("reasons"), default=list)  # [{"kind", "limit", "found", "text"}]
    request_note = models.TextField(_("why it should be approved"), blank=True, default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(_("reason of the decision"), blank=True, default="")
    status = StateField(_("status"), choices=Status.choices, default=Status.PENDING)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["quote"],
                condition=Q(status__in=["pending", "approved"]),
                name="one_live_approval_a_quote",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="nobody_approves_their_own_request",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "void"]) | Q(decided_by__isnull=False),
                name="a_decision_has_a_decider",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quote}: {self.get_status_display()}"

    @property
    def excesses(self) -> list[Excess]:
        """The rules that were broken when it was asked for."""
        return [Excess.from_kept(kept) for kept in self.reasons]

    def covers(self, found: Sequence[Excess]) -> bool:
        """Whether it was granted, for each of these rules, for at least so much."""
        agreed = {one.kind: one for one in self.excesses}
        return self.status == self.Status.APPROVED and all(
            one.kind in agreed and one.is_no_worse_than(agreed[one.kind]) for one in found
        )

    @transition(
        field=status,
        source=Status.PENDING,
        target=Status.APPROVED,
        permission=may_decide,
        conditions=[is_draft],
        custom={"label": _("Approve"), "primary": True, "order": 10},
    )
    def approve(self, *, decided_by: Any, note: str) -> None:
        self._decide(decided_by, note)

    @transition(
        field=status,
        source=Status.PENDING,
        target=Status.REJECTED,
        permission=may_decide,
        custom={"label": _("Reject"), "danger": True, "asks": True, "order": 20},
    )
    def reject(self, *, decided_by: Any, note: str) -> None:
        self._decide(decided_by, note)

    @transition(
        field=status, source=[Status.PENDING, Status.APPROVED], target=Status.VOID, custom={"hidden": True}
    )
    def void(self) -> None:
        """What it was asked for is not what the quote says any more."""

    def _decide(self, decided_by: Any, note: str) -> None:
        self.decided_by, self.decision_note, self.decided_at = decided_by, note, timezone.now()
