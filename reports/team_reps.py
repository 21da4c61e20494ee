"""How each person of a team stands: one row a person and team, as the forecast tells them apart."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.utils.http import urlencode

from catalog.valuing import Rates
from forecasts.figures import ANYBODY, COMMIT, WON, Forecast, Part, Row
from kernel.models import OutboxMessage
from opportunities.links import deals_url
from opportunities.measures import Worth, total
from opportunities.tally import told_worth
from orders.models import Order
from people.access import visible
from people.models import User
from reports.team_asked import TeamAsked
from reports.team_deals import Key
from reports.team_figures import forecast_address

MOST_MESSAGES = 1_000


@dataclass(frozen=True)
class Rep:
    """One row: figures, each with the list behind it."""

    label: str
    note: str  # the team, where a person stands in several
    base: str
    url: str
    open: Decimal
    open_url: str
    weighted: Decimal
    commit: Decimal
    commit_url: str
    won: Decimal
    won_url: str
    deals: int
    planned_percent: int | None
    unplanned_url: str
    stale: int
    stale_url: str
    problems: int
    problems_url: str


@dataclass(frozen=True)
class Counted:
    """What is counted once for all rows, by team and owner."""

    worth: Mapping[Key, Worth]
    unplanned: Mapping[Key, int]
    stale: Counter[Key]
    problems: Counter[Key]
    usernames: Mapping[int, str]
    base: str

    def keys_of(self, part: Part) -> list[Key]:
        """The teams and owners that a row is made of."""
        known = {*self.worth, *self.stale, *self.problems}
        return [key for key in known if belongs(key, part)]


def belongs(key: Key, part: Part) -> bool:
    team, owner = key
    within = part.teams is None or team in part.teams
    return within and team not in part.beside and part.owner in (ANYBODY, owner)


def reps(asked: TeamAsked, found: Forecast, rates: Rates, stale: Counter[Key]) -> list[Rep]:
    """The people of the team (and what is nobody's) in a constant number of queries."""
    rows = [row for row in found.rows if row.kind in ("person", "nobody")]
    counted = count(asked, rates, stale, [row.user_id for row in rows if row.user_id])
    twice = Counter(row.user_id for row in rows)
    teams = {team.pk: team.name for team in asked.teams}
    made = [
        rep_of(row, counted, asked, teams.get(row.team_id or 0, "") if twice[row.user_id] > 1 else "")
        for row in rows
    ]
    return [rep for rep in made if rep is not None]


def count(asked: TeamAsked, rates: Rates, stale: Counter[Key], people: list[int]) -> Counted:
    deals = asked.open_deals()
    unplanned = deals.filter(next_due_at__isnull=True).order_by().values_list("team_id", "owner_id")
    worth: Any = told_worth(asked.user, "team_id", "owner_id", teams=asked.below, rates=rates)
    return Counted(
        worth, {(team, owner): n for team, owner, n in unplanned.annotate(n=Count("pk"))}, stale, problems(asked),
        dict(User.objects.filter(pk__in=people).values_list("pk", "username")), rates.base,
    )  # fmt: skip


def problems(asked: TeamAsked) -> Counter[Key]:
    """Orders that an ERP refused, by team and owner."""
    return Counter((order.team_id, order.owner_id) for order, _said in refused(asked))


def refused(asked: TeamAsked) -> list[tuple[Order, str]]:
    """Orders of the team that an ERP refused, each with the ERP's own words: two queries."""
    dead = OutboxMessage.objects.filter(
        state=OutboxMessage.State.DEAD, aggregate_type=Order._meta.label_lower
    ).order_by("-id")
    said = dict(dead.values_list("aggregate_id", "error_text")[:MOST_MESSAGES])
    orders = visible(asked.user, Order.objects.filter(public_id__in=list(said))).filter(asked.part)
    return [
        (order, said[order.public_id]) for order in orders.select_related("currency", "owner").order_by("-pk")
    ]


def rep_of(row: Row, counted: Counted, asked: TeamAsked, note: str) -> Rep | None:
    """A person's figures; nothing for who has neither deals nor a target."""
    keys = counted.keys_of(row.part)
    worth = total(counted.worth.get(key, Worth()) for key in keys)
    planned = max(worth.deals - sum(counted.unplanned.get(key, 0) for key in keys), 0)
    stale = sum(counted.stale[key] for key in keys)
    wrong = sum(counted.problems[key] for key in keys)
    if row.is_empty and not (worth.deals or stale or wrong) and row.kind == "nobody":
        return None
    whose, to = conditions(row.part, counted.usernames), forecast_address(asked)
    which = f"&{urlencode({'of': row.key})}"
    return Rep(
        row.label, note, counted.base, deals_url("opportunities:board", **whose), worth.amount,
        deals_url(status="open", **whose),
        worth.weighted, row.figures.commit_total, to.into(row.key, COMMIT), row.figures.won.amount,
        to.into(row.key, WON), worth.deals, planned * 100 // worth.deals if worth.deals else None,
        deals_url(status="open", next_due_at=None, **whose), stale,
        asked.url("reports:team-deals", "silent") + which, wrong, asked.url("reports:team-deals", "sync") + which,
    )  # fmt: skip


def conditions(part: Part, usernames: Mapping[int, str]) -> dict[str, Any]:
    """The conditions of a list that say whose deals a row is made of."""
    found: dict[str, Any] = {}
    if part.teams is not None:
        found["team"] = sorted(part.teams)
    if part.beside:
        found["team__not"] = sorted(part.beside)
    if part.owner != ANYBODY:
        found["owner"] = usernames.get(part.owner, "") if part.owner is not None else None
    return found
