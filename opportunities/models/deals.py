"""Opportunities and what hangs on them."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from catalog.documents import PricedDocument, PricedLine, has_customer, kinds_are_sound
from catalog.fields import AmountField
from kernel.addresses import record_url
from kernel.errors import Blocker
from kernel.lifecycle import Checklist, Guard, StateField, StatefulModel, reasons_match_status
from leads.models import Lead
from opportunities.models.asking import Asked
from opportunities.models.pipelines import Stage
from people.access import allows

MOST_ORDERS = 5  # that are named one by one
CANCELABLE = ("active", "submitted")


def orders_in_the_way(opportunity: Any) -> list[Blocker]:
    """The orders that hold the deal in its place, each with the page on which it is called off."""
    if opportunity.pk is None:
        return []
    found = opportunity.orders.exclude(status="canceled").order_by("pk").values_list("number", "status")
    return [
        Blocker(
            "has_order",
            _("it has an order that is not canceled; cancel that first"),
            record=number,
            fix_url=reverse("orders:cancel" if status in CANCELABLE else "orders:detail", args=[number]),
        )
        for number, status in found[:MOST_ORDERS]
    ]


has_no_order = Checklist(orders_in_the_way)

# Each reason belongs to exactly one status; the database knows this too.
REASONS = {
    "open": ["in_progress", "on_hold"],
    "won": ["won"],
    "lost": ["canceled", "out_sold"],
}


class Opportunity(StatefulModel, Asked, PricedDocument):
    """A possible sale to a customer."""

    is_removable = True

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")

    class Reason(models.TextChoices):
        IN_PROGRESS = "in_progress", _("In progress")
        ON_HOLD = "on_hold", _("On hold")
        WON = "won", _("Won")
        CANCELED = "canceled", _("Canceled")
        OUT_SOLD = "out_sold", _("Out-sold")

    REASONS = REASONS

    class Revenue(models.TextChoices):
        USER_PROVIDED = "user_provided", _("Typed")
        SYSTEM_CALCULATED = "system_calculated", _("Sum of lines")

    number = models.CharField(_("number"), max_length=30, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=200)
    lead = models.ForeignKey(
        Lead, on_delete=models.PROTECT, null=True, blank=True, related_name="opportunities", editable=False
    )
    stage = models.ForeignKey(
        Stage, on_delete=models.PROTECT, related_name="opportunities", verbose_name=_("stage")
    )
    probability = models.PositiveSmallIntegerField(_("probability %"), default=10)
    # The category it counts in: that of its stage, unless somebody judged otherwise (is_judged).
    forecast = models.CharField(
        _("forecast category"),
        max_length=20,
        choices=Stage.Forecast,
        default=Stage.Forecast.PIPELINE,
        editable=False,
    )
    is_judged = models.BooleanField(_("own judgement"), default=False, editable=False)
    stage_entered_at = models.DateTimeField(_("in stage since"), null=True, editable=False)
    # When something is planned next: the earliest open activity or the day of the next step; null: nothing is.
    next_due_at = models.DateTimeField(_("planned next"), null=True, editable=False)
    revenue_mode = models.CharField(
        _("revenue"), max_length=20, choices=Revenue, default=Revenue.USER_PROVIDED
    )
    estimated_revenue = AmountField(_("estimated revenue"), default=0)
    estimated_close_on = models.DateField(_("estimated close date"), null=True, blank=True)
    actual_revenue = AmountField(_("actual revenue"), null=True, blank=True, editable=False)
    closed_on = models.DateField(_("closed on"), null=True, blank=True, editable=False)
    need = models.TextField(_("need"), blank=True, default="")
    timeframe = models.CharField(
        _("purchase timeframe"), max_length=20, choices=Lead.Timeframe, blank=True, default=""
    )
    next_step = models.CharField(_("next step"), max_length=200, blank=True, default="")
    next_step_on = models.DateField(_("next step on"), null=True, blank=True)
    status = StateField(_("status"), choices=Status.choices, default=Status.OPEN)
    status_reason = models.CharField(
        _("reason"), max_length=30, choices=Reason, default=Reason.IN_PROGRESS, editable=False
    )

    class Meta:
        verbose_name = _("opportunity")
        verbose_name_plural = _("opportunities")
        indexes = [
            models.Index(fields=["name", "id"], name="opp_name"),
            models.Index(fields=["estimated_revenue", "id"], name="opp_estimated_revenue"),
            models.Index(fields=["probability", "id"], name="opp_probability"),
            models.Index(fields=["status", "-id"], name="opp_status_newest"),
            models.Index(fields=["owner", "status", "-id"], name="opp_owner_status"),
            models.Index(fields=["team", "status", "-id"], name="opp_team_status"),
            models.Index(fields=["stage", "status", "-id"], name="opp_stage_status"),
            models.Index(fields=["estimated_close_on", "id"], name="opp_close_on"),
            models.Index(fields=["stage", "status", "next_due_at", "id"], name="opp_board"),
            models.Index(fields=["status", "closed_on"], name="opp_closed"),
            models.Index(fields=["status", "estimated_close_on", "id"], name="opp_expected"),
            models.Index(
                fields=["team", "owner"],
                condition=models.Q(status="open", next_due_at__isnull=True),
                name="opp_unplanned",
            ),
        ]
        constraints = [
            reasons_match_status("opportunity_reason_matches_status", REASONS),
            has_customer("opportunity_has_customer"),
            models.CheckConstraint(
                condition=models.Q(probability__lte=100), name="opportunity_probability_up_to_100"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """What is planned next is written by ``next_due`` alone: no older reading of it overwrites a newer one."""
        if not self._state.adding and kwargs.get("update_fields") is None:
            read = {field.name for field in self._meta.concrete_fields if field.attname in self.__dict__}
            kwargs["update_fields"] = read - {"id", "next_due_at"}
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return record_url("opportunities:detail", self.ref)

    def searchable(self) -> list[Any]:
        return [self.number, self.name, self.customer]

    @property
    def amount(self) -> Decimal:
        """What the deal is worth: typed, or the sum of its lines before tax."""
        if self.revenue_mode == self.Revenue.SYSTEM_CALCULATED:
            return Decimal(self.net_amount)
        return self.estimated_revenue

    def clean(self) -> None:
        """Somebody buys, and the prices are in the currency of the deal."""
        if not self.account_id and not self.contact_id:
            raise ValidationError({"account": _("Choose an account or a contact.")}, code="no_customer")
        if self.price_list and self.currency_id and self.price_list.currency_id != self.currency_id:
            raise ValidationError(
                {"price_list": _("Its prices are in another currency.")}, code="other_currency"
            )

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
        permission=allows("move"),
        custom={"label": _("Move to stage"), "asks": True, "order": 20},
    )
    def move(self, *, stage: Stage) -> None:
        self.stage, self.probability = stage, stage.probability
        self.stage_entered_at = timezone.now()
        if not self.is_judged:
            self.forecast = stage.forecast

    @transition(
        field=status,
        source=Status.OPEN,
        target=Status.OPEN,
        permission=allows("judge"),
        custom={"hidden": True},
    )
    def judge(self, *, forecast: str | None) -> None:
        """Count it in this category of the forecast; None: as its stage says."""
        self.is_judged = forecast is not None
        self.forecast = forecast or self.stage.forecast

    @transition(
        field=status,
        source=Status.OPEN,
        target=Status.OPEN,
        permission=allows("hold"),
        conditions=[Guard("on_hold", _("it is on hold already"), lambda o: o.status_reason == "in_progress")],
        custom={"label": _("Put on hold"), "order": 60, "hide_blocked": True},
    )
    def hold(self) -> None:
        self.status_reason = self.Reason.ON_HOLD

    @transition(
        field=status,
        source=Status.OPEN,
        target=Status.OPEN,
        permission=allows("resume"),
        conditions=[Guard("not_on_hold", _("it is not on hold"), lambda o: o.status_reason == "on_hold")],
        custom={"label": _("Resume"), "order": 61, "hide_blocked": True},
    )
    def resume(self) -> None:
        self.status_reason = self.Reason.IN_PROGRESS

    @transition(
        field=status,
        source=Status.OPEN,
        target=Status.WON,
        permission=allows("win"),
        custom={"label": _("Won"), "primary": True, "asks": True, "order": 10, "key": "w"},
    )
    def win(self, *, actual_revenue: Decimal, closed_on: dt.date) -> None:
        self.status_reason = self.Reason.WON
        self.actual_revenue, self.closed_on = actual_revenue, closed_on

    @transition(
        field=status,
        source=Status.OPEN,
        target=Status.LOST,
        permission=allows("lose"),
        conditions=[has_no_order],
        custom={"label": _("Lost"), "danger": True, "asks": True},
    )
    def lose(self, *, reason: str, closed_on: dt.date) -> None:
        self.status_reason, self.closed_on = reason, closed_on

    @transition(
        field=status,
        source=[Status.WON, Status.LOST],
        target=Status.OPEN,
        permission=allows("reopen"),
        conditions=[has_no_order],
        custom={"label": _("Reopen"), "asks": True, "order": 30},
    )
    def reopen(self) -> None:
        self.status_reason = self.Reason.IN_PROGRESS
        self.actual_revenue, self.closed_on = None, None
        self.stage_entered_at = timezone.now()


class OpportunityLine(PricedLine):
    """A product the customer is interested in."""

    opportunity = models.ForeignKey(Opportunity, on_delete=models.CASCADE, related_name="lines")

    class Meta(PricedLine.Meta):
        indexes = [models.Index(fields=["opportunity", "position"], name="opp_line_position")]
        constraints = [kinds_are_sound("opp_line_kind_is_sound")]
