"""What the API says of forecasts, targets, calls and snapshots, and is told of them."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError

from forecasts.models import ForecastCall, Goal, Snapshot
from kernel.bodies import Refusing
from kernel.periods import Period, period_named
from people.resources import OwnerRef, TeamRef

PERIOD = "A year, quarter or month: `2026`, `2026-Q1`, `2026-03`."


class PeriodField(serializers.CharField):
    """A period by its key."""

    default_error_messages = {"period": _("Give a year, quarter or month: 2026, 2026-Q1, 2026-03.")}

    def to_internal_value(self, data: Any) -> Any:
        found = period_named(super().to_internal_value(data))
        if found is None:
            self.fail("period")
        return found

    def to_representation(self, value: Any) -> str:
        return value.key if isinstance(value, Period) else str(value)


def amount(words: str, **options: Any) -> serializers.DecimalField:
    """An amount in base currency."""
    return serializers.DecimalField(
        max_digits=29, decimal_places=4, coerce_to_string=True, help_text=words, **options
    )


# --- the forecast -----------------------------------------------------------------------------------------------


class ForecastRowBody(serializers.Serializer[Any]):
    """A team, a person, or the deals that nobody owns."""

    key = serializers.CharField(help_text="Names the row; the same in every forecast.")
    kind = serializers.CharField(help_text="all, team, person or nobody.")
    name = serializers.CharField(help_text="What people read.")
    depth = serializers.IntegerField(help_text="How deep it lies below the top.")
    person = serializers.CharField(allow_null=True, help_text="Username, if it is a person.")
    team = serializers.CharField(
        allow_null=True, help_text="Name of the team: itself, or where the row stands."
    )
    target = amount("What is to be reached; null where nothing is set.", allow_null=True)
    won = amount("What was won in the period.")
    commit = amount("Won and committed.")
    best_case = amount("Won, committed and best case.")
    pipeline = amount("Won and everything open, without what is omitted.")
    weighted = amount("Won, and what is open times its probability.")
    omitted = amount("Open deals left out of all figures by their category.")
    overdue = amount("Open deals whose close date lies before the period; in none of its figures.")
    undated = amount("Open deals without a close date; in no period.")
    deals = serializers.IntegerField(help_text="How many deals make the figures of the period.")
    call = amount("What is called for it, or the sum of the rows below; null for nothing.", allow_null=True)
    call_note = serializers.CharField(allow_blank=True, help_text="Why that is called.")
    change = amount("How the commit changed in seven days; null where no snapshot tells.", allow_null=True)
    gap = amount("Commit above (or, negative, below) the target; null without a target.", allow_null=True)
    unrated = serializers.ListField(
        child=serializers.CharField(),
        help_text="Currencies without a rate: valued at the rates of their deals.",
    )


class ForecastBody(serializers.Serializer[Any]):
    """The forecast of a period as one may see it."""

    period = serializers.CharField(help_text=PERIOD)
    starts_on = serializers.DateField(help_text="First day of the period.")
    ends_on = serializers.DateField(help_text="Last day of the period.")
    as_of = serializers.DateField(allow_null=True, help_text="Day of the snapshot; null for now.")
    is_final = serializers.BooleanField(help_text="Whether it never changes any more.")
    currency = serializers.CharField(help_text="Base currency by ISO 4217 code; all amounts are in it.")
    rates_on = serializers.DateField(help_text="Day whose exchange rates hold.")
    rates = serializers.DictField(child=serializers.CharField(), help_text="The rates to the base currency.")
    compared_with = serializers.DateField(
        allow_null=True, help_text="Day of the snapshot that changes are counted from; null for none."
    )
    rows = ForecastRowBody(many=True, help_text="The total, then teams and people in the order of the tree.")  # type: ignore[assignment]


# --- targets and calls --------------------------------------------------------------------------------------------


class SaidBody(Refusing, serializers.ModelSerializer[Any]):
    """What holds for a person or for a team, never for both."""

    id = serializers.UUIDField(source="public_id", read_only=True, help_text="Unique id; never changes.")
    period: Any = PeriodField(help_text=PERIOD)
    by = serializers.CharField(source="by.username", read_only=True, help_text="Username of who said it.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Either a person or a team."""
        if bool(attrs.get("user")) == bool(attrs.get("team")):
            text = str(_("Name either a person or a team."))
            raise ValidationError({"person": [ErrorDetail(text, "one_of_both")]})
        return attrs


class GoalBody(SaidBody):
    """A target; the newest one of a person or team, period and metric holds."""

    person = OwnerRef("goal", source="user", help_text="Username; null for a target of a team.")
    team = TeamRef("goal", help_text="Name of the team; null for a target of a person.")
    target = serializers.DecimalField(
        max_digits=15, decimal_places=4, min_value=Decimal(0), allow_null=True,
        help_text="In base currency, or how many deals; null withdraws it.",
    )  # fmt: skip

    helps = {
        "metric": "What is counted: revenue won, order value, or deals won.",
        "at": "When it was set.",
    }

    class Meta:
        model = Goal
        fields = ("id", "period", "metric", "person", "team", "target", "at", "by")
        read_only_fields = ("at",)


class CallBody(SaidBody):
    """A call; the newest one of a person or team and period holds."""

    person = OwnerRef("forecastcall", source="user", help_text="Username; null for a call of a team.")
    team = TeamRef("forecastcall", help_text="Name of the team; null for a call of a person.")
    amount = serializers.DecimalField(
        max_digits=15, decimal_places=4, min_value=Decimal(0), allow_null=True,
        help_text="What will be won, in base currency; null takes the call back.",
    )  # fmt: skip

    helps = {
        "note": "Why.",
        "commit": "Won and committed, as the system saw it at that moment.",
        "at": "When it was said.",
    }

    class Meta:
        model = ForecastCall
        fields = ("id", "period", "person", "team", "amount", "note", "commit", "at", "by")
        read_only_fields = ("commit", "at")


class SnapshotBody(serializers.ModelSerializer[Any]):
    """A picture of all deals at the end of a day."""

    class Meta:
        model = Snapshot
        fields = ("taken_on", "taken_at", "is_final", "base", "rates", "deals")
        extra_kwargs = {
            "taken_on": {"help_text": "The day it is of; what `as_of` asks for."},
            "taken_at": {"help_text": "When it was taken."},
            "is_final": {"help_text": "Whether it never changes any more."},
            "base": {"help_text": "Base currency of that day."},
            "rates": {"help_text": "The exchange rates that its forecasts are valued at."},
            "deals": {"help_text": "How many deals there were."},
        }
