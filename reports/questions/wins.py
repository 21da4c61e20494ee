"""How many do we win, and why do we lose? The rate by quarter, the reasons and the competitors of what was lost."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, FilteredRelation, Q, Sum
from django.db.models.functions import TruncQuarter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.fields import exact
from kernel.charts import BarRow, Bars, Line, Lines, Mark
from kernel.formats import money, number
from kernel.periods import Period, period_of
from opportunities.measures import ESTIMATE_AT_OWN_RATE, won_worth
from opportunities.models import Opportunity
from people.models import User
from reports.questions.asked import Asked
from reports.questions.shape import (
    Answer,
    Cell,
    Figure,
    Report,
    Table,
    amount,
    count,
    percent_text,
    rate_of,
    share,
)

QUARTERS = 8
FEW = 10  # of fewer decided deals no rate is judged
MOST = 12  # reasons or competitors in a picture


@dataclass(frozen=True)
class Quarter:
    """What was decided in it."""

    period: Period
    won: int
    lost: int

    @property
    def decided(self) -> int:
        return self.won + self.lost

    @property
    def rate(self) -> Decimal | None:
        return rate_of(self.won, self.decided)


@dataclass(frozen=True)
class Why:
    """So many deals were lost for one reason, or to one competitor, and what they were estimated at."""

    key: int | None
    label: str
    deals: int
    amount: Decimal


def answer(user: User, asked: Asked) -> Answer:
    """The last eight quarters up to the one asked for, and why deals were lost in the last four of them."""
    quarters = quarters_of(user, asked)
    last, year = quarters[-1], (quarters[-4].period.starts_on, quarters[-1].period.ends_on)
    won = sum((worth.amount for worth in won_worth(won_in(user, asked, last.period)).values()), Decimal(0))
    rows = losses(user, asked, year)
    reasons, rivals = why(rows, "loss_reason"), why(rows, "lost_to")
    figures = [
        Figure(_("Win rate, %(quarter)s") % {"quarter": last.period.label}, share(last.rate).text, last.rate,
               decided_url(asked, last.period), n_of(last.decided)),
        Figure(_("Won, %(quarter)s") % {"quarter": last.period.label}, money(won, asked.base), won,
               asked.url(status="won", closed_on=last.period), _("%(n)s deals") % {"n": number(last.won)}),
        Figure(_("Lost, %(quarter)s") % {"quarter": last.period.label}, number(last.lost), last.lost,
               asked.url(status="lost", closed_on=last.period)),
    ]  # fmt: skip
    charts = [
        rates(quarters, asked),
        bars(_("Why deals are lost"), "loss_reason", reasons, asked, year),
        bars(_("To whom deals are lost"), "lost_to", [one for one in rivals if one.key], asked, year),
    ]
    tables = [
        by_quarter(quarters, asked),
        table("loss_reason", _("Why deals are lost"), reasons, asked, year),
        table("lost_to", _("To whom deals are lost"), rivals, asked, year),
    ]
    return Answer(figures, charts, tables, [
        _("Decided are deals that were won or lost, by the day they were closed; rates of fewer than %(n)s are grey.")
        % {"n": FEW},
        _("Lost deals are valued at their estimates and the rates they were made with."),
    ])  # fmt: skip


def n_of(many: int) -> str:
    return _("n = %(n)s") % {"n": number(many)}


def quarters_of(user: User, asked: Asked) -> list[Quarter]:
    """The quarters in order of time, in one query."""
    spans = [period_of(asked.period.ends_on)]
    while len(spans) < QUARTERS:
        spans.insert(0, spans[0].previous)
    closed = asked.deals(user).exclude(status=Opportunity.Status.OPEN)
    closed = closed.filter(closed_on__gte=spans[0].starts_on, closed_on__lte=spans[-1].ends_on)
    rows = closed.order_by().values("status", quarter=TruncQuarter("closed_on")).annotate(n=Count("pk"))
    found: Mapping[tuple[dt.date, str], int] = {(row["quarter"], row["status"]): row["n"] for row in rows}
    return [
        Quarter(span, found.get((span.starts_on, "won"), 0), found.get((span.starts_on, "lost"), 0))
        for span in spans
    ]


def won_in(user: User, asked: Asked, period: Period) -> Any:
    won = asked.deals(user).filter(status=Opportunity.Status.WON)
    return won.filter(closed_on__gte=period.starts_on, closed_on__lte=period.ends_on)


def decided_url(asked: Asked, period: Period) -> str:
    return asked.url(status=["won", "lost"], closed_on=period)


def losses(user: User, asked: Asked, year: tuple[dt.date, dt.date]) -> list[dict[str, Any]]:
    """Lost deals by reason and competitor of the close that holds, in one query; imported ones may have none."""
    lost = asked.deals(user).filter(status=Opportunity.Status.LOST)
    lost = lost.filter(closed_on__gte=year[0], closed_on__lte=year[1])
    # Each deal has at most one close that holds, so that the join repeats none.
    held = lost.annotate(held=FilteredRelation("closes", condition=Q(closes__is_canceled=False)))
    rows = held.order_by().values(
        loss_reason=F("held__loss_reason"), loss_reason_name=F("held__loss_reason__name"),
        lost_to=F("held__lost_to"), lost_to_name=F("held__lost_to__name"),
    )  # fmt: skip
    return [dict(row) for row in rows.annotate(n=Count("pk"), sum=Sum(ESTIMATE_AT_OWN_RATE))]


def why(rows: Sequence[Mapping[str, Any]], name: str) -> list[Why]:
    """The same by one of the two, the most frequent first, those without one last."""
    sums: dict[tuple[int | None, str], tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    for row in rows:
        key = (row[name], row[f"{name}_name"] or "")
        sums[key] = (sums[key][0] + row["n"], sums[key][1] + exact(row["sum"]))
    found = [Why(pk, label or _("Not said"), n, worth) for (pk, label), (n, worth) in sums.items()]
    return sorted(found, key=lambda one: (one.key is None, -one.deals, one.label))


def rates(quarters: Sequence[Quarter], asked: Asked) -> Lines:
    marks = [
        None
        if one.rate is None
        else Mark(
            one.period.label, one.rate, percent_text(one.rate), decided_url(asked, one.period), n_of(one.decided),
            one.decided < FEW,
        )
        for one in quarters
    ]  # fmt: skip
    judged = [one for one in quarters if one.decided >= FEW]
    finding = (
        _("%(rate)s of %(n)s decided deals were won in %(quarter)s.")
        % {"rate": percent_text(judged[-1].rate or 0), "n": number(judged[-1].decided),
           "quarter": judged[-1].period.label}
        if judged
        else _("Too few deals were decided in any quarter to judge.")
    )  # fmt: skip
    lines = [Line(_("Win rate"), marks)] if any(marks) else []
    return Lines(
        _("Win rate by quarter"), finding, _("No deal has been won or lost yet."),
        [one.period.label for one in quarters], lines, "%",
    )  # fmt: skip


def lost_url(asked: Asked, name: str, one: Why, year: tuple[dt.date, dt.date]) -> str:
    return asked.url(status="lost", closed_on=year, **{name: one.key})


def bars(title: str, name: str, found: Sequence[Why], asked: Asked, year: tuple[dt.date, dt.date]) -> Bars:
    """How often each was the reason; too few of them are grey."""
    rows = [
        BarRow(
            one.label,
            [Mark(one.label, one.deals, number(one.deals), lost_url(asked, name, one, year),
                  is_faint=one.deals < FEW)],
            note=money(one.amount, asked.base),
        )
        for one in found[:MOST]
    ]  # fmt: skip
    named = [one for one in found if one.key]
    finding = (
        _("Most often: %(what)s, %(n)s of %(all)s.")
        % {
            "what": named[0].label,
            "n": number(named[0].deals),
            "all": number(sum(one.deals for one in found)),
        }
        if named
        else _("Nobody said why.")
    )
    return Bars(title, finding, _("Nothing was lost in these 12 months."), rows)


def by_quarter(quarters: Sequence[Quarter], asked: Asked) -> Table:
    rows = [
        [
            Cell(one.period.label), count(one.won, url=asked.url(status="won", closed_on=one.period)),
            count(one.lost, url=asked.url(status="lost", closed_on=one.period)),
            count(one.decided, url=decided_url(asked, one.period)),
            share(one.rate, note=_("few") if one.decided < FEW and one.rate is not None else ""),
        ]
        for one in quarters
    ]  # fmt: skip
    heads = [_("Quarter"), _("Won"), _("Lost"), _("Decided"), _("Win rate")]
    return Table("quarters", _("By quarter"), heads, rows)


def table(name: str, title: str, found: Sequence[Why], asked: Asked, year: tuple[dt.date, dt.date]) -> Table:
    rows = [
        [
            Cell(one.label),
            count(one.deals, url=lost_url(asked, name, one, year)),
            amount(one.amount, asked.base),
        ]
        for one in found
    ]
    heads = [title, _("Deals"), _("Estimated")]
    return Table(name.replace("_", "-"), title, heads, rows, _("Nothing was lost in these 12 months."))


REPORT = Report(
    "wins", gettext_lazy("Won and lost"), gettext_lazy("How many do we win, and why do we lose?"), answer,
    frozenset({"period", "pipeline", "owner", "team"}),
)  # fmt: skip
