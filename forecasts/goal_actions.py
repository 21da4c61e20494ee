"""Several targets at once: all that a page says, the parts of a longer period, those of the period before."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from catalog.fields import AMOUNT_PLACES
from forecasts.actions import set_goal, withdraw_goal
from forecasts.models import Goal
from kernel.periods import Period
from kernel.pricing import allocate, round_half_up
from people.models import Team, User

CENTS = 2


@dataclass(frozen=True)
class Wish:
    """What somebody is to reach in a period; None: nothing is set any more."""

    whose: User | Team
    period: Period
    metric: str
    target: Decimal | None


@transaction.atomic
def keep_goals(wishes: Iterable[Wish], *, by: User) -> int:
    """Set or withdraw each of them, or none at all; how many there were."""
    goals = [
        withdraw_goal(wish.whose, wish.period, by=by, metric=wish.metric)
        if wish.target is None
        else set_goal(wish.whose, wish.period, wish.target, by=by, metric=wish.metric)
        for wish in wishes
    ]
    return len(goals)


def spread(wish: Wish, months: int) -> list[Wish]:
    """The target of a period in even parts of so many months that add up to it exactly."""
    assert wish.target is not None
    parts = parts_of(wish.period, months)
    digits = 0 if wish.metric == Goal.Metric.DEALS else CENTS
    if round_half_up(wish.target, digits) != wish.target:
        digits = AMOUNT_PLACES
    shares = allocate(wish.target, [Decimal(1)] * len(parts), digits)
    return [Wish(wish.whose, part, wish.metric, share) for part, share in zip(parts, shares, strict=True)]


def parts_of(period: Period, months: int) -> list[Period]:
    """The quarters or months of a period."""
    return [Period(part.starts_on, months) for part in period.parts[::months]]
