"""Many prices at once: "+3 % from 1 January, rounded up to .99, for the tools"; and taking that back."""

import datetime as dt
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.actions.price_lists import key_of, refuse_misfit_list
from catalog.models import PriceList, PriceListItem, ProductFamily
from catalog.selectors import family_ids
from kernel import history
from kernel.customfields import carried
from kernel.errors import DomainError
from kernel.models import HistoryEntry
from kernel.pricing import (
    PriceMethod,
    PriceRounding,
    RoundingOption,
    RoundingPolicy,
    convert,
    list_item_price,
)
from kernel.writing import locked
from people.access import require
from people.models import User

Method = PriceListItem.Method
HUNDRED = Decimal(100)
DIGITS = 4
SMALLEST, LARGEST = Decimal(-99), Decimal(1000)
TOO_MUCH = Decimal(10) ** 10
COPIED = (
    "product_id", "unit_id", "method", "amount", "percent", "rounding", "rounding_option", "rounding_amount",
    "selling", "discount_list_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PriceChange:
    """By how much prices change, for which products, from when, and to which presentable figures."""

    percent: Decimal
    family: ProductFamily | None = None
    rounding: str = PriceListItem.Rounding.NONE
    rounding_option: str = PriceListItem.RoundingOption.ENDS_IN
    rounding_amount: Decimal | None = None
    starts_on: dt.date | None = None

    @property
    def is_later(self) -> bool:
        """Whether today's prices stay and a new list takes over on the first day."""
        return self.starts_on is not None and self.starts_on > timezone.localdate()

    def __str__(self) -> str:
        words = [f"{self.percent.normalize():+f} %"]
        if self.rounding != PriceListItem.Rounding.NONE and self.rounding_amount is not None:
            words.append(f"{self.rounding} {self.rounding_option} {self.rounding_amount.normalize():f}")
        if self.family:
            words.append(self.family.name)
        return ", ".join(words).replace("_", " ")


@transaction.atomic
def change_prices(
    price_list: PriceList, change: PriceChange, *, by: User, version: int | None = None, name: str = ""
) -> PriceList:
    """Change the prices now, or make the list that takes over on the first day; the list with the new prices."""
    price_list = locked(price_list, version=version)
    require(by, "change", price_list)
    refuse_misfit_change(price_list, change)
    items = items_in(price_list, change)
    if not items:
        raise DomainError(_("There is no price to change."), code="nothing_to_change", field="family")
    changed = [changed_item(item, change, price_list.currency.digits) for item in items]
    if change.is_later:
        return take_over(price_list, changed, change, name=name, by=by)
    changes = differences(items, changed)
    PriceListItem.objects.bulk_update(changed, ["amount", "percent"], batch_size=500)
    price_list.save()
    history.record(price_list, "prices_raised", by=by, note=str(change), changes=changes)
    return price_list


def take_over(
    price_list: PriceList, changed: Sequence[PriceListItem], change: PriceChange, *, name: str, by: User
) -> PriceList:
    """A copy of the list with the changed prices that takes its place from the first day on."""
    starts_on: Any = change.starts_on
    successor = PriceList(
        name=name or f"{price_list.name[:80]} {starts_on.isoformat()}", currency=price_list.currency,
        valid_from=starts_on, valid_to=price_list.valid_to, custom=carried(price_list, PriceList), follows=price_list,
    )  # fmt: skip
    refuse_misfit_list(successor)
    successor.save(force_insert=True)
    by_key = {item.pk: item for item in changed}
    PriceListItem.objects.bulk_create(
        (
            PriceListItem(price_list=successor, **{column: getattr(item, column) for column in COPIED})
            for item in (by_key.get(item.pk, item) for item in price_list.items.order_by("pk"))
        ),
        batch_size=500,
    )
    before, price_list.valid_to = price_list.valid_to, starts_on - dt.timedelta(days=1)
    price_list.save()
    ends = {"valid_to": [history.plain(before), history.plain(price_list.valid_to)]}
    history.record(price_list, "succeeded", by=by, note=f"{successor}: {change}", changes=ends)
    history.record(successor, "created", by=by, note=f"{price_list}: {change}")
    return successor


@transaction.atomic
def undo_price_change(price_list: PriceList, *, by: User, version: int | None = None) -> PriceList:
    """Take the last change of many prices back, as long as nothing was built on it.

    For a list that has taken over already, or whose prices were changed again since, this is refused.
    """
    price_list = locked(price_list, version=version)
    require(by, "change", price_list)
    entry = undoable(price_list)
    if entry is None:
        raise DomainError(_("There is no change of prices that could be taken back."), code="nothing_to_undo")
    if entry.verb == "succeeded":
        return withdraw_successor(price_list, entry, by=by)
    back: dict[str, list[str]] = {key: [after, before] for key, (before, after) in entry.changes.items()}
    items = {key_of(item): item for item in price_list.items.select_related("product", "unit")}
    for key, (now, then) in back.items():
        item = items.get(key)
        if item is None or figure(item) != now:
            text = _("The price of %(product)s was changed again since.") % {"product": key}
            raise DomainError(text, code="changed_since")
        set_figure(item, Decimal(then))
    wanted = [items[key] for key in back]
    PriceListItem.objects.bulk_update(wanted, ["amount", "percent"], batch_size=500)
    price_list.save()
    history.record(price_list, "prices_put_back", by=by, note=entry.note, changes=back)
    return price_list


def withdraw_successor(price_list: PriceList, entry: HistoryEntry, *, by: User) -> PriceList:
    """The list that would have taken over goes, and this one holds as long as it did before."""
    for successor in price_list.followers.all():
        successor.items.all().delete()
        successor.delete()
    then = entry.changes["valid_to"][0]
    now, price_list.valid_to = price_list.valid_to, dt.date.fromisoformat(then) if then else None
    price_list.save()
    ends = {"valid_to": [history.plain(now), then]}
    history.record(price_list, "prices_put_back", by=by, note=entry.note, changes=ends)
    return price_list


def undoable(price_list: PriceList) -> HistoryEntry | None:
    """The change of many prices that could be taken back: the last thing that happened to these prices."""
    verbs = ("prices_raised", "prices_changed", "prices_put_back", "succeeded", "changed")
    last = history.of(price_list).filter(verb__in=verbs).first()
    if last is None or last.verb not in ("prices_raised", "succeeded"):
        return None
    if last.verb == "succeeded":
        today = timezone.localdate()
        begun = any(one.valid_from and one.valid_from <= today for one in price_list.followers.all())
        return None if begun or is_used(price_list) else last
    return last


def is_used(price_list: PriceList) -> bool:
    """Whether something relies on a list that is to take over from this one."""
    for successor in price_list.followers.all():
        relations: Any = successor._meta.get_fields(include_hidden=True)
        for relation in relations:
            if not (relation.auto_created and relation.one_to_many) or relation.name == "items":
                continue
            if relation.related_model.objects.filter(**{relation.field.name: successor}).exists():
                return True
    return False


# --- what becomes of one price --------------------------------------------------------


def items_in(price_list: PriceList, change: PriceChange) -> list[PriceListItem]:
    """The items that the change is for, by SKU."""
    found = price_list.items.select_related("product", "unit").prefetch_related("discount_list__tiers")
    if change.family is not None:
        found = found.filter(product__family__in=family_ids(change.family))
    return list(found.order_by("product__sku", "unit__code"))


def changed_item(item: PriceListItem, change: PriceChange, digits: int) -> PriceListItem:
    """The item as it will be; prices that are worked out keep their method and their own rounding."""
    changed = copy(item)
    factor = (HUNDRED + change.percent) / HUNDRED
    if item.method == Method.AMOUNT:
        changed.amount = changed_amount(Decimal(item.amount or 0), change, digits)
        return changed
    percent = Decimal(item.percent or 0)
    if item.method == Method.PERCENT_OF_LIST:
        changed.percent = convert(percent, factor, DIGITS)
    elif item.method in (Method.MARKUP_CURRENT, Method.MARKUP_STANDARD):
        changed.percent = convert(HUNDRED + percent, factor, DIGITS) - HUNDRED
    else:
        changed.percent = HUNDRED - convert(HUNDRED - percent, 1 / factor, DIGITS)
    return changed


def changed_amount(amount: Decimal, change: PriceChange, digits: int) -> Decimal:
    """A fixed price after the change: rounded as asked, else to the currency or as finely as it was."""
    finest = max(digits, -amount.normalize().as_tuple().exponent)  # type: ignore[operator]
    rounding = PriceRounding(
        RoundingPolicy(change.rounding),
        RoundingOption(change.rounding_option),
        change.rounding_amount or Decimal(0),
    )
    rounded = rounding.policy is not RoundingPolicy.NONE
    return list_item_price(
        PriceMethod.PERCENT_OF_LIST, HUNDRED + change.percent, reference=amount, rounding=rounding,
        digits=DIGITS if rounded else min(finest, DIGITS),
    )  # fmt: skip


def differences(items: Sequence[PriceListItem], changed: Sequence[PriceListItem]) -> dict[str, list[str]]:
    """The figures before and after, by product, in the words of the history."""
    return {
        key_of(old): [figure(old), figure(new)]
        for old, new in zip(items, changed, strict=True)
        if figure(old) != figure(new)
    }


def figure(item: PriceListItem) -> str:
    """The amount or the percentage of an item, as the history keeps it."""
    value = item.amount if item.method == Method.AMOUNT else item.percent
    return f"{Decimal(value or 0).normalize():f}"


def set_figure(item: PriceListItem, value: Decimal) -> None:
    if item.method == Method.AMOUNT:
        item.amount = value
    else:
        item.percent = value


# --- what is refused ------------------------------------------------------------------


def refuse_misfit_change(price_list: PriceList, change: PriceChange) -> None:
    """A change has a bearable size, a figure to round to, and a first day on which the list still holds."""
    if not SMALLEST <= change.percent <= LARGEST or not change.percent:
        text = _("Give a percentage between -99 and 1000, other than 0.")
        raise DomainError(text, code="bad_percent", field="percent")
    if change.rounding != PriceListItem.Rounding.NONE:
        amount = change.rounding_amount
        is_multiple = change.rounding_option == PriceListItem.RoundingOption.MULTIPLE_OF
        if amount is None or amount < 0 or (is_multiple and not amount) or amount >= TOO_MUCH:
            raise DomainError(
                _("Say which figure prices are rounded to."), code="bad_rounding", field="rounding_amount"
            )
    if change.is_later:
        refuse_misfit_start(price_list, change)


def refuse_misfit_start(price_list: PriceList, change: PriceChange) -> None:
    """A new list takes over while the old one holds, and only one does."""
    starts_on: Any = change.starts_on
    begins = price_list.valid_from
    if other := price_list.followers.first():
        text = _("%(list)s takes over from it already; change that one.") % {"list": other}
        raise DomainError(text, code="followed_already", field="starts_on")
    if price_list.valid_to and price_list.valid_to < starts_on:
        text = _("The list ends on %(day)s, before that day.") % {"day": price_list.valid_to}
        raise DomainError(text, code="list_ends_before", field="starts_on")
    if begins and starts_on <= begins:
        text = _("The list itself begins on %(day)s only.") % {"day": begins}
        raise DomainError(text, code="list_begins_later", field="starts_on")
