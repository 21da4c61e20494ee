"""The deals of two moments side by side: those that differ one by one, all others as sums. One pass over both."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from forecasts.figures import ANYBODY, Part
from forecasts.moments import Moment, due_in, valid_on, won_in
from forecasts.reasons import Change, Side
from kernel.periods import Period
from opportunities.measures import exact
from opportunities.models import Opportunity
from people.access import grant_for, in_scope
from people.models import User

# Which categories of open deals a figure is made of, and whether won deals belong to it.
FIGURES: Final[dict[str, tuple[tuple[str, ...], bool]]] = {
    "open": (("committed", "best_case", "pipeline"), False),
    "commit": (("committed",), True),
    "best": (("committed", "best_case"), True),
    "pipeline": (("committed", "best_case", "pipeline"), True),
}
CHUNK = 500
_SIDE: Final = (
    "deal", "nr", "title", "state", "category", "worth", "code", "own_rate", "due", "of_owner", "of_team",
)  # fmt: skip
_SAME: Final = "deal, state, worth, code, own_rate"
# Alike in everything that bears on the figure: once means that it differs, or counts at one moment only.
_BOTH: Final = "SELECT * FROM ({start}) was UNION ALL SELECT * FROM ({end}) is_now"
_DIFFERENT: Final = (
    "SELECT MIN(side), deal, MIN(nr), MIN(title), state, MIN(category), worth, code, own_rate, MIN(due), MIN(of_owner),"
    f" MIN(of_team) FROM ({_BOTH}) pairs GROUP BY {_SAME} HAVING COUNT(*) = 1"
)
_ALIKE: Final = (
    "SELECT code, state, COUNT(*), SUM(worth), SUM(worth * own_rate) FROM"
    f" (SELECT {_SAME} FROM ({_BOTH}) pairs GROUP BY {_SAME} HAVING COUNT(*) > 1) alike GROUP BY code, state"
)


@dataclass(frozen=True)
class Still:
    """Deals in which nothing changed, together: of one currency and status."""

    currency: str
    status: str
    deals: int
    amount: Decimal
    own: Decimal  # at the rates of the deals themselves

    def value(self, moment: Moment) -> Decimal:
        """What they count with at that moment."""
        if self.status == "won":
            return self.own
        return moment.rates.value(self.amount, self.currency, at_own_rate=self.own)


@dataclass(frozen=True)
class Compared:
    """Everything that counts at one of two moments."""

    changes: list[Change]
    still: list[Still]


def compare(user: User, period: Period, start: Moment, end: Moment, *, figure: str, part: Part) -> Compared:
    """What counts in the figure at either moment: two queries, one more for each few hundred that left or came."""
    try:
        sql, values = _both(user, period, (start, end), figure, part)
    except EmptyResultSet:
        return Compared([], [])
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENT.format(**sql), values)
        rows = cursor.fetchall()
        cursor.execute(_ALIKE.format(**sql), values)
        still = [Still(c, s, int(n), exact(amount), exact(own)) for c, s, n, amount, own in cursor.fetchall()]
    counted = {row[1]: _side(row[1:]) for row in rows if row[0] == 0}
    counts = {row[1]: _side(row[1:]) for row in rows if row[0] == 1}
    within = _Within(user, part)
    return Compared(_paired(counted, counts, (start, end), within), still)


def _both(
    user: User, period: Period, moments: tuple[Moment, Moment], figure: str, part: Part
) -> tuple[dict[str, str], tuple[Any, ...]]:
    """Both halves as SQL that the ORM has put together, and the values of both."""
    sql, values = {}, ()
    for side, (name, moment) in enumerate(zip(("start", "end"), moments, strict=True)):
        deals = told(moment.deals(user, part).filter(counting(moment, period, figure)), moment)
        sql[name], of_side = (
            deals.annotate(side=Value(side)).order_by().values_list(*_SIDE, "side").query.sql_with_params()
        )
        values += of_side
    return sql, values


def counting(moment: Moment, period: Period, figure: str) -> Q:
    """The deals that make a figure of the period."""
    categories, with_won = FIGURES[figure]
    found = Q(status="open", forecast__in=categories) & due_in(moment.expected, period)
    return found | won_in(moment, period) if with_won else found


def told(deals: QuerySet[Any], moment: Moment) -> QuerySet[Any]:
    """Deals of now or of a snapshot with the same names for the same facts."""
    if moment.snapshot:
        return deals.annotate(
            deal=F("opportunity_id"), nr=F("number"), title=F("name"), state=F("status"), category=F("forecast"),
            worth=F("amount"), code=F("currency"), own_rate=F("rate"), due=F("close_on"), of_owner=F("owner_id"),
            of_team=F("team_id"),
        )  # fmt: skip
    return deals.annotate(
        deal=F("pk"), nr=F("number"), title=F("name"), state=F("status"), category=F("forecast"),
        worth=WORTH_NOW, code=F("currency__code"), own_rate=F("exchange_rate"), due=DUE_NOW,
        of_owner=F("owner_id"), of_team=F("team_id"),
    )  # fmt: skip


WORTH_NOW = Case(
    When(status="won", then=Coalesce(F("actual_revenue"), F("estimated_revenue"))),
    default=F("estimated_revenue"),
)
DUE_NOW = Case(When(status="open", then=F("estimated_close_on")), default=F("closed_on"))


# --- from both lists to pairs -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Within:
    """Whether a deal is one the asker asked about, whatever its state."""

    user: User
    part: Part

    def __call__(self, side: Side | None) -> bool:
        if side is None:
            return False
        part, scope = self.part, grant_for(self.user, "opportunity").scope
        return (
            in_scope(self.user, side, scope)
            and (part.teams is None or side.team_id in part.teams)
            and side.team_id not in part.beside
            and part.owner in (ANYBODY, side.owner_id)
        )


def _paired(
    counted: dict[int, Side], counts: dict[int, Side], moments: tuple[Moment, Moment], within: _Within
) -> list[Change]:
    """Each deal with both its sides, also where it counts at one moment only."""
    start, end = moments
    before = counted | _others(start, counts.keys() - counted.keys())
    after = counts | _others(end, counted.keys() - counts.keys())
    return [
        Change(
            before.get(pk), after.get(pk), pk in counted, pk in counts,
            was_within=within(before.get(pk)), is_within=within(after.get(pk)),
        )
        for pk in sorted(counted.keys() | counts.keys())
    ]  # fmt: skip


def _others(moment: Moment, deals: Iterable[int]) -> dict[int, Side]:
    """What deals were at the moment at which they do not count; those that did not exist are not among them."""
    found: dict[int, Side] = {}
    waiting = sorted(deals)
    for at in range(0, len(waiting), CHUNK):
        some = waiting[at : at + CHUNK]
        rows: QuerySet[Any] = (
            valid_on(moment.day).filter(opportunity__in=some)
            if moment.snapshot
            else Opportunity.objects.filter(pk__in=some)
        )
        for row in told(rows, moment).order_by().values_list(*_SIDE):
            found[row[0]] = _side(row)
    return found


def _side(row: Any) -> Side:
    """A row of either database as it was meant: SQLite answers numbers as floats and days as text."""
    deal, nr, title, state, category, worth, code, rate, due, owner, team = row
    due = dt.date.fromisoformat(due) if isinstance(due, str) else due
    return Side(deal, nr, title, state, category, exact(worth), code, exact(rate), due, owner, team)
