"""Taking a picture of the pipeline, by the database itself: only deals that changed since the last one get a row."""

import datetime as dt
from typing import Final

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.valuing import Rates, rates_at
from forecasts.house import house_now
from forecasts.models import DealAsOf, Snapshot
from forecasts.sums import forget_sums, keep_sums
from kernel.errors import DomainError
from people.access import require
from people.models import User

LOCK = 0x5A17_0F0C  # one picture at a time
NIGHT = dt.timedelta(hours=3)  # for so long after midnight the pipeline is still that of the day that ended


@transaction.atomic
def take_snapshot(day: dt.date | None = None, *, is_final: bool = False) -> Snapshot:
    """Keep what every deal is now as the picture of the day (of today).

    A final picture never changes: it is handed back as it is. One of the same day that is not final is taken anew.
    Of a day that is to come, or long gone, nobody can take a picture, nor before one that was taken.
    """
    today = timezone.localdate()
    day = day or today
    _one_at_a_time()
    last = Snapshot.objects.first()
    if last and last.taken_on == day and last.is_final:
        return last
    if not 0 <= (today - day).days <= 1 or (last and last.taken_on > day):
        raise DomainError(_("A picture of that day can no longer be taken."), code="wrong_day", field="day")
    if last and last.taken_on < day:
        Snapshot.objects.filter(is_final=False).update(is_final=True)
    elif last:
        _forget(day)
    _keep(day)
    rates = rates_at(day)
    keep_sums(day, rates.by_code)
    return _describe(day, rates, is_final)


@transaction.atomic
def ask_for_snapshot(*, by: User) -> Snapshot:
    """Take the picture of today now; the night takes it anew."""
    require(by, "add", Snapshot)
    return take_snapshot()


def nightly(now: dt.datetime | None = None) -> Snapshot | None:
    """What the clock does every quarter of an hour: at night the final picture of the day that ended.

    Where nobody's machine runs at night, a preliminary picture of today is taken once instead: the next day makes it
    final. A day without any picture stays without: what is read as of it is the day before.
    """
    now = timezone.localtime(now)
    today, yesterday = now.date(), now.date() - dt.timedelta(days=1)
    last = Snapshot.objects.first()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if now - midnight < NIGHT:
        if last and (last.taken_on > yesterday or (last.taken_on == yesterday and last.is_final)):
            return None
        return take_snapshot(yesterday, is_final=True)
    if last and last.taken_on >= yesterday and (last.taken_on == today or last.is_final):
        return None
    return take_snapshot(today)


def _one_at_a_time() -> None:
    """The next one waits until this one is done; SQLite lets one write at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _describe(day: dt.date, rates: Rates, is_final: bool) -> Snapshot:
    found, _made = Snapshot.objects.update_or_create(
        taken_on=day,
        defaults={
            "taken_at": timezone.now(),
            "base": rates.base,
            "rates": {code: str(rate) for code, rate in rates.by_code.items()},
            "tree": house_now().as_json,
            "deals": DealAsOf.objects.filter(until_on=DealAsOf.FOREVER).count(),
            "is_final": is_final,
        },
    )
    return found


# --- what the database does in two statements -----------------------------------------------------------------

DEALS, KEPT = "opportunities_opportunity", "forecasts_dealasof"
# What is kept of a deal, and where it is found.
FACTS: Final = {
    "number": "o.number",
    "name": "o.name",
    "owner_id": "o.owner_id",
    "team_id": "o.team_id",
    "stage_id": "o.stage_id",
    "status": "o.status",
    "forecast": "o.forecast",
    "amount": "CASE WHEN o.status = 'won' THEN COALESCE(o.actual_revenue, o.estimated_revenue)"
    " ELSE o.estimated_revenue END",
    "currency": "c.code",
    "rate": "o.exchange_rate",
    "probability": "o.probability",
    "close_on": "CASE WHEN o.status = 'open' THEN o.estimated_close_on ELSE o.closed_on END",
}
FROM: Final = f"{DEALS} o JOIN catalog_currency c ON c.id = o.currency_id"
END: Final = (
    f"UPDATE {KEPT} SET until_on = %s WHERE until_on = %s AND NOT EXISTS"
    f" (SELECT 1 FROM {FROM} WHERE o.id = {KEPT}.opportunity_id AND {{alike}})"
)
BEGIN: Final = (
    f"INSERT INTO {KEPT} (from_on, until_on, opportunity_id, {', '.join(FACTS)})"
    f" SELECT %s, %s, o.id, {', '.join(FACTS.values())} FROM {FROM} WHERE NOT EXISTS"
    f" (SELECT 1 FROM {KEPT} k WHERE k.opportunity_id = o.id AND k.until_on = %s)"
)


def _keep(day: dt.date) -> None:
    """End the rows of deals that changed or left, and begin a row for each deal that has none."""
    same = "IS NOT DISTINCT FROM" if connection.vendor == "postgresql" else "IS"
    alike = " AND ".join(f"{KEPT}.{column} {same} ({found})" for column, found in FACTS.items())
    with connection.cursor() as cursor:
        _whole_tables(cursor, "off")
        cursor.execute(END.format(alike=alike), [day, DealAsOf.FOREVER])
        cursor.execute(BEGIN, [day, DealAsOf.FOREVER, DealAsOf.FOREVER])
        _whole_tables(cursor, "on")


def _whole_tables(cursor: object, nested: str) -> None:
    """Both tables are read whole, once, whatever the database believes of their size."""
    if connection.vendor == "postgresql":
        cursor.execute(f"SET LOCAL enable_nestloop = {nested}")  # type: ignore[attr-defined]


def _forget(day: dt.date) -> None:
    """Take back what the picture of a day that is not over has written."""
    DealAsOf.objects.filter(from_on=day).delete()
    DealAsOf.objects.filter(until_on=day).update(until_on=DealAsOf.FOREVER)
    forget_sums(day)
