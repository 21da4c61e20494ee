"""Document numbers: quick ones that may leave gaps, and gapless ones where the law asks for it."""

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from kernel.models import NumberSeries

PATTERNS = {
    "lead": "LEA-{year}-{counter:05}",
    "opportunity": "OPP-{year}-{counter:05}",
    "quote": "QUO-{year}-{counter:05}",
    "order": "ORD-{year}-{counter:05}",
    "account": "ACC-{counter:05}",
    "contact": "CON-{counter:05}",
    "payment": "PAY-{year}-{counter:05}",
    "invoice": "INV-{year}-{counter:05}",
    "credit_note": "CRN-{year}-{counter:05}",
}


def next_number(kind: str) -> str:
    """The next number of this kind; never waits for another transaction, so it may leave a gap."""
    return next_numbers(kind, 1)[0]


def next_numbers(kind: str, count: int) -> list[str]:
    """``count`` numbers of this kind with one statement."""
    year = series_year(kind)
    if connection.vendor == "postgresql":
        counters = _from_sequence(kind, year, count)
    else:
        last = _raise_counter(kind, year, count)
        counters = list(range(last - count + 1, last + 1))
    return [PATTERNS[kind].format(year=year, counter=counter) for counter in counters]


def next_gapless_number(kind: str) -> str:
    """The next number without gaps: the counter row stays locked until the transaction ends.

    Refuses to run outside a transaction; a refused step gives the number back with the rollback.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a gapless number needs a transaction")
    year = series_year(kind)
    return PATTERNS[kind].format(year=year, counter=_raise_counter(kind, year, 1))


def series_year(kind: str) -> int:
    """The year a number is counted in; kinds without a year in their pattern count on for ever."""
    return timezone.localdate().year if "{year}" in PATTERNS[kind] else 0


def _raise_counter(kind: str, year: int, count: int) -> int:
    series = NumberSeries.objects.filter(kind=kind, year=year)
    if not series.update(last=F("last") + count):
        # Two starters of a new year may meet here; the unique constraint lets one row win.
        NumberSeries.objects.bulk_create(
            [NumberSeries(kind=kind, year=year, pattern=PATTERNS[kind])], ignore_conflicts=True
        )
        series.update(last=F("last") + count)
    return series.values_list("last", flat=True).get()


def _from_sequence(kind: str, year: int, count: int) -> list[int]:
    name = f"number_{kind}_{year}"
    with connection.cursor() as cursor:
        for _attempt in range(2):
            cursor.execute("SELECT nextval(to_regclass(%s)) FROM generate_series(1, %s)", [name, count])
            counters = [row[0] for row in cursor.fetchall()]
            if counters[0] is not None:
                return counters
            # CREATE SEQUENCE IF NOT EXISTS can still collide between sessions, hence the advisory lock.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])
            cursor.execute(f'CREATE SEQUENCE IF NOT EXISTS "{name}"')
    raise RuntimeError(f"no sequence {name}")
