"""Who has to agree before an unusual quote is offered, and who did."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.fields import AmountField
from kernel.lifecycle import StateField, StatefulModel
from people.models import Role
from quotes.models.quote import Quote


class ApprovalRule(models.Model):
    """A limit of a role: a quote beyond it is offered only after somebody else approved it."""

    class Kind(models.TextChoices):
        DISCOUNT = "discount", _("Discount above, in percent of the list price")
        MARGIN = "margin", _("Margin below, in percent of the net amount")
        AMOUNT = "amount", _("Total above, in base currency")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    limit = AmountField(_("limit"))
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.SALESPERSON)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("approval rule")
        verbose_name_plural = _("approval rules")
        ordering = ["role", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["role", "kind"], condition=Q(is_active=True), name="one_active_rule_a_role_and_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {self.get_kind_display()} {self.limit.normalize():f}"


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
