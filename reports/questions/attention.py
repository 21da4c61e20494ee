"""Which deals need me? Those that should close soon against how long their customers have heard nothing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.charts import Dot, Scatter
from kernel.formats import day_text, money, number
from opportunities.measures import ESTIMATE_AT_OWN_RATE, open_worth, total
from opportunities.models import Opportunity
from opportunities.rotting import Rot, rots_of
from people.models import User
from reports.questions import notes
from reports.questions.asked import Asked
from reports.questions.shape import Answer, Cell, Figure, Report, Table, amount, days

SOON = dt.timedelta(days=60)
MOST = 80  # deals, by how much they are worth
SILENT = 14  # days without contact that are too many shortly before the close date
CLOSE = dt.timedelta(days=14)


@dataclass(frozen=True)
class Deal:
    """A deal that should be closed soon, and why it needs somebody."""

    record: Any
    rot: Rot
    worth: Decimal
    reasons: tuple[str, ...]
    tone: str


def answer(user: User, asked: Asked) -> Answer:
    """The largest deals that are late or close soon."""
    until = asked.today + SOON
    waiting = asked.deals(user).filter(status=Opportunity.Status.OPEN, status_reason="in_progress")
    waiting = waiting.filter(estimated_close_on__lte=until)
    worth = total(open_worth(waiting, rates=asked.rates).values())
    deals = found(waiting, asked)
    needing = sorted((one for one in deals if one.tone), key=lambda one: (one.tone != "danger", -one.worth))
    url = asked.url(
        status="open", status_reason="in_progress", estimated_close_on__lt=until + dt.timedelta(days=1)
    )
    urgent = sum(one.tone == "danger" for one in deals)
    figures = [
        Figure(_("Late or due in 60 days"), money(worth.amount, asked.base), worth.amount, url,
               _("%(n)s deals") % {"n": number(worth.deals)}),
        Figure(_("Need somebody now"), number(urgent), urgent, "#table-deals", "",
               "danger" if urgent else ""),
    ]  # fmt: skip
    lines = [_("Days since contact: calls, appointments, e-mails and what customers do with quotes count.")]
    if worth.deals > MOST:
        lines.append(_("Shown are the %(n)s largest of them.") % {"n": MOST})
    return Answer(
        figures, [picture(deals, len(needing), asked)], [table(needing, asked)],
        [*lines, *notes.unrated(worth.unrated, asked)],
    )  # fmt: skip


def found(waiting: Any, asked: Asked) -> list[Deal]:
    """The largest of them with how they stand; three queries."""
    largest = waiting.annotate(at_own_rate=ESTIMATE_AT_OWN_RATE).order_by("-at_own_rate", "pk")
    rows = list(largest.select_related("currency", "stage", "owner")[:MOST])
    rots = rots_of(rows)
    return [judged(row, rots[row.pk], asked) for row in rows]


def judged(row: Any, rot: Rot, asked: Asked) -> Deal:
    reasons = []
    if rot.is_rotten:
        reasons.append(rot.words)
    if row.estimated_close_on < asked.today:
        reasons.append(_("should have been closed by %(day)s") % {"day": day_text(row.estimated_close_on)})
    elif row.estimated_close_on <= asked.today + CLOSE and rot.days > SILENT and rot.waits_until is None:
        reasons.append(_("closes soon, and nobody spoke to them for %(n)s days") % {"n": rot.days})
    tone = ("danger" if len(reasons) > 1 or rot.is_rotten else "attention") if reasons else ""
    code = row.currency.code
    own = row.estimated_revenue * row.exchange_rate
    worth = asked.rates.value(row.estimated_revenue, code, at_own_rate=own)
    return Deal(row, rot, worth, tuple(reasons), tone)


def picture(deals: Sequence[Deal], needing: int, asked: Asked) -> Scatter:
    dots = [
        Dot(one.record.name, one.record.estimated_close_on, one.rot.days, one.worth, money(one.worth, asked.base),
            one.record.get_absolute_url(), one.tone)
        for one in deals
    ]  # fmt: skip
    finding = (
        _("%(n)s of %(all)s deals need somebody.") % {"n": number(needing), "all": number(len(deals))}
        if needing
        else _("All %(all)s deals are looked after.") % {"all": number(len(deals))}
    )
    return Scatter(
        _("Close date and days since contact"), finding, _("No deal is late or closes in the next 60 days."), dots,
        _("Close date"), _("Days since contact"),
    )  # fmt: skip


def table(deals: Sequence[Deal], asked: Asked) -> Table:
    rows = [
        [
            Cell(one.record.name, url=one.record.get_absolute_url()), Cell("; ".join(one.reasons)),
            Cell(day_text(one.record.estimated_close_on), one.record.estimated_close_on), days(Decimal(one.rot.days)),
            amount(one.worth, asked.base), Cell(str(one.record.owner or _("Nobody"))),
        ]
        for one in deals
    ]  # fmt: skip
    heads = [_("Deal"), _("Why"), _("Close date"), _("Days since contact"), _("Amount"), _("Owner")]
    return Table("deals", _("Deals that need somebody"), heads, rows, _("Every deal is looked after."))


REPORT = Report(
    "attention", gettext_lazy("Attention"), gettext_lazy("Which deals need me?"), answer,
    frozenset({"pipeline", "owner", "team"}),
)  # fmt: skip
