"""What is read of forecasts: the tree of a period, the deals behind a figure, snapshots, calls and progress."""

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from forecasts.figures import CATEGORY_OF, OVERDUE, UNDATED, WON, Figures, Forecast, Part
from forecasts.house import House, Somebody, Unit
from forecasts.models import ForecastCall, Goal, Snapshot
from forecasts.moments import Moment, added_up, cells_now, due_in, moment_at, moment_of, won_in
from forecasts.rights import may_over, said_to
from forecasts.said import calls_of, targets_of
from forecasts.tree import Material, rows_of, total_of, without_team
from kernel.periods import Period
from opportunities.models import Opportunity
from people.access import Scope, grant_for
from people.models import Team, User

BACK = dt.timedelta(days=7)
FURTHEST = dt.timedelta(days=14)  # a snapshot older than that is not "seven days ago"


def forecast(
    user: User, period: Period, *, as_of: dt.date | None = None, team: Team | int | None = None,
    metric: str = Goal.Metric.REVENUE,
) -> Forecast:  # fmt: skip
    """The forecast of a period as this person may see it: now, or as of the newest snapshot up to that day."""
    moment = moment_of(as_of)
    house = moment.house()
    seen = teams_seen(user, house)
    roots, part, strays = _roots(user, house, seen, team)
    earlier = _earlier(moment)
    material = Material(
        period, house,
        moment.cells(user, period, part),
        earlier.promised(user, period, part) if earlier else None,
        targets_of(period, metric, until=moment.until), calls_of(period, until=moment.until),
        _deeds(user, live=as_of is None),
    )  # fmt: skip
    rows = rows_of(material, roots, strays, _alone(user, material) if team is None else [])
    return Forecast(
        period, str(metric), total_of(material, rows, part), moment.day, moment.taken_at,
        bool(moment.snapshot and moment.snapshot.is_final), moment.rates.base, dict(moment.rates.by_code),
        earlier.day if earlier else None,
    )  # fmt: skip


def teams_seen(user: User, house: House) -> frozenset[int]:
    """The teams that stand in the tree of this person: all of them, those below theirs, or none."""
    scope = grant_for(user, "opportunity").scope
    if scope == Scope.ALL:
        return frozenset(house.teams)
    return user.team_ids & house.teams.keys() if scope == Scope.TEAM else frozenset()


def _alone(user: User, material: Material) -> list[int]:
    """Who stands beside the teams: people without one, where everybody is seen; the asker, where no team is."""
    if grant_for(user, "opportunity").scope == Scope.ALL:
        return without_team(material)
    return [] if teams_seen(user, material.house) else [user.pk]


def _roots(
    user: User, house: House, seen: frozenset[int], team: Team | int | None
) -> tuple[list[int], Part, frozenset[int]]:
    """Where the tree begins, the deals it is made of, and the teams whose deals stand in it."""
    if team is not None:
        pk = team.pk if isinstance(team, Team) else team
        below = house.subtree(pk) if pk in seen else frozenset[int]()
        return [pk] if pk in seen else [], Part(below), below
    tops = [unit for unit in house.teams.values() if unit.pk in seen and unit.parent not in seen]
    return [unit.pk for unit in sorted(tops, key=lambda unit: unit.name.casefold())], Part(), seen


def _earlier(moment: Moment) -> Moment | None:
    """The snapshot to compare with: the newest that is at least seven days older."""
    found = Snapshot.objects.filter(
        taken_on__lte=moment.day - BACK, taken_on__gte=moment.day - FURTHEST
    ).first()
    return moment_at(found) if found else None


def _deeds(user: User, *, live: bool) -> Any:
    def may(of: Unit | Somebody) -> tuple[bool, bool]:
        if not live:
            return False, False
        person, team = (of.pk, of.team) if isinstance(of, Somebody) else (None, of.pk)
        return (
            may_over(user, "add", Goal, person=person, team=team),
            may_over(user, "add", ForecastCall, person=person, team=team),
        )

    return may


# --- the deals behind a figure --------------------------------------------------------------------------------


def deals_behind(
    user: User, period: Period, column: str, *, part: Part | None = None, as_of: dt.date | None = None
) -> QuerySet[Any]:
    """The deals that make a column of a row: opportunities now, or (``as_of``) what they were: ``DealAsOf``."""
    moment = moment_of(as_of)
    deals, on = moment.deals(user, part), moment.expected
    if column == WON:
        return deals.filter(won_in(moment, period))
    waiting = deals.filter(status="open")
    if column == UNDATED:
        return waiting.filter(**{f"{on}__isnull": True})
    if column == OVERDUE:
        return waiting.filter(**{f"{on}__lt": moment.late_before(period)})
    return waiting.filter(due_in(on, period), forecast=CATEGORY_OF[column])


def snapshots(*, since: dt.date | None = None) -> QuerySet[Snapshot]:
    """The snapshots there are, newest first, without what is heavy in them."""
    found = Snapshot.objects.defer("tree", "rates")
    return found.filter(taken_on__gte=since) if since else found


# --- goals and calls ------------------------------------------------------------------------------------------


def goals_for(user: User, /, **conditions: Any) -> QuerySet[Goal]:
    """The goals that this person may see, newest first."""
    return (
        said_to(user, Goal.objects.filter(**conditions)).select_related("user", "team", "by").order_by("-pk")
    )


def calls_for(user: User, /, **conditions: Any) -> QuerySet[ForecastCall]:
    """The calls that this person may see, newest first: ``calls_for(user, period="2026-Q4", team=3)`` is a history."""
    return (
        said_to(user, ForecastCall.objects.filter(**conditions))
        .select_related("user", "team", "by")
        .order_by("-pk")
    )


def figures_of(whose: User | Team, period: Period) -> Figures:
    """What the system sees for a person or a team and all below it, whoever asks: for what is kept beside a call."""
    moment = moment_of(None)
    if isinstance(whose, User):
        deals = Opportunity.objects.filter(owner=whose)
    else:
        deals = Opportunity.objects.filter(team__path__contains=f"/{whose.pk}/")
    return added_up(cells_now(moment, deals, period))
