"""Is sync healthy? How long messages wait until the ERP has them, day by day, and what failed."""

import datetime as dt
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from integrations.models import Connection
from kernel.charts import Column, Columns, Line, Lines, Mark
from kernel.formats import day_text, number
from kernel.jinja import url
from kernel.models import OutboxMessage
from kernel.pricing import round_half_up
from people.access import may
from people.models import User
from reports.questions.asked import Asked
from reports.questions.middle import Middle, middles
from reports.questions.shape import Answer, Cell, Figure, Report, Table, count

DAYS = 14
SHARES = (Decimal("0.5"), Decimal("0.95"))


def answer(user: User, asked: Asked) -> Answer:
    """The last two weeks of what was sent to ERPs."""
    shown = [asked.today - dt.timedelta(days=DAYS - 1 - n) for n in range(DAYS)]
    begin = dt.datetime.combine(shown[0], dt.time(), timezone.get_current_timezone())
    sent = OutboxMessage.objects.exclude(destination="")
    done = sent.filter(state=OutboxMessage.State.DONE, done_at__gte=begin).annotate(day=TruncDate("done_at"))
    lags = {
        key[0]: middle
        for key, middle in middles(done, "day", since="created_at", until="done_at", shares=SHARES).items()
    }
    whole = middles(done, since="created_at", until="done_at", shares=SHARES).get(())
    failed = failures(sent, begin)
    waiting = sent.unfinished().count()
    dead = sent.filter(state=OutboxMessage.State.DEAD).count()
    figures = [
        lag_figure(_("Lag, median"), whole, 0),
        lag_figure(_("Lag, 95 of 100 within"), whole, 1),
        Figure(_("Need a person"), number(dead), dead, state_url("dead"), "", "danger" if dead else ""),
        Figure(_("On their way"), number(waiting), waiting, state_url("pending", "leased", "ambiguous")),
    ]
    charts = [lag_chart(shown, lags), failure_chart(shown, failed)]
    notes = [
        _(
            "From the moment something happened here until the ERP has confirmed it; days by the clock of the reader."
        )
    ]
    return Answer(figures, charts, [table(shown, lags, failed)], notes)


def failures(sent: QuerySet[OutboxMessage], begin: dt.datetime) -> dict[dt.date, int]:
    """Messages of each day that need a person now."""
    dead = sent.filter(state=OutboxMessage.State.DEAD, created_at__gte=begin).annotate(
        day=TruncDate("created_at")
    )
    rows = dead.order_by().values("day").annotate(n=Count("pk"))
    return {row["day"]: row["n"] for row in rows}


def state_url(*states: str, day: dt.date | None = None) -> str:
    """The messages in these states, made on a day."""
    conditions = [("f", f"state:is:{','.join(states)}")]
    if day is not None:
        conditions.append(("f", f"created_at:is:{day}"))
    return f"{url('integrations:sync')}?{urlencode(conditions)}"


def seconds_text(value: Decimal) -> str:
    """A lag as people say it."""
    if value < 120:
        return _("%(n)s s") % {"n": number(round_half_up(value, 1 if value < 10 else 0))}
    return _("%(n)s min") % {"n": number(round_half_up(value / 60, 0))}


def lag_figure(label: Any, whole: Middle | None, n: int) -> Figure:
    if whole is None:
        return Figure(label, "–")
    note = _("n = %(n)s") % {"n": number(whole.count)}
    return Figure(label, seconds_text(whole.at[n]), round_half_up(whole.at[n], 1), state_url("done"), note)


def lag_chart(shown: list[dt.date], lags: dict[Any, Middle]) -> Lines:
    lines = [
        Line(label, [lag_mark(day, lags.get(day), n) for day in shown])
        for n, label in enumerate((_("Median"), _("95 of 100 within")))
    ]
    slow = max(lags, key=lambda day: lags[day].at[1], default=None)
    finding = (
        _("The slowest day was %(day)s: 95 of 100 within %(lag)s.")
        % {"day": day_text(slow), "lag": seconds_text(lags[slow].at[1])}
        if slow
        else ""
    )
    return Lines(
        _("Lag by day, in seconds"), finding, _("Nothing was sent in the last two weeks."),
        [short_day(day) for day in shown], lines, _("seconds"),
    )  # fmt: skip


def short_day(day: dt.date) -> str:
    return f"{day.day}.{day.month}."


def lag_mark(day: dt.date, lag: Middle | None, n: int) -> Mark | None:
    if lag is None:
        return None
    return Mark(
        day_text(day), round_half_up(lag.at[n], 1), seconds_text(lag.at[n]), state_url("done", day=day)
    )


def failure_chart(shown: list[dt.date], failed: dict[dt.date, int]) -> Columns:
    total = sum(failed.values())
    finding = _("%(n)s messages of these days need a person.") % {"n": number(total)}
    columns = [
        Column(short_day(day), [Mark(day_text(day), failed.get(day, 0), url=state_url("dead", day=day))])
        for day in shown
    ]
    return Columns(
        _("What failed, by day"),
        finding,
        _("Nothing failed in the last two weeks."),
        columns if total else (),
    )


def table(shown: list[dt.date], lags: dict[Any, Middle], failed: dict[dt.date, int]) -> Table:
    rows = []
    for day in shown:
        lag = lags.get(day)
        texts = [Cell("–")] * 2
        if lag is not None:
            texts = [Cell(seconds_text(each), round_half_up(each, 1)) for each in lag.at]
        rows.append([
            Cell(day_text(day)), count(lag.count if lag else 0, url=state_url("done", day=day)), *texts,
            count(failed.get(day, 0), url=state_url("dead", day=day)),
        ])  # fmt: skip
    heads = [_("Day"), _("Delivered"), _("Median"), _("95 of 100 within"), _("Need a person")]
    return Table("days", _("Day by day"), heads, rows)


def is_for(user: User) -> bool:
    """Those who may see the sync page, where an ERP is connected."""
    return may(user, "view", OutboxMessage) and Connection.objects.exists()


REPORT = Report("sync", gettext_lazy("Sync"), gettext_lazy("Is sync healthy?"), answer, frozenset(), is_for)
