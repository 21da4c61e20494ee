"""What a change of many prices would come to, before it is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from catalog.actions.mass import PriceChange, changed_item, items_in, refuse_misfit_change
from catalog.figures import show_figure
from catalog.models import PriceList
from catalog.price_pages import day_of, prices_on
from kernel.errors import DomainError

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Changed:
    """One price before and after."""

    sku: str
    name: str
    unit: str
    before: str
    after: str
    difference: str
    goes_up: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """All prices that would change, the first of them in full; ``prices`` are the new ones by product and unit."""

    price_list: PriceList
    change: PriceChange
    rows: list[Changed]
    count: int
    unchanged: int
    unknown: int
    prices: Mapping[tuple[int, int], Decimal]

    @property
    def left_out(self) -> int:
        return self.count - len(self.rows)


def preview(price_list: PriceList, change: PriceChange) -> Preview:
    """What would become of the prices; raises DomainError for a change that cannot be made. Constant queries."""
    refuse_misfit_change(price_list, change)
    items = items_in(price_list, change)
    if not items:
        raise DomainError(_("There is no price to change."), code="nothing_to_change", field="family")
    digits = price_list.currency.digits
    changed = {item.pk: changed_item(item, change, digits) for item in items}
    on = day_of(price_list)
    before, after = prices_on(price_list, items, on), prices_on(price_list, items, on, changed)
    rows: list[Changed] = []
    prices: dict[tuple[int, int], Decimal] = {}
    unknown = unchanged = 0
    for item, old, new in zip(items, before, after, strict=True):
        if old is None or new is None or old.problem or new.problem:
            unknown += 1
        elif old.unit_price == new.unit_price:
            unchanged += 1
        else:
            prices[item.product_id, item.unit_id] = new.unit_price
            rows.append(changed_row(item, old.unit_price, new.unit_price, digits))
    return Preview(price_list, change, rows[:SHOWN], len(rows), unchanged, unknown, prices)


def changed_row(item: Any, old: Decimal, new: Decimal, digits: int) -> Changed:
    """A price before and after, as texts."""
    share = f"{(new - old) / old * 100:+.1f} %" if old else ""
    return Changed(
        item.product.sku, item.product.name, item.unit.code, show_figure(old.normalize(), digits),
        show_figure(new.normalize(), digits), share, new > old,
    )  # fmt: skip
