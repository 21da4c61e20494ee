"""When goods are promised: for the order, and line by line."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from catalog.lines import save_columns
from kernel import history, outbox
from kernel.lifecycle import check_step
from orders.actions.changing import lock
from orders.actions.quantities import known_line, locked_lines
from orders.models import Order, OrderLine
from people.models import User


@dataclass(frozen=True, slots=True)
class Promises:
    """The days promised by line key (none takes a promise back), and for the order as a whole where that is said."""

    lines: Mapping[UUID, dt.date | None] = field(default_factory=dict)
    order: dt.date | None = None


@transaction.atomic
def promise_dates(
    order: Order, *, by: User, promised_delivery_on: dt.date | None, lines: Mapping[UUID, dt.date | None] | None = None,
    version: int | None = None,
) -> Order:  # fmt: skip
    """Promise a day for the order, and others for single lines; none takes a promise back."""
    order = lock(order, version)
    check_step(order.promise, by=by)
    note_promises(order, locked_lines(order), lines or {}, promised_delivery_on, by=by)
    return order


def keep_promises(order: Order, lines: Mapping[UUID, OrderLine], promises: Promises, *, by: User) -> None:
    """Note what a fulfillment system promises; the order's own day stays unless it says one."""
    note_promises(order, lines, promises.lines, promises.order or order.promised_delivery_on, by=by)


def note_promises(
    order: Order, lines: Mapping[UUID, OrderLine], days: Mapping[UUID, dt.date | None], on: dt.date | None, *, by: User
) -> None:  # fmt: skip
    """Save the days that differ from what was promised so far, with one entry in the history."""
    moved = [line for line in map_known(lines, days) if line.promised_on != days[line.key]]
    changes = history.changes_of(order, {"promised_delivery_on": on})
    for line in moved:
        changes[f"{line.position}. {line.description}"[:80]] = [
            history.plain(line.promised_on), history.plain(days[line.key]),
        ]  # fmt: skip
        line.promised_on = days[line.key]
    if not changes:
        return
    check_step(order.promise, by=by)
    save_columns(moved, ["promised_on"])
    order.promised_delivery_on = on
    order.save()
    history.record(order, "promised", by=by, changes=changes)
    outbox.publish("order.promised", order, by=by)


def map_known(lines: Mapping[UUID, OrderLine], days: Mapping[UUID, dt.date | None]) -> list[OrderLine]:
    return [known_line(lines, key) for key in days]
