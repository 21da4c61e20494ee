"""What the manager's home is about: a team with all below it, and a period."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from forecasts.asked import key_asked, period_asked
from kernel.periods import Period, period_of
from opportunities.models import Opportunity
from people.access import Scope, grant_for, visible
from people.models import Team
from quotes.models import Quote


@dataclass(frozen=True)
class TeamAsked:
    """One view of the page; every link of it is another one. Without a team it is about all that the reader leads."""

    user: Any
    period: Period
    teams: tuple[Team, ...]  # those to choose from, each below its parent
    team: Team | None = None

    @property
    def periods(self) -> list[Period]:
        """Those to choose from: a year of quarters around this one, the year, and the one asked for."""
        now = period_of(timezone.localdate())
        near = [
            now.previous.previous,
            now.previous,
            now,
            now.next,
            now.next.next,
            period_of(now.starts_on, 12),
        ]
        return near if self.period in near else [self.period, *near]

    @cached_property
    def below(self) -> frozenset[int] | None:
        """The team chosen and those below it; None: all that the reader sees."""
        if self.team is None:
            return None
        return frozenset(one.pk for one in self.teams if one.path.startswith(self.team.path))

    @property
    def part(self) -> Q:
        """The records of the team chosen, wherever a record has a team."""
        return Q() if self.below is None else Q(team__in=self.below)

    def deals(self) -> QuerySet[Opportunity]:
        """The deals that the page is about."""
        return visible(self.user, Opportunity.objects.all()).filter(self.part)

    def open_deals(self) -> QuerySet[Opportunity]:
        return self.deals().filter(status=Opportunity.Status.OPEN)

    def quotes(self) -> QuerySet[Quote]:
        return visible(self.user, Quote.objects.all()).filter(self.part)

    def url(self, page: str = "reports:team", *args: Any, **changes: Any) -> str:
        """The address of the same view with something changed, or of another page about it."""
        now = replace(self, **changes)
        query = {"period": now.period.key, "team": now.team.pk if now.team else ""}
        return (
            f"{reverse(page, args=args)}?{urlencode({name: value for name, value in query.items() if value})}"
        )

    @property
    def key(self) -> str:
        """What of the reader's figures it is, to remember them by."""
        return f"{self.user.pk}:{self.team.pk if self.team else 0}:{self.period.key}"


def team_asked(user: Any, query: Mapping[str, str]) -> TeamAsked:
    """What an address asks for; a team that the reader does not lead does not exist for them."""
    teams = tuple(teams_of(user))
    wanted = key_asked(query.get("team", ""))
    found = next((team for team in teams if team.pk == wanted), None)
    if wanted is not None and found is None:
        raise Http404
    return TeamAsked(user, period_asked(query.get("period", "")), teams, found)


def teams_of(user: Any) -> list[Team]:
    """The teams whose deals this person sees, parents first."""
    scope = grant_for(user, "opportunity").scope
    if scope not in (Scope.ALL, Scope.TEAM):
        return []
    rows = Team.objects.all() if scope == Scope.ALL else Team.objects.filter(pk__in=user.team_ids)
    by_key = {team.pk: team for team in rows}
    return sorted(rows, key=lambda team: [by_key[pk].name.casefold() for pk in steps(team) if pk in by_key])


def steps(team: Team) -> list[int]:
    """The keys of a team's ancestors and its own, from the top."""
    return [int(step) for step in team.path.split("/") if step]
