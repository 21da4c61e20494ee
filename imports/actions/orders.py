"""Orders with their lines: rows of one order are found together, tried together and written in one transaction."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.lines import LineChange
from customers.bodies import with_customers_terms
from imports.actions.writing import REFUSALS, note_findings, words_of
from imports.engine.images import images_of, state_of
from imports.engine.judging import last_rows
from imports.engine.planning import CREATES, FAILS, SKIPS, UNCHANGED, UPDATES, Plan
from imports.engine.work import Work
from imports.models import Effect, ExternalKey, Finding
from kernel.errors import DomainError
from kernel.lifecycle import check_step
from orders.actions import change_order, create_order, set_order_lines
from orders.models import Order
from people.access import may

LINE = "line"  # what the second row of an order does: belong to the first
PREFIX = "line_"


def groups_of(work: Work, plans: Sequence[Plan]) -> list[list[Plan]]:
    """The rows of each order; a row that does not say its order stands alone."""
    found: dict[str, list[Plan]] = {}
    for plan in plans:
        key = str(plan.values.get("order_key", "")) or f"\0{plan.number}"
        found.setdefault(key, []).append(plan)
    return list(found.values())


def judge_orders(work: Work, plans: list[Plan], seen: Any = None) -> None:
    """What each order would do; in a check a new one is really made, and taken back at once."""
    groups = groups_of(work, plans)
    known = known_orders(work, groups)
    for rows in groups:
        head = rows[0]
        if not head.values.get("order_key") and head.does != FAILS:
            head.fail(
                "order_key", "required", _("%(field)s is needed.") % {"field": work.fields["order_key"].label}
            )
        header(work, rows)
        if any(plan.does == FAILS for plan in rows):
            fail_all(rows, _("Another row of this order has an error."))
            continue
        head.row_hash = group_hash(rows)
        for plan in rows[1:]:
            plan.does = LINE
        judge_order(work, rows, known.get(str(head.values["order_key"])))
        if seen is not None and head.does in (CREATES, UPDATES):
            try_order(work, rows)


def known_orders(work: Work, groups: list[list[Plan]]) -> dict[str, Order]:
    """Orders that are there already, by the key they were imported under or by their number."""
    keys = [str(rows[0].values.get("order_key", "")) for rows in groups]
    orders = {order.number: order for order in Order.objects.filter(number__in=keys)}
    pairs = ExternalKey.objects.filter(record_type=work.kind.record_type, key__in=keys).values_list(
        "key", "record_id"
    )
    by_id = Order.objects.in_bulk([pk for _key, pk in pairs])
    return orders | {key: by_id[pk] for key, pk in pairs if pk in by_id}


def header(work: Work, rows: list[Plan]) -> None:
    """What the rows say of their order as a whole is said once; two rows that say different things are wrong."""
    head = rows[0]
    for plan in rows[1:]:
        for name, value in plan.values.items():
            if name.startswith(PREFIX) or name not in work.fields:
                continue
            before = head.values.setdefault(name, value)
            if before != value:
                text = _("Row %(row)s says something else about the same order.") % {"row": head.number}
                plan.fail(name, "differs", text)


def fail_all(rows: list[Plan], text: str) -> None:
    for plan in rows:
        if plan.does != FAILS:
            plan.fail("", "order_failed", text)


def group_hash(rows: list[Plan]) -> int:
    text = ",".join(str(plan.row_hash) for plan in rows)
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def judge_order(work: Work, rows: list[Plan], order: Order | None) -> None:
    """Whether the order is new, the same as last time, or to be changed."""
    head = rows[0]
    before = last_rows(work, [head.row_hash]).get(head.row_hash) if work.on_match != "update" else None
    same = Order.objects.filter(pk=before.record_id).first() if before else None
    if same is not None:
        head.record, head.does = same, UNCHANGED
    elif order is not None:
        head.record, head.score, head.why = order, 100, _("it is there already")
        judge_existing(work, rows, order)


def judge_existing(work: Work, rows: list[Plan], order: Order) -> None:
    head = rows[0]
    if not may(work.user, "change", order):
        fail_all(rows, _("A record with this key belongs to somebody else."))
        return
    if work.on_match != "update":
        head.does = SKIPS
        return
    try:
        check_step(order.edit, by=work.user)
    except DomainError as refusal:
        fail_all(rows, str(refusal))
        return
    head.does = UPDATES if header_changes(head, order) or not same_lines(rows, order) else UNCHANGED


def header_changes(head: Plan, order: Order) -> dict[str, Any]:
    """What the rows would change of the order's header."""
    found = {}
    for name, value in head.values.items():
        if name in ("order_key", "owner", "team") or name.startswith(PREFIX):
            continue
        if getattr(order, name) != value:
            found[name] = value
    return found


