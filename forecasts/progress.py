"""How far somebody is with their goal of a period: the strip on a person's day, the line of a team."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, ExpressionWrapper, F, Q, QuerySet, Sum
from django.utils import timezone

from forecasts.models import Goal
from forecasts.moments import due_in
from forecasts.rights import may_over
from forecasts.said import Whose, target_in, targets_of
from kernel.periods import Period, period_of
from kernel.pricing import round_half_up
from opportunities.measures import AMOUNT, NOTHING, exact, total, won_worth
from opportunities.models import Opportunity
from orders.models import Order
from people.models import Team, User

NET: Final = ExpressionWrapper(
    (F("pre_freight_amount") + F("freight")) * F("exchange_rate"), output_field=AMOUNT
)


@dataclass(frozen=True)
class Progress:
    """What was reached of a target: revenue and order value in base currency, deals as a count."""

    metric: str
    period: Period
    reached: Decimal
    target: Decimal

    @property
    def percent(self) -> int:
        """So many hundredths of the target, rounded; a target of nothing is reached."""
        if not self.target:
            return 100
        return int(round_half_up(self.reached * 100 / self.target, 0))


def progress(
    user: User, whose: User | Team | None = None, *, period: Period | None = None,
    metric: str = Goal.Metric.REVENUE,
) -> Progress | None:  # fmt: skip
    """How far a person or team (usually: oneself) is in the period (usually: this quarter); None without a goal.

    Counts what stands in their name, whoever asks; None too where the asker may not see the goal.
    """
    whose = whose or user
    period = period or period_of(timezone.localdate())
    person, team = (whose.pk, whose.team_id) if isinstance(whose, User) else (None, whose.pk)
    if not may_over(user, "view", Goal, person=person, team=team):
        return None
    targets = targets_of(period, metric, until=timezone.now())
    target = _target(targets, whose, period)
    if target is None:
        return None
    return Progress(str(metric), period, REACHED[metric](_in_the_name_of(whose), period), target)


def _target(targets: Any, whose: User | Team, period: Period) -> Decimal | None:
    """What was set for them; for a team without a goal of its own, what was set for those in it and below."""
    if isinstance(whose, User):
        return target_in(targets, ("person", whose.pk), period)
    return _of_team(targets, whose, period)


def _of_team(targets: Any, team: Team, period: Period) -> Decimal | None:
    teams = list(Team.objects.filter(path__contains=f"/{team.pk}/"))
    members = list(User.objects.filter(team__in=teams).order_by().values_list("pk", "team_id"))

    def below(pk: int) -> Decimal | None:
        who: Whose = ("team", pk)
        if (own := target_in(targets, who, period)) is not None:
            return own
        parts = [below(child.pk) for child in teams if child.parent_id == pk]
        parts += [target_in(targets, ("person", user), period) for user, of in members if of == pk]
        there = [part for part in parts if part is not None]
        return sum(there, NOTHING) if there else None

    return below(team.pk)


def _in_the_name_of(whose: User | Team) -> Q:
    return Q(owner=whose) if isinstance(whose, User) else Q(team__path__contains=f"/{whose.pk}/")


def _won(condition: Q, period: Period) -> QuerySet[Opportunity]:
    return Opportunity.objects.filter(condition & due_in("closed_on", period), status="won")


def _revenue(condition: Q, period: Period) -> Decimal:
    return total(won_worth(_won(condition, period), "owner_id").values()).amount


def _deals(condition: Q, period: Period) -> Decimal:
    return Decimal(_won(condition, period).aggregate(n=Count("pk"))["n"])


def _orders(condition: Q, period: Period) -> Decimal:
    """Net of tax; orders that are still drafts or were canceled are no orders yet, or no more."""
    confirmed = Order.objects.filter(condition & due_in("ordered_on", period)).exclude(
        status__in=["active", "canceled"]
    )
    return exact(confirmed.aggregate(sum=Sum(NET))["sum"])


REACHED: Final[dict[str, Callable[[Q, Period], Decimal]]] = {
    Goal.Metric.REVENUE: _revenue,
    Goal.Metric.DEALS: _deals,
    Goal.Metric.ORDERS: _orders,
}
