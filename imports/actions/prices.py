"""Prices: the rows of a chunk become the prices of their lists, one action a list."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.actions import Price, set_prices
from catalog.actions.price_lists import wrong_price
from catalog.models import PriceList, PriceListItem
from imports.actions.writing import REFUSALS, note_findings, words_of
from imports.engine.images import state_of
from imports.engine.planning import CREATES, FAILS, SKIPS, UNCHANGED, UPDATES, Plan, check_new
from imports.engine.work import Work
from imports.models import Effect, Finding
from kernel.snapshots import image
from people.access import may

Key = tuple[int, int, int]


def judge_prices(work: Work, plans: list[Plan], seen: Any = None) -> None:
    """Whether each price is new, the same, or another one than there is."""
    sound = [plan for plan in plans if plan.does != FAILS]
    for plan in sound:
        check_new(work, plan)
        if plan.does != FAILS:
            plan.values.setdefault("unit", plan.values["product"].unit)
            for code, text, field in wrong_price(plan.values["price_list"], price_of(plan)):
                plan.fail(field, code, text)
    sound = [plan for plan in sound if plan.does != FAILS]
    there = items_of(sound)
    here: dict[Key, int] = {}
    for plan in sound:
        key = key_of(plan)
        if key in here:
            plan.fail("product", "duplicate_price", _("Row %(row)s has the same key.") % {"row": here[key]})
            continue
        here[key] = plan.number
        judge_price(work, plan, there.get(key))


def judge_price(work: Work, plan: Plan, item: PriceListItem | None) -> None:
    if not may(work.user, "change", plan.values["price_list"]):
        plan.fail("price_list", "out_of_reach", _("You may not do this."))
    elif item is not None:
        plan.record = item
        if is_same(plan, item):
            plan.does = UNCHANGED
        else:
            plan.does = SKIPS if work.on_match == "skip" else UPDATES
            plan.why, plan.score = _("it is there already"), 100


def price_of(plan: Plan) -> Price:
    said = {name: plan.values[name] for name in ("method", "amount", "percent") if name in plan.values}
    return Price(product=plan.values["product"], unit=plan.values["unit"], **said)


def is_same(plan: Plan, item: PriceListItem) -> bool:
    price = price_of(plan)
    return (price.method, price.amount, price.percent) == (item.method, item.amount, item.percent)


def key_of(plan: Plan) -> Key:
    return plan.values["price_list"].pk, plan.values["product"].pk, plan.values["unit"].pk


def items_of(plans: Sequence[Plan]) -> dict[Key, PriceListItem]:
    """The prices that are there already."""
    products = {plan.values["product"].pk for plan in plans}
    lists = {plan.values["price_list"].pk for plan in plans}
    rows = PriceListItem.objects.filter(price_list__in=lists, product__in=products)
    return {(row.price_list_id, row.product_id, row.unit_id): row for row in rows}


def write_prices(work: Work, plans: Sequence[Plan]) -> Counter[str]:
    """Set the prices of each list by its own action."""
    by_list: dict[int, list[Plan]] = defaultdict(list)
    for plan in plans:
        if plan.does in (CREATES, UPDATES):
            by_list[plan.values["price_list"].pk].append(plan)
    for rows in by_list.values():
        write_list(work, rows)
    note_findings(work, plans, Finding.What.FAILED, Finding.What.SKIPPED)
    return Counter(plan.does for plan in plans)


def write_list(work: Work, rows: list[Plan]) -> None:
    price_list = PriceList.objects.get(pk=rows[0].values["price_list"].pk)
    try:
        with transaction.atomic():
            before = {plan.number: [image(plan.record)] for plan in rows if plan.record is not None}
            list_before = [image(price_list)]
            changed = set_prices(price_list, [price_of(plan) for plan in rows], by=work.user)
            note(work, rows[0].number, changed, Effect.What.UPDATED, list_before)
            there = items_of(rows)
            for plan in rows:
                what = Effect.What.UPDATED if plan.record is not None else Effect.What.CREATED
                note(work, plan.number, there[key_of(plan)], what, before.get(plan.number))
    except REFUSALS as refusal:
        for plan in rows:
            plan.fail("", getattr(refusal, "code", "refused"), words_of(refusal))


def note(work: Work, row: int, record: Any, what: str, before: Any) -> None:
    Effect.objects.create(
        run=work.run, what=what, row=row, record_type=record._meta.label_lower, record_id=record.pk, before=before,
        after_version=state_of(record),
    )  # fmt: skip
