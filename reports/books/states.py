"""Every record is in a state that exists, reached by a step that somebody took."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Max

from invoices.models import Invoice
from kernel.models import HistoryEntry
from leads.models import Lead
from opportunities.models import Opportunity
from orders.models import Order
from quotes.models import Quote
from reports.books.batches import Batch
from reports.books.checks import Wrong, check

LIFE = (Lead, Opportunity, Quote, Order, Invoice)


@check("illegal_state", *LIFE, hint="Set status and reason to a legal pair by a step, or restore the record")
def illegal_state(batch: Batch) -> Iterator[Wrong]:
    """Status and reason belong together."""
    for record in batch.documents:
        if record.status_reason not in record.REASONS.get(record.status, ()):
            legal = ", ".join(record.REASONS.get(record.status, ())) or "a known status"
            yield Wrong(
                record,
                "its status and reason do not belong together",
                legal,
                f"{record.status}/{record.status_reason}",
            )


def entries(batch: Batch) -> dict[int, HistoryEntry | None]:
    """By record: its latest history entry with a status, or none; records without any history are left out."""
    kind = batch.documents[0]._meta.label_lower
    of_these = HistoryEntry.objects.filter(record_type=kind, record_id__in=batch.ids).order_by()
    found: dict[int, HistoryEntry | None] = dict.fromkeys(
        of_these.values_list("record_id", flat=True).distinct(), None
    )
    latest = of_these.exclude(to_status="").values("record_id").annotate(last=Max("id"))
    for entry in HistoryEntry.objects.filter(pk__in=[row["last"] for row in latest]):
        found[entry.record_id] = entry
    return found


def of_history(batch: Batch) -> dict[int, Any]:
    return batch.once("history", lambda: entries(batch))


@check(
    "no_history",
    *LIFE,
    hint="It was written past the actions: find out by whom, and record how it came to be",
)
def no_history(batch: Batch) -> Iterator[Wrong]:
    """Every document says who made it."""
    found = of_history(batch)
    for record in batch.documents:
        if record.pk not in found:
            yield Wrong(record, "nobody is on record as having made it")


@check(
    "status_without_step", *LIFE, hint="The status was changed past the steps: take the step, or set it back"
)
def status_without_step(batch: Batch) -> Iterator[Wrong]:
    """The status is the one that the last step led to."""
    found = of_history(batch)
    for record in batch.documents:
        entry = found.get(record.pk)
        if entry is not None and entry.to_status != record.status:
            yield Wrong(record, "its status is not where the last step led", entry.to_status, record.status)