def same_lines(rows: list[Plan], order: Order) -> bool:
    """Whether the order has these lines already."""
    wanted = lines_of(rows)
    there = list(order.lines.filter(kind="item").order_by("position"))
    if len(wanted) != len(there):
        return False
    return all(
        (one.product.pk if one.product else None) == line.product_id
        and one.quantity == line.quantity
        and (one.unit_price is None or one.unit_price == line.unit_price)
        and (one.discount_percent or 0) == (line.discount_percent or 0)
        and (not one.description or one.description == line.description)
        for one, line in zip(wanted, there, strict=True)
    )


def lines_of(rows: list[Plan]) -> list[LineChange]:
    """The lines that the rows ask for; a row that says nothing of a line is none."""
    found = []
    for plan in rows:
        said = {
            name.removeprefix(PREFIX): value for name, value in plan.values.items() if name.startswith(PREFIX)
        }
        if said:
            found.append(LineChange(**said))
    return found


def try_order(work: Work, rows: list[Plan]) -> None:
    """Write the order and take it back: what its action refuses is known before anything is kept."""
    try:
        with transaction.atomic():
            place(work, rows)
            transaction.set_rollback(True)
    except REFUSALS as refusal:
        refuse(work, rows, refusal)


def refuse(work: Work, rows: list[Plan], refusal: Exception) -> None:
    """Say in each row what was wrong with it, and in the others that their order failed."""
    with_line = [plan for plan in rows if any(name.startswith(PREFIX) for name in plan.values)]
    for blocker in getattr(refusal, "blockers", ()):
        parts = str(blocker.field).split(".")
        if len(parts) == 3 and parts[0] == "lines" and parts[1].isdigit() and int(parts[1]) < len(with_line):
            with_line[int(parts[1])].fail(f"{PREFIX}{parts[2]}", blocker.code, blocker.text)
    if not any(plan.does == FAILS for plan in rows):
        field = getattr(refusal, "field", "")
        rows[0].fail(
            field if field in work.fields else "", getattr(refusal, "code", "refused"), words_of(refusal)
        )
    fail_all(rows, _("Another row of this order has an error."))


def place(work: Work, rows: list[Plan]) -> Order:
    """Make or change the order with all its lines, by its own actions."""
    head, lines = rows[0], lines_of(rows)
    note = _("%(file)s, row %(row)s") % {"file": work.run.file_name, "row": head.number}
    if head.does == UPDATES:
        order: Order = head.record
        if changed := header_changes(head, order):
            order = change_order(order, by=work.user, note=note, **changed)
        return order if same_lines(rows, order) else set_order_lines(order, lines, by=work.user)
    values = {
        name: value
        for name, value in head.values.items()
        if name != "order_key" and not name.startswith(PREFIX)
    }
    values.setdefault("name", _("Order %(key)s") % {"key": head.values["order_key"]})
    return create_order(by=work.user, lines=lines, **with_customers_terms(values))


# --- writing --------------------------------------------------------------------------------------------------


def write_orders(work: Work, plans: Sequence[Plan]) -> dict[str, int]:
    """Each order with all its lines, or nothing of it; how many orders did what."""
    for rows in groups_of(work, plans):
        if rows[0].does in (CREATES, UPDATES):
            write_order(work, rows)
        elif rows[0].does == UNCHANGED:
            note(work, rows[0], rows[0].record, Effect.What.UNCHANGED, None)
    note_findings(work, plans, Finding.What.FAILED, Finding.What.SKIPPED)
    counts: dict[str, int] = {}
    for plan in plans:
        counts[plan.does] = counts.get(plan.does, 0) + 1
    return counts


def write_order(work: Work, rows: list[Plan]) -> None:
    head = rows[0]
    try:
        with transaction.atomic():
            before = images_of(head.record) if head.does == UPDATES else None
            order = place(work, rows)
            what = Effect.What.UPDATED if head.does == UPDATES else Effect.What.CREATED
            note(work, head, Order.objects.get(pk=order.pk), what, before)
            if head.does == CREATES:
                key = {"record_type": work.kind.record_type, "key": head.values["order_key"]}
                ExternalKey.objects.update_or_create(**key, defaults={"record_id": order.pk})
    except REFUSALS as refusal:
        refuse(work, rows, refusal)


def note(work: Work, head: Plan, order: Any, what: str, before: Any) -> None:
    Effect.objects.create(
        run=work.run, what=what, row=head.number, record_type=work.kind.record_type, record_id=order.pk,
        row_hash=head.row_hash, before=before, after_version=state_of(order),
    )  # fmt: skip
