"""What was set and what was called: the newest row of each person or team holds."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db.models import Max, QuerySet

from forecasts.figures import Said
from forecasts.models import ForecastCall, Goal
from kernel.periods import Period
from kernel.pricing import round_half_up
from people.models import User

Whose = tuple[str, int]  # ("person", 7) or ("team", 3)
Targets = dict[tuple[Whose, str], Decimal]  # by the key of the period


def newest(rows: QuerySet[Any], *, until: dt.datetime, by: tuple[str, ...] = ()) -> QuerySet[Any]:
    """Of each person, team (and whatever else tells them apart) the last row written up to then."""
    last = rows.filter(at__lte=until).order_by().values("user", "team", *by).annotate(last=Max("pk"))
    return rows.model._default_manager.filter(pk__in=last.values("last"))


def calls_of(period: Period, *, until: dt.datetime) -> dict[Whose, Said]:
    """The call of each person and team for the period that held then, in one query."""
    found = newest(ForecastCall.objects.filter(period=period.key), until=until).select_related("by")
    return {whose(call): said_of(call) for call in found}


def said_of(call: ForecastCall) -> Said:
    """A call as a row shows it."""
    return Said(call.pk, call.public_id, call.amount, call.note, name_of(call.by), call.at, call.commit)


def name_of(user: User) -> str:
    return str(user)


def whose(row: Any) -> Whose:
    return ("person", row.user_id) if row.user_id else ("team", row.team_id)


def keys_within(period: Period) -> list[str]:
    """The period and the shorter ones that make it up."""
    months = [part.key for part in period.parts]
    return list(dict.fromkeys([period.key, *(quarter.key for quarter in quarters(period)), *months]))


def quarters(period: Period) -> list[Period]:
    """The quarters of a year; of anything shorter, none."""
    if period.months != 12:
        return []
    return [Period(part.starts_on, 3) for part in period.parts[::3]]


def targets_of(period: Period, metric: str, *, until: dt.datetime) -> Targets:
    """The targets of everybody for the period and the shorter ones within, as they held then, in one query."""
    rows = Goal.objects.filter(period__in=keys_within(period), metric=metric)
    return {
        (whose(goal), goal.period): goal.target
        for goal in newest(rows, until=until, by=("period",))
        if goal.target is not None
    }


def target_in(targets: Targets, who: Whose, period: Period) -> Decimal | None:
    """What was set for exactly this period, else the sum of what was set for the quarters or months within it."""
    if (found := targets.get((who, period.key))) is not None or period.months == 1:
        return found
    shorter = quarters(period) or period.parts
    return sum_of(target_in(targets, who, part) for part in shorter)


def month_targets(targets: Targets, who: Whose, period: Period) -> tuple[Decimal | None, ...]:
    """The target of each month: what was set for it, else an even share of what was set for longer."""
    spread = _longer(targets, who, period)
    return tuple(targets.get((who, part.key), spread.get(part.key)) for part in period.parts)


def _longer(targets: Targets, who: Whose, period: Period) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for span in [period, *quarters(period)]:
        if (target := targets.get((who, span.key))) is not None:
            share = round_half_up(target / span.months, 2)
            found |= dict.fromkeys((part.key for part in span.parts), share)
    return found


def sum_of(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what there is; None where there is nothing."""
    there = [amount for amount in amounts if amount is not None]
    return sum(there, Decimal(0)) if there else None
