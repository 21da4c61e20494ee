"""How long is the cycle? From the day a deal was opened to the day it was won, by pipeline and source."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.charts import Strip, Strips
from kernel.formats import number
from leads.models import Lead
from opportunities.models import Opportunity, Pipeline
from people.models import User
from reports.questions.asked import Asked
from reports.questions.middle import DAY, NEWEST, Middle, middle_of
from reports.questions.shape import Answer, Cell, Figure, Report, Table, count, days

FEW = 10
SHARES = (Decimal("0.5"), Decimal("0.1"), Decimal("0.9"))
MOST = 8  # groups in a picture
SOURCES = dict(Lead._meta.get_field("source").flatchoices)


def answer(user: User, asked: Asked) -> Answer:
    """Deals won in the last twelve months, together, by pipeline and by the source of their leads."""
    won = asked.deals(user).filter(status=Opportunity.Status.WON)
    since, until = asked.last_year
    won = won.filter(closed_on__gte=since, closed_on__lte=until).annotate(opened_on=TruncDate("created_at"))
    # Deals that were entered after they were won took no time that anybody knows.
    won = won.filter(closed_on__gte=F("opened_on"))
    rows = newest(won)
    whole = lasted([days for _pipeline, _source, days in rows]) if rows else None
    names = dict(Pipeline.objects.values_list("pk", "name"))
    by_pipeline = groups(rows, 0, names)
    by_source = groups(rows, 1, {code: str(name) for code, name in SOURCES.items()} | {None: _("No lead")})
    url = asked.url(status="won", closed_on=asked.last_year)
    figures = []
    if whole is not None:
        half, low, high = whole.days
        figures = [
            Figure(_("Median days to win"), number(half), half, url, _("n = %(n)s") % {"n": number(whole.count)}),
            Figure(_("Four of five within"), _("%(low)s to %(high)s days") % {
                "low": number(low), "high": number(high)}, high, url),
        ]  # fmt: skip
    lines = [
        _(
            "Days from opening to winning, of deals won in the last 12 months; groups of fewer than %(n)s are grey."
        )
        % {"n": FEW}
    ]
    if whole is not None and whole.count == NEWEST:
        lines.append(_("Of the newest %(n)s of them.") % {"n": number(NEWEST)})
    return Answer(
        figures,
        [strips(_("By pipeline"), by_pipeline, asked, "pipeline"),
         strips(_("By source"), by_source, asked, "lead_source")],
        [table("pipelines", _("By pipeline"), by_pipeline, asked, "pipeline"),
         table("sources", _("By source"), by_source, asked, "lead_source")],
        lines,
    )  # fmt: skip


Group = tuple[Any, str, Middle, list[Decimal]]
Row = tuple[Any, Any, Decimal]  # pipeline, source, days


def newest(won: QuerySet[Any]) -> list[Row]:
    """The newest of them, in one query."""
    rows = won.order_by("-closed_on", "-pk").values_list(
        "stage__pipeline", "lead__source", "opened_on", "closed_on"
    )
    return [
        (pipeline, source, Decimal((ended - opened).days))
        for pipeline, source, opened, ended in rows[:NEWEST]
    ]


def groups(rows: Sequence[Row], by: int, names: dict[Any, str]) -> list[Group]:
    """The groups with their middles and values, the largest first."""
    values: dict[Any, list[Decimal]] = defaultdict(list)
    for row in rows:
        values[row[by]].append(row[2])
    found = [
        (key, str(names.get(key, key or _("Not said"))), lasted(each), each) for key, each in values.items()
    ]
    return sorted(found, key=lambda row: (-row[2].count, row[1]))


def lasted(days: Sequence[Decimal]) -> Middle:
    return middle_of((day * DAY for day in days), SHARES)


def url_of(asked: Asked, key: Any, name: str) -> str:
    return asked.url(status="won", closed_on=asked.last_year, **{name: key}) if name else ""


def strips(title: str, found: Sequence[Group], asked: Asked, name: str) -> Strips:
    rows = []
    for key, label, middle, values in found[:MOST]:
        half, low, high = middle.days
        rows.append(Strip(label, values, half, low, high, url_of(asked, key, name), middle.count < FEW))
    judged = [row for row in found if row[2].count >= FEW]
    finding = _("Too few deals were won to judge.")
    if judged:
        slow = max(judged, key=lambda row: row[2].days[0])
        finding = _("%(group)s takes longest: %(n)s days in the middle.") % {
            "group": slow[1], "n": number(slow[2].days[0]),
        }  # fmt: skip
    return Strips(title, finding, _("No deal was won in the last 12 months."), rows, _("days"))


def table(name: str, title: str, found: Sequence[Group], asked: Asked, filtered: str) -> Table:
    rows = []
    for key, label, middle, _values in found:
        half, low, high = middle.days
        won = count(middle.count, url=url_of(asked, key, filtered))
        rows.append([Cell(label), won, days(half), days(low), days(high)])
    heads = [title, _("Won"), _("Median days"), _("From (10%)"), _("To (90%)")]
    return Table(name, title, heads, rows, _("No deal was won in the last 12 months."))


REPORT = Report(
    "cycle", gettext_lazy("Sales cycle"), gettext_lazy("How long is the cycle?"), answer,
    frozenset({"pipeline", "owner", "team"}),
)  # fmt: skip
