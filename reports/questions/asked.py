"""What somebody asks of a report: of which time, which pipeline, whose deals; and the same as an address."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.utils import timezone

from catalog.valuing import Rates, rates_at
from kernel.periods import Period, period_named, period_of
from opportunities.links import deals_url
from opportunities.models import Opportunity, Pipeline
from people.access import Scope, grant_for, visible
from people.models import Team, User

FILTERS = ("period", "pipeline", "owner", "team")
MOST_PEOPLE = 300


@dataclass(frozen=True)
class Asked:
    """The filters that hold, the day of the question and the rates of that day."""

    today: dt.date
    rates: Rates
    period: Period
    pipeline: Pipeline | None = None
    owner: User | None = None
    team: Team | None = None
    team_ids: tuple[int, ...] = ()  # the team and all below it
    given: Mapping[str, str] | None = None  # as the address names them

    @property
    def base(self) -> str:
        return self.rates.base

    @property
    def last_year(self) -> tuple[dt.date, dt.date]:
        """The twelve months up to today, by which what is usual is judged."""
        return self.today - dt.timedelta(days=365), self.today

    @property
    def whose(self) -> Q:
        """Records within the owner and the team that were asked for."""
        found = Q()
        if self.owner is not None:
            found &= Q(owner=self.owner)
        if self.team is not None:
            found &= Q(team__in=self.team_ids)
        return found

    def deals(self, user: User) -> QuerySet[Opportunity]:
        """The deals that exist for this person and were asked for."""
        found = visible(user, Opportunity.objects.filter(self.whose))
        return found.filter(stage__pipeline=self.pipeline) if self.pipeline is not None else found

    def url(self, **conditions: Any) -> str:
        """The list of deals with what was asked for, and more conditions."""
        if self.pipeline is not None and "stage" not in conditions:
            conditions.setdefault("pipeline", self.pipeline)
        if self.owner is not None:
            conditions.setdefault("owner", self.owner)
        if self.team is not None:
            conditions.setdefault("team", list(self.team_ids))
        return deals_url(**conditions)

    @property
    def query(self) -> str:
        """The filters as an address writes them, with a question mark where there are any."""
        given = {name: value for name, value in (self.given or {}).items() if name in FILTERS and value}
        return f"?{urlencode(given)}" if given else ""


def asked_of(params: Mapping[str, str], user: User, *, takes: frozenset[str] = frozenset(FILTERS)) -> Asked:
    """What an address (or a subscription) asks for; what is unknown or out of reach is not asked for."""
    today = timezone.localdate()
    given = {name: params.get(name, "").replace("\0", "") for name in FILTERS if name in takes}
    period = period_named(given.get("period", "")) or period_of(today)
    team = _team(given.get("team", ""), user)
    return Asked(
        today, rates_at(today), period, _pipeline(given.get("pipeline", "")), _owner(given.get("owner", ""), user),
        team, _below(team) if team is not None else (), given,
    )  # fmt: skip


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _pipeline(text: str) -> Pipeline | None:
    return Pipeline.objects.filter(pk=key).first() if (key := _key(text)) is not None else None


def _owner(text: str, user: User) -> User | None:
    return people_for(user).filter(username=text).first() if text else None


def _team(text: str, user: User) -> Team | None:
    return teams_for(user).filter(pk=key).first() if (key := _key(text)) is not None else None


def _below(team: Team) -> tuple[int, ...]:
    found = Team.objects.filter(path__startswith=team.path).order_by("pk")
    return tuple(found.values_list("pk", flat=True))


def people_for(user: User) -> QuerySet[User]:
    """Whose deals this person may ask for apart: those of their teams, or everybody's."""
    scope = grant_for(user, "opportunity").scope
    people = User.objects.filter(is_active=True, is_service=False).order_by("first_name", "last_name", "pk")
    if scope == Scope.ALL:
        return people
    return people.filter(team__in=user.team_ids) if scope == Scope.TEAM else people.none()


def teams_for(user: User) -> QuerySet[Team]:
    """The teams that this person may ask for."""
    scope = grant_for(user, "opportunity").scope
    teams = Team.objects.order_by("path")
    if scope == Scope.ALL:
        return teams
    return teams.filter(pk__in=user.team_ids) if scope == Scope.TEAM else teams.none()
