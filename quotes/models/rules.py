"""Which quotes need a second pair of eyes: the limits of each role."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.fields import AmountField
from people.models import Role


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
