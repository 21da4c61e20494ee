"""The course of a deal: the stages it stood in, how it was closed, who has a say in it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.fields import AmountField
from customers.models import Contact
from opportunities.models.deals import Opportunity
from opportunities.models.pipelines import Competitor, LossReason, Stage


class OpportunityClose(models.Model):
    """How and why an opportunity was closed; canceled when it is reopened, never deleted."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="closes")
    outcome = models.CharField(max_length=10, choices=[("won", _("Won")), ("lost", _("Lost"))])
    closed_on = models.DateField()
    actual_revenue = AmountField(null=True, blank=True)
    loss_reason = models.ForeignKey(
        LossReason, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lost_to = models.ForeignKey(
        Competitor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("competitor"),
    )
    revisit_on = models.DateField(_("revisit on"), null=True, blank=True)
    # The task that was planned for that day; gone with it when the deal is reopened before.
    revisit = models.ForeignKey(
        "activities.Activity",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    note = models.TextField(blank=True, default="")
    is_canceled = models.BooleanField(default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("close of opportunity")
        verbose_name_plural = _("closes of opportunities")
        constraints = [
            models.UniqueConstraint(
                fields=["opportunity"],
                condition=models.Q(is_canceled=False),
                name="one_valid_close_an_opportunity",
            )
        ]

    def __str__(self) -> str:
        return f"{self.opportunity} {self.outcome}"

    @property
    def competitor(self) -> str:
        """Who won it instead, by name."""
        return self.lost_to.name if self.lost_to else ""


class StageVisit(models.Model):
    """The time an opportunity spent in a stage."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="stage_visits")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["entered_at"]
        indexes = [models.Index(fields=["stage", "entered_at"], name="stage_visit_of_stage")]

    def __str__(self) -> str:
        return f"{self.opportunity} in {self.stage}"


class Stakeholder(models.Model):
    """A person with a say in the deal; the role is one of these, or somebody's own words."""

    class Role(models.TextChoices):
        DECISION_MAKER = "decision_maker", _("Decision maker")
        INFLUENCER = "influencer", _("Influencer")
        USER = "user", _("User")
        TECHNICAL = "technical", _("Technical")
        PURCHASER = "purchaser", _("Purchaser")
        CHAMPION = "champion", _("Champion")
        BLOCKER = "blocker", _("Blocker")

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="stakeholders")
    # A person has one say in a deal: of two contacts that are merged, the row of the one that goes leaves with it.
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(_("role"), max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "contact"], name="one_stakeholder_a_contact"),
        ]

    def __str__(self) -> str:
        return f"{self.contact} ({self.role})"

    @property
    def role_words(self) -> str:
        """The role as people call it."""
        return self.role_said(self.role)

    @classmethod
    def role_said(cls, role: str) -> str:
        """A role as people call it; own words stand for themselves."""
        return str(dict(cls.Role.choices).get(role, role))

    @classmethod
    def role_named(cls, text: str) -> str:
        """The role that people mean, however they write it; any other is their own words."""
        said = " ".join(text.split())
        known = {str(word).lower(): code for code, label in cls.Role.choices for word in (code, label)}
        return known.get(said.lower(), said)


class Rival(models.Model):
    """A competitor who is after this deal too."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="rivals")
    competitor = models.ForeignKey(Competitor, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("competitor of opportunity")
        verbose_name_plural = _("competitors of opportunities")
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "competitor"], name="one_rival_a_competitor"),
        ]

    def __str__(self) -> str:
        return str(self.competitor)


class DealMember(models.Model):
    """A colleague who works on the deal beside its owner."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=60, blank=True, default="")

    class Meta:
        verbose_name = _("member of deal team")
        verbose_name_plural = _("members of deal teams")
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "user"], name="one_member_a_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"
