"""Goals, people's own calls, and what the pipeline was at the end of each day: only added to, never changed."""

import datetime as dt
import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.fields import AmountField
from kernel.periods import Period, period_named
from opportunities.models import Stage
from people.models import Team


class Whose(models.Model):
    """A figure of one person or one team for one period; the newest of its kind holds, older ones say what was."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    period = models.CharField(_("period"), max_length=7)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("person"),
    )  # fmt: skip
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("team")
    )
    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True

    @property
    def span(self) -> Period:
        found = period_named(self.period)
        assert found is not None, self.period
        return found


def one_of_both(name: str) -> models.CheckConstraint:
    """Either a person or a team, never both."""
    return models.CheckConstraint(
        condition=models.Q(user__isnull=True, team__isnull=False)
        | models.Q(user__isnull=False, team__isnull=True),
        name=name,
    )


class Goal(Whose):
    """What a person or a team is to reach in a period."""

    class Metric(models.TextChoices):
        REVENUE = "revenue", _("Revenue won")
        ORDERS = "orders", _("Order value")
        DEALS = "deals", _("Deals won")

    metric = models.CharField(_("metric"), max_length=10, choices=Metric, default=Metric.REVENUE)
    target = AmountField(_("target"), null=True, blank=True)  # in base currency, or a count; null: withdrawn

    class Meta:
        verbose_name = _("goal")
        verbose_name_plural = _("goals")
        indexes = [models.Index(fields=["period", "metric", "-id"], name="goal_of_period")]
        constraints = [one_of_both("goal_is_of_one")]

    def __str__(self) -> str:
        return f"{self.user or self.team} {self.period} {self.target}"


class ForecastCall(Whose):
    """What somebody says will be won in a period, beside what the system says."""

    amount = AmountField(_("call"), null=True, blank=True)  # in base currency; null: taken back
    note = models.CharField(_("note"), max_length=500)
    commit = AmountField(_("commit at that time"), default=0)  # won and committed, as the system saw it then

    class Meta:
        verbose_name = _("forecast call")
        verbose_name_plural = _("forecast calls")
        indexes = [models.Index(fields=["period", "-id"], name="call_of_period")]
        constraints = [one_of_both("call_is_of_one")]

    def __str__(self) -> str:
        return f"{self.user or self.team} {self.period} {self.amount}"


class Snapshot(models.Model):
    """The pipeline as it was at the end of a day, with the rates, teams and people of that day.

    A preliminary one, which somebody asked for, may be taken anew until its day is over; a final one never changes.
    """

    taken_on = models.DateField(_("day"), unique=True)
    taken_at = models.DateTimeField(_("taken at"), default=timezone.now)
    base = models.CharField(max_length=3)
    rates = models.JSONField(default=dict)  # {"USD": "0.91"}: what that day's forecast was valued at
    # {"teams": [[id, name, id of its parent]], "people": [[id, name, id of the team, whether they sell]]}
    tree = models.JSONField(default=dict)
    deals = models.PositiveIntegerField(default=0)
    is_final = models.BooleanField(_("final"), default=False)

    class Meta:
        verbose_name = _("snapshot")
        verbose_name_plural = _("snapshots")
        ordering = ["-taken_on"]

    def __str__(self) -> str:
        return f"{self.taken_on}"


class DealAsOf(models.Model):
    """What a deal was from one snapshot up to (not with) another; a new row only when something of it changed.

    Points to deals, people and teams without holding on to them: what was does not change when they leave.
    """

    FOREVER = dt.date(9999, 12, 31)

    from_on = models.DateField()
    until_on = models.DateField(default=FOREVER)
    opportunity = models.ForeignKey(
        "opportunities.Opportunity", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    number = models.CharField(max_length=30)
    name = models.CharField(max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        related_name="+",
    )
    team = models.ForeignKey(
        Team, on_delete=models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    stage = models.ForeignKey(Stage, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    status = models.CharField(max_length=10)
    forecast = models.CharField(max_length=20)
    amount = AmountField()  # open and lost: the estimate; won: the actual revenue
    currency = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=15, decimal_places=8)  # the deal's own
    probability = models.PositiveSmallIntegerField()
    close_on = models.DateField(null=True)  # open: estimated; else the day it was closed

    class Meta:
        verbose_name = _("deal as of a day")
        verbose_name_plural = _("deals as of a day")
        indexes = [
            models.Index(fields=["close_on", "from_on", "until_on"], name="as_of_close"),
            models.Index(fields=["status", "close_on", "until_on"], name="as_of_status_close"),
            models.Index(fields=["opportunity", "from_on"], name="as_of_deal"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["opportunity", "until_on"], name="one_row_a_deal_and_end"),
            models.CheckConstraint(condition=models.Q(until_on__gt=models.F("from_on")), name="as_of_lasts"),
            models.CheckConstraint(
                condition=models.Q(status__in=["open", "won", "lost"]), name="as_of_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.from_on}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A row that stands is never written again."""
        assert self._state.adding, "what was cannot be changed"
        super().save(*args, **kwargs)


class SumAsOf(models.Model):
    """What open or won deals alike were worth together, from one snapshot up to (not with) another.

    Forecasts of the past are told from these; ``forecasts/sums.py`` keeps them, ``DealAsOf`` has the deals themselves.
    """

    FOREVER = DealAsOf.FOREVER

    from_on = models.DateField()
    until_on = models.DateField(default=DealAsOf.FOREVER)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, null=True,
        related_name="+",
    )  # fmt: skip
    team = models.ForeignKey(
        Team, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    status = models.CharField(max_length=10)  # open or won
    forecast = models.CharField(max_length=20, blank=True)  # of open deals
    currency = models.CharField(max_length=3)
    # The deals' own, where it counts: of won ones, and where the day had none. Else that of the snapshot holds.
    rate = models.DecimalField(max_digits=15, decimal_places=8, null=True)
    month = models.DateField(null=True)  # the first day of the month that the deals close in
    is_late = models.BooleanField(default=False)  # open, though it was to be won before that day
    deals = models.IntegerField()
    # In ten-thousandths of the currency, and that times percent: whole numbers, which SQLite adds up exactly too.
    amount = models.DecimalField(max_digits=23, decimal_places=0)
    percents = models.DecimalField(max_digits=25, decimal_places=0)

    class Meta:
        verbose_name = _("sum as of a day")
        verbose_name_plural = _("sums as of a day")
        indexes = [
            models.Index(fields=["until_on", "from_on"], name="sum_as_of_until"),
            models.Index(fields=["status", "month", "until_on"], name="sum_as_of_month"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_on__gt=models.F("from_on")), name="sum_as_of_lasts"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["open", "won"]), name="sum_as_of_status_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.status} {self.month} {self.from_on}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A row that stands is never written again."""
        assert self._state.adding, "what was cannot be changed"
        super().save(*args, **kwargs)
