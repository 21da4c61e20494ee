"""Leads: people and companies who may become customers."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from catalog.fields import AmountField
from customers.models import Account, Address, Contact
from kernel.addresses import record_url
from kernel.lifecycle import Guard, StateField, StatefulModel, reasons_match_status
from kernel.models import Owned, Record
from leads.matched import MatchedLead
from leads.rule_models import AssignmentRule, ScoreRule
from leads.web_models import WebEntry, WebForm
from people.access import allows

__all__ = ["REASONS", "AssignmentRule", "Lead", "ScoreRule", "WebEntry", "WebForm"]

has_no_opportunity = Guard(
    "has_opportunity",
    _("an opportunity hangs on it; close that one instead"),
    lambda lead: not lead.opportunities.exists(),
)

# Each reason belongs to exactly one status; the database knows this too.
REASONS = {
    "open": ["new", "contacted"],
    "qualified": ["qualified"],
    "disqualified": ["lost", "cannot_contact", "no_longer_interested", "canceled"],
}


class Lead(StatefulModel, MatchedLead, Address, Owned, Record):
    """Somebody who may buy; becomes account, contact and opportunity when qualified."""

    is_removable = True

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        QUALIFIED = "qualified", _("Qualified")
        DISQUALIFIED = "disqualified", _("Disqualified")

    class Reason(models.TextChoices):
        NEW = "new", _("New")
        CONTACTED = "contacted", _("Contacted")
        QUALIFIED = "qualified", _("Qualified")
        LOST = "lost", _("Lost")
        CANNOT_CONTACT = "cannot_contact", _("Cannot contact")
        NO_LONGER_INTERESTED = "no_longer_interested", _("No longer interested")
        CANCELED = "canceled", _("Canceled")

    REASONS = REASONS

    class Source(models.TextChoices):
        ADVERTISEMENT = "advertisement", _("Advertisement")
        EMPLOYEE_REFERRAL = "employee_referral", _("Employee referral")
        EXTERNAL_REFERRAL = "external_referral", _("External referral")
        PARTNER = "partner", _("Partner")
        PUBLIC_RELATIONS = "public_relations", _("Public relations")
        SEMINAR = "seminar", _("Seminar")
        TRADE_SHOW = "trade_show", _("Trade show")
        WEB = "web", _("Web")
        WORD_OF_MOUTH = "word_of_mouth", _("Word of mouth")
        PURCHASED_LIST = "purchased_list", _("Purchased list")
        OTHER = "other", _("Other")

    class Rating(models.TextChoices):
        HOT = "hot", _("Hot")
        WARM = "warm", _("Warm")
        COLD = "cold", _("Cold")

    class Timeframe(models.TextChoices):
        IMMEDIATE = "immediate", _("Immediate")
        THIS_QUARTER = "this_quarter", _("This quarter")
        NEXT_QUARTER = "next_quarter", _("Next quarter")
        THIS_YEAR = "this_year", _("This year")
        UNKNOWN = "unknown", _("Unknown")

    class BudgetStatus(models.TextChoices):
        NO_BUDGET = "no_budget", _("No committed budget")
        MAY_BUY = "may_buy", _("May buy")
        CAN_BUY = "can_buy", _("Can buy")
        WILL_BUY = "will_buy", _("Will buy")

    class Process(models.TextChoices):
        INDIVIDUAL = "individual", _("Individual")
        COMMITTEE = "committee", _("Committee")
        UNKNOWN = "unknown", _("Unknown")

    number = models.CharField(_("number"), max_length=30, unique=True, editable=False)
    topic = models.CharField(_("topic"), max_length=200)
    first_name = models.CharField(_("first name"), max_length=100, blank=True, default="")
    last_name = models.CharField(_("last name"), max_length=100, blank=True, default="")
    company = models.CharField(_("company"), max_length=200, blank=True, default="")
    job_title = models.CharField(_("job title"), max_length=100, blank=True, default="")
    email = models.EmailField(_("e-mail"), blank=True, default="")
    phone = models.CharField(_("phone"), max_length=40, blank=True, default="")
    mobile = models.CharField(_("mobile"), max_length=40, blank=True, default="")
    website = models.CharField(_("website"), max_length=200, blank=True, default="")
    source = models.CharField(_("source"), max_length=30, choices=Source, default=Source.OTHER)
    rating = models.CharField(_("rating"), max_length=10, choices=Rating, default=Rating.WARM)
    industry = models.CharField(_("industry"), max_length=100, blank=True, default="")
    budget_amount = AmountField(_("budget"), null=True, blank=True)
    budget_status = models.CharField(
        _("budget status"), max_length=20, choices=BudgetStatus, blank=True, default=""
    )
    need = models.TextField(_("need"), blank=True, default="")
    timeframe = models.CharField(
        _("purchase timeframe"), max_length=20, choices=Timeframe, blank=True, default=""
    )
    purchase_process = models.CharField(
        _("purchase process"), max_length=20, choices=Process, blank=True, default=""
    )
    decision_maker = models.BooleanField(_("decision maker"), default=False)
    estimated_value = AmountField(_("estimated value"), null=True, blank=True)
    estimated_close_on = models.DateField(_("estimated close date"), null=True, blank=True)
    account = models.ForeignKey(
        Account,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("existing account"),
    )
    contact = models.ForeignKey(
        Contact,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="leads",
        verbose_name=_("existing contact"),
    )
    campaign = models.CharField(_("campaign"), max_length=100, blank=True, default="")
    do_not_email = models.BooleanField(_("do not e-mail"), default=False)
    do_not_phone = models.BooleanField(_("do not phone"), default=False)
    do_not_bulk_email = models.BooleanField(_("do not send bulk e-mail"), default=False)
    do_not_post = models.BooleanField(_("do not send post"), default=False)
    consent_at = models.DateTimeField(_("agreed to be contacted"), null=True, blank=True)
    consent_note = models.CharField(_("what was agreed to"), max_length=300, blank=True, default="")
    last_contacted_at = models.DateTimeField(_("last contact"), null=True, blank=True, editable=False)
    score = models.PositiveSmallIntegerField(_("score"), default=0, editable=False)
    score_reasons = models.JSONField(default=list, blank=True, editable=False)
    scored_at = models.DateTimeField(null=True, blank=True, editable=False)
    status = StateField(_("status"), choices=Status.choices, default=Status.OPEN)
    status_reason = models.CharField(
        _("reason"), max_length=30, choices=Reason, default=Reason.NEW, editable=False
    )

    class Meta:
        verbose_name = _("lead")
        verbose_name_plural = _("leads")
        indexes = [
            models.Index(fields=["status", "-id"], name="lead_status_newest"),
            models.Index(fields=["owner", "status", "-id"], name="lead_owner_status"),
            models.Index(fields=["team", "status", "-id"], name="lead_team_status"),
            models.Index(fields=["created_at", "id"], name="lead_created"),
            models.Index(fields=["updated_at", "id"], name="lead_updated"),
            models.Index(fields=["last_name", "id"], name="lead_last_name"),
            models.Index(fields=["company", "id"], name="lead_company"),
            models.Index(fields=["-score", "-id"], name="lead_best"),
            models.Index(fields=["owner", "status", "-score", "-id"], name="lead_owner_best"),
        ]
        constraints = [
            reasons_match_status("lead_reason_matches_status", REASONS),
            models.CheckConstraint(condition=~models.Q(topic=""), name="lead_has_topic"),
            models.CheckConstraint(
                condition=~models.Q(last_name="") | ~models.Q(company=""), name="lead_has_name_or_company"
            ),
            models.CheckConstraint(condition=models.Q(score__lte=100), name="lead_score_up_to_100"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def name(self) -> str:
        """The person, or the company while no person is known."""
        return f"{self.first_name} {self.last_name}".strip() or self.company

    def searchable(self) -> list[Any]:
        return [
            self.number,
            self.topic,
            self.first_name,
            self.last_name,
            self.company,
            self.email,
            self.phone,
        ]

    def get_absolute_url(self) -> str:
        return record_url("leads:detail", self.ref)

    def clean(self) -> None:
        """Somebody can be named: a person or a company."""
        if not self.last_name and not self.company:
            raise ValidationError({"last_name": _("Give a last name or a company.")}, code="no_name")

    @transition(
        field=status,
        source=Status.OPEN,
        target=Status.OPEN,
        permission=allows("change"),
        custom={"hidden": True},
    )
    def edit(self) -> None:
        """May be changed now: only while it is open."""

    @transition(
        field=status,
        source=Status.OPEN,
        target=Status.OPEN,
        permission=allows("contact"),
        conditions=[
            Guard(
                "already_contacted", _("it was contacted already"), lambda lead: lead.status_reason == "new"
            )
        ],
        custom={"label": _("Mark contacted"), "verb": "contact", "order": 20, "hide_blocked": True},
    )
    def mark_contacted(self) -> None:
        self.status_reason = self.Reason.CONTACTED

    @transition(
        field=status,
        source=Status.OPEN,
        target=Status.QUALIFIED,
        permission=allows("qualify"),
        custom={
            "label": _("Qualify"),
            "primary": True,
            "asks": True,
            "order": 10,
            "key": "q",
            "hint": _("Makes an account, a contact and an opportunity from this lead"),
        },
    )
    def qualify(self) -> None:
        self.status_reason = self.Reason.QUALIFIED

    @transition(
        field=status,
        source=Status.OPEN,
        target=Status.DISQUALIFIED,
        permission=allows("disqualify"),
        conditions=[has_no_opportunity],
        custom={"label": _("Disqualify"), "asks": True, "danger": True, "key": "x"},
    )
    def disqualify(self, *, reason: str) -> None:
        self.status_reason = reason

    @transition(
        field=status,
        source=[Status.QUALIFIED, Status.DISQUALIFIED],
        target=Status.OPEN,
        permission=allows("reopen"),
        custom={"label": _("Reopen"), "order": 30, "asks": True},
    )
    def reopen(self) -> None:
        self.status_reason = self.Reason.CONTACTED

    @transition(
        field=status,
        source=Status.QUALIFIED,
        target=Status.OPEN,
        permission=allows("qualify"),
        custom={"hidden": True},
    )
    def undo_qualify(self, *, reason: str) -> None:
        """It was qualified by mistake: it is as it was before."""
        self.status_reason = reason
