"""The deals behind one figure of a forecast, now or as they were, and where a list shows the same."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from forecasts.asked import Asked
from forecasts.figures import ANYBODY, CATEGORY_OF, OVERDUE, UNDATED, WON, Forecast, Part, Row
from forecasts.forms import DealForm
from forecasts.moments import Moment, due_in, won_in
from forecasts.shown import BEHIND, COLUMN_LABELS, LABELS, ONLY, WEIGHTED, amount_of, worth_of
from kernel.periods import Period
from opportunities.links import deals_url
from opportunities.measures import Worth
from opportunities.models import Opportunity, Stage
from people.access import may, visible
from people.models import User

MOST: Final = 50
CATEGORIES: Final = dict(Stage.Forecast.choices)


@dataclass(frozen=True)
class Deal:
    """One deal as the pane shows it."""

    ref: str
    number: str
    name: str
    url: str
    owner: str
    stage: str
    category: Any
    close_on: Any
    amount: Decimal
    currency: str
    worth: Decimal
    is_unrated: bool
    version: int = 0
    form: DealForm | None = None
    post_url: str = ""
    is_saved: bool = False
    wrong: str = ""
    left: str = ""  # why it does not stand behind this figure any more


@dataclass(frozen=True)
class Portion:
    """The deals of a figure that count in one column, with the list of exactly these."""

    label: Any
    worth: Worth
    url: str


@dataclass(frozen=True)
class Pane:
    """The deals behind a figure."""

    title: str
    worth: Worth
    sum: Decimal  # what the table shows: the worth, or the weighted worth
    rows: list[Deal]
    portions: list[Portion]
    is_live: bool
    shows_owner: bool
    is_weighted: bool = False
    is_mixed: bool = False  # not all of them are in the base currency
    more: int = 0
    source: Any = None  # all of them, as the database finds them


def pane_of(forecast: Forecast, moment: Moment, asked: Asked, reader: User) -> Pane | None:
    """The pane that the address asks for; nothing where it names no figure of this forecast."""
    row = forecast.find(asked.cell.whose) if asked.cell else None
    if row is None or asked.cell is None or asked.cell.kind not in BEHIND:
        return None
    kind = asked.cell.kind
    rows = deals_behind(moment, reader, row.part, kind, forecast.period)
    worth = worth_of(row.figures, kind)
    shown = largest(rows, is_live=moment.snapshot is None)
    title = _("%(figure)s of %(who)s, %(period)s") % {
        "figure": LABELS[kind], "who": row.label, "period": forecast.period.label,
    }  # fmt: skip
    deals = drawn(shown, moment, asked, reader)
    return Pane(
        title, worth, amount_of(row.figures, kind), deals,
        portions(row, kind, moment, asked), is_live=moment.snapshot is None, shows_owner=row.user_id is None,
        is_weighted=kind == WEIGHTED, more=max(0, worth.deals - len(shown)), source=rows,
        is_mixed=any(deal.currency != forecast.base for deal in deals),
    )  # fmt: skip


def stands_behind(deal: Opportunity, pane: Pane) -> bool:
    """Whether the deal still makes a part of the figure."""
    return bool(pane.source.filter(pk=deal.pk).exists())


def deals_behind(moment: Moment, reader: User, part: Part, kind: str, period: Period) -> QuerySet[Any]:
    """Exactly the deals that make a figure: opportunities, or what they were at the end of a day."""
    found = Q(pk__in=[])
    for column in BEHIND[kind]:
        found |= in_column(moment, column, period)
    return moment.deals(reader, part).filter(found)


def in_column(moment: Moment, column: str, period: Period) -> Q:
    """The deals that count in one column."""
    if column == WON:
        return won_in(moment, period)
    if column == UNDATED:
        return Q(status="open", **{f"{moment.expected}__isnull": True})
    if column == OVERDUE:
        return Q(status="open", **{f"{moment.expected}__lt": moment.late_before(period)})
    return Q(status="open", forecast=CATEGORY_OF[column]) & due_in(moment.expected, period)


def largest(rows: QuerySet[Any], *, is_live: bool) -> list[Any]:
    """The largest deals, open ones first, with what the pane says of them."""
    if not is_live:
        return list(rows.select_related("owner", "stage").order_by("status", "-amount", "pk")[:MOST])
    found = rows.select_related("owner", "stage", "currency")
    return list(found.order_by("status", "-estimated_revenue", "pk")[:MOST])


def drawn(rows: Iterable[Any], moment: Moment, asked: Asked, reader: User) -> list[Deal]:
    """The deals for the page; links of past ones lead to what still exists for the reader."""
    if moment.snapshot is None:
        return [live(deal, moment, asked, reader) for deal in rows]
    rows = list(rows)
    known = visible(reader, Opportunity.objects.filter(pk__in=[row.opportunity_id for row in rows]))
    now = {deal.pk: deal for deal in known.only("pk", "number", "public_id")}
    return [as_it_was(row, moment, now.get(row.opportunity_id)) for row in rows]


def live(deal: Opportunity, moment: Moment, asked: Asked, reader: User, data: Any = None) -> Deal:
    """A deal as it is, with what may be changed about it."""
    is_open = deal.status == Opportunity.Status.OPEN
    amount = deal.estimated_revenue if is_open else deal.actual_revenue or Decimal(0)
    code = deal.currency.code
    own = amount * deal.exchange_rate
    changes = is_open and may(reader, "change", deal) and may(reader, "judge", deal)
    return Deal(
        deal.number, deal.number, deal.name, deal.get_absolute_url(), str(deal.owner or _("Nobody")), deal.stage.name,
        CATEGORIES[deal.forecast] if is_open else deal.get_status_display(),
        deal.estimated_close_on if is_open else deal.closed_on, amount, code,
        moment.rates.value(amount, code, at_own_rate=own) if is_open else own,
        is_unrated=is_open and not moment.rates.knows(code), version=deal.version,
        form=DealForm(data, deal=deal) if changes else None,
        post_url=asked.url(page="forecasts:adjust", ref=deal.ref) if changes else "",
    )  # fmt: skip


def as_it_was(row: Any, moment: Moment, now: Opportunity | None) -> Deal:
    """A deal as a snapshot knew it; its link leads to the deal as it is."""
    is_open = row.status == "open"
    own = row.amount * row.rate
    return Deal(
        row.number, row.number, row.name, now.get_absolute_url() if now else "", str(row.owner or _("Nobody")),
        row.stage.name, CATEGORIES.get(row.forecast, row.forecast) if is_open else _("Won"), row.close_on, row.amount,
        row.currency, moment.rates.value(row.amount, row.currency, at_own_rate=own) if is_open else own,
        is_unrated=is_open and not moment.rates.knows(row.currency),
    )  # fmt: skip


# --- the same as a list ---------------------------------------------------------------------------------------


def portions(row: Row, kind: str, moment: Moment, asked: Asked) -> list[Portion]:
    """What a figure is made of, column by column, each with its list; a single one when there is but one."""
    return [
        Portion(
            COLUMN_LABELS[column], getattr(row.figures, column),
            list_url(row.part, column, moment, asked.period) if moment.snapshot is None
            else asked.into(row.key, ONLY[column]),
        )
        for column in BEHIND[kind]
    ]  # fmt: skip


def list_url(part: Part, column: str, moment: Moment, period: Period) -> str:
    """The list of exactly the deals of a row that count in one column."""
    return deals_url(**conditions(column, moment, period), **whose(part))


def conditions(column: str, moment: Moment, period: Period) -> dict[str, Any]:
    if column == WON:
        return {"status": "won", "closed_on": period}
    if column == UNDATED:
        return {"status": "open", "estimated_close_on": None}
    if column == OVERDUE:
        return {"status": "open", "estimated_close_on__lt": moment.late_before(period)}
    return {"status": "open", "forecast": CATEGORY_OF[column], "estimated_close_on": period}


def whose(part: Part) -> dict[str, Any]:
    """The conditions that say whose deals a row is made of."""
    found: dict[str, Any] = {}
    if part.teams is not None:
        found["team"] = sorted(part.teams)
    if part.beside:
        found["team__not"] = sorted(part.beside)
    if part.owner is None:
        found["owner"] = None
    elif part.owner != ANYBODY:
        found["owner"] = User.objects.only("username").get(pk=part.owner)
    return found
