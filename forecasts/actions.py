"""What people set and say: goals and calls. Nothing is changed or taken away; the newest row holds."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from forecasts.models import ForecastCall, Goal
from forecasts.rights import require_over
from forecasts.selectors import figures_of
from forecasts.snapshot_actions import ask_for_snapshot, take_snapshot
from kernel import history
from kernel.errors import DomainError
from kernel.periods import Period
from kernel.pricing import AMOUNT_LIMIT
from people.models import Team, User

__all__ = ["ask_for_snapshot", "make_call", "reset_call", "set_goal", "take_snapshot", "withdraw_goal"]
Whom = User | Team


@transaction.atomic
def set_goal(
    whose: Whom, period: Period, target: Decimal, *, by: User, metric: str = Goal.Metric.REVENUE
) -> Goal:
    """Say what a person or a team is to reach in the period."""
    if metric not in Goal.Metric.values:
        raise DomainError(_("There is no such metric."), code="unknown_metric", field="metric")
    if metric == Goal.Metric.DEALS and target != int(target):
        raise DomainError(_("Deals are counted in whole numbers."), code="whole_number", field="target")
    refuse_odd_amount(target, "target")
    return _set_goal(whose, period, target, by, "add", metric)


@transaction.atomic
def withdraw_goal(whose: Whom, period: Period, *, by: User, metric: str = Goal.Metric.REVENUE) -> Goal:
    """Take a goal back; what was set before stays on record."""
    return _set_goal(whose, period, None, by, "withdraw", metric)


@transaction.atomic
def make_call(whose: Whom, period: Period, amount: Decimal, *, by: User, note: str) -> ForecastCall:
    """Say what will be won in the period, and why; what the system sees at that moment is kept beside it."""
    refuse_odd_amount(amount, "amount")
    return _call(whose, period, amount, by, "add", note)


@transaction.atomic
def reset_call(whose: Whom, period: Period, *, by: User, note: str) -> ForecastCall:
    """Take the call back, so that what the system (or the people below) say holds again."""
    return _call(whose, period, None, by, "reset", note)


def refuse_odd_amount(amount: Decimal, field: str) -> None:
    if not amount.is_finite() or amount < 0:
        raise DomainError(_("An amount of zero or more."), code="negative", field=field)
    if amount >= AMOUNT_LIMIT:
        raise DomainError(_("That is too much."), code="too_large", field=field)


def _set_goal(whose: Whom, period: Period, target: Decimal | None, by: User, verb: str, metric: str) -> Goal:
    require_over(by, verb, Goal, **_placed(whose))
    goal = Goal.objects.create(period=period.key, by=by, metric=metric, target=target, **_of(whose))
    history.record(goal, "set" if target is not None else "withdrawn", by=by)
    return goal


def _call(
    whose: Whom, period: Period, amount: Decimal | None, by: User, verb: str, note: str
) -> ForecastCall:
    require_over(by, verb, ForecastCall, **_placed(whose))
    note = note.strip()
    if not note:
        raise DomainError(_("Say in a few words why."), code="required", field="note")
    if len(note) > ForecastCall._meta.get_field("note").max_length:  # type: ignore[operator]
        raise DomainError(_("Shorter, please: at most 500 characters."), code="too_long", field="note")
    seen = figures_of(whose, period).commit_total
    call = ForecastCall.objects.create(
        period=period.key, by=by, amount=amount, note=note, commit=seen, **_of(whose)
    )
    history.record(call, "called" if amount is not None else "reset", by=by, note=note)
    return call


def _of(whose: Whom) -> dict[str, Any]:
    return {"user": whose} if isinstance(whose, User) else {"team": whose}


def _placed(whose: Whom) -> dict[str, int | None]:
    """Where the person or team stands, for the rule object."""
    if isinstance(whose, User):
        return {"person": whose.pk, "team": whose.team_id}
    return {"person": None, "team": whose.pk}
