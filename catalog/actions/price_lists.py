"""What can be done to price lists: made, changed, and their prices set."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.models import DiscountList, PriceList, PriceListItem, Product, Territory, Unit
from kernel import history
from kernel.errors import Blocker, DomainError
from kernel.writing import assign, locked
from people.access import require
from people.models import User

PRICE_LIST_FIELDS = frozenset(
    {"name", "currency", "valid_from", "valid_to", "is_active", "is_default", "custom", "territories"}
)

# Not said: the item keeps what it has, a new one starts as items do.
KEEP: Any = object()
EXTRAS = ("rounding", "rounding_option", "rounding_amount", "selling", "discount_list")
MARGINS = (PriceListItem.Method.MARGIN_CURRENT, PriceListItem.Method.MARGIN_STANDARD)


@dataclass(frozen=True, slots=True)
class Price:
    """What a product costs in one unit: an amount, or a percentage by one of the other methods."""

    product: Product
    unit: Unit
    method: str = PriceListItem.Method.AMOUNT
    amount: Decimal | None = None
    percent: Decimal | None = None
    rounding: str = KEEP
    rounding_option: str = KEEP
    rounding_amount: Decimal | None = KEEP
    selling: str = KEEP
    discount_list: DiscountList | None = KEEP


@transaction.atomic
def create_price_list(*, by: User, **values: Any) -> PriceList:
    """Start a list of prices in one currency."""
    require(by, "add", PriceList)
    price_list = PriceList()
    territories = values.pop("territories", ())
    assign(price_list, values, allowed=PRICE_LIST_FIELDS)
    refuse_misfit_list(price_list)
    price_list.save(force_insert=True)
    price_list.territories.set(territories)
    history.record(price_list, "created", by=by)
    return price_list


@transaction.atomic
def change_price_list(
    price_list: PriceList, *, by: User, version: int | None = None, note: str = "", **values: Any
) -> PriceList:
    """Change the frame of a price list; its currency is fixed while there are prices in it."""
    price_list = locked(price_list, version=version)
    require(by, "change", price_list)
    territories = values.pop("territories", None)
    changes = assign(price_list, values, allowed=PRICE_LIST_FIELDS)
    if "currency" in changes and price_list.items.exists():
        raise DomainError(
            _("The currency is fixed while there are prices."), code="currency_fixed", field="currency"
        )
    if territories is not None:
        changes |= set_territories(price_list, territories)
    if changes:
        refuse_misfit_list(price_list)
        price_list.save()
        history.record(price_list, "changed", by=by, changes=changes, note=note)
    return price_list


def set_territories(price_list: PriceList, territories: Collection[Territory]) -> dict[str, list[str]]:
    """Make the list the usual one of these territories; what changed, in the words of the history."""
    before = ", ".join(sorted(territory.name for territory in price_list.territories.all()))
    after = ", ".join(sorted(territory.name for territory in territories))
    if before == after:
        return {}
    price_list.territories.set(territories)
    return {"territories": [before, after]}


@transaction.atomic
def set_prices(
    price_list: PriceList,
    prices: Sequence[Price],
    *,
    by: User,
    removed: Collection[int] = (),
    version: int | None = None,
) -> PriceList:
    """Set these prices and take out the removed items (by key); prices not named stay."""
    price_list = locked(price_list, version=version)
    require(by, "change", price_list)
    refuse_misfit_prices(price_list, prices)
    gone = list(price_list.items.filter(pk__in=list(removed)).select_related("product", "unit"))
    price_list.items.filter(pk__in=[item.pk for item in gone]).delete()
    changes: dict[str, list[Any]] = {key_of(item): [told(item), None] for item in gone}
    changes |= write_prices(price_list, prices)
    if changes:
        price_list.save()
        history.record(price_list, "prices_changed", by=by, changes=changes)
    return price_list


def write_prices(price_list: PriceList, prices: Sequence[Price]) -> dict[str, list[Any]]:
    """Insert and change items in two statements, however many; what changed, in the words of the history."""
    changes: dict[str, list[Any]] = {}
    products = {price.product.pk for price in prices}
    there = {
        (item.product_id, item.unit_id): item
        for item in price_list.items.filter(product_id__in=products).select_related("discount_list")
    }
    new: list[PriceListItem] = []
    known: list[PriceListItem] = []
    for price in prices:
        item = there.get((price.product.pk, price.unit.pk))
        before = told(item) if item else None
        target = item or PriceListItem(price_list=price_list, product=price.product, unit=price.unit)
        take(price, target)
        if told(target) != before:
            changes[key_of(target)] = [before, told(target)]
            (known if item else new).append(target)
    PriceListItem.objects.bulk_create(new, batch_size=500)
    PriceListItem.objects.bulk_update(known, ["method", "amount", "percent", *EXTRAS], batch_size=500)
    return changes


def take(price: Price, item: PriceListItem) -> None:
    """Write what is wanted onto the item; the figure that its method does not speak of goes."""
    by_amount = price.method == PriceListItem.Method.AMOUNT
    item.method = price.method
    item.amount, item.percent = (price.amount, None) if by_amount else (None, price.percent)
    for name in EXTRAS:
        if (said := getattr(price, name)) is not KEEP:
            setattr(item, name, said)


def key_of(item: PriceListItem) -> str:
    """Whose price it is, in the words of the history: the SKU, and the unit where it is not the product's own."""
    product, unit = item.product, item.unit
    return product.sku if unit.pk == product.unit_id else f"{product.sku} / {unit.code}"


def told(item: PriceListItem) -> str:
    """A price in the words of the history."""
    by_amount = item.method == PriceListItem.Method.AMOUNT
    figure = item.amount if by_amount else item.percent
    plain = "" if figure is None else f"{figure.normalize():f}"
    words = [plain if by_amount else f"{item.method} {plain} %"]
    if item.rounding != PriceListItem.Rounding.NONE:
        to = "" if item.rounding_amount is None else f"{item.rounding_amount.normalize():f}"
        words.append(f"rounded {item.rounding} {item.rounding_option} {to}")
    if item.selling != PriceListItem.Selling.NO_CONTROL:
        words.append(item.selling)
    if item.discount_list:
        words.append(str(item.discount_list))
    return ", ".join(words)


def refuse_misfit_prices(price_list: PriceList, prices: Sequence[Price]) -> None:
    """Every row has its figure and no product stands there twice in one unit; else each misfit is named by row."""
    seen: set[tuple[int, int]] = set()
    blockers = []
    for index, price in enumerate(prices):
        blockers += [
            Blocker(code, text, f"prices.{index}.{field}")
            for code, text, field in wrong_price(price_list, price)
        ]
        key = (price.product.pk, price.unit.pk)
        if key in seen:
            text = _("%(product)s has a price in this unit already.") % {"product": price.product.sku}
            blockers.append(Blocker("duplicate_price", text, f"prices.{index}.product"))
        seen.add(key)
    if blockers:
        raise DomainError(blockers[0].text, code=blockers[0].code, field=blockers[0].field, blockers=blockers)


def wrong_price(price_list: PriceList, price: Price) -> list[tuple[str, Any, str]]:
    """What is wrong with one price, as (code, words, field)."""
    sku = {"product": price.product.sku}
    by_amount = price.method == PriceListItem.Method.AMOUNT
    figure = price.amount if by_amount else price.percent
    wrong: list[tuple[str, Any, str]] = []
    if figure is None or (by_amount and figure < 0):
        wrong.append(("no_price", _("%(product)s needs a price.") % sku, "amount"))
    elif not by_amount and figure <= -100 and price.method != PriceListItem.Method.PERCENT_OF_LIST:
        wrong.append(("bad_percent", _("%(product)s: that would cost less than nothing.") % sku, "percent"))
    elif price.method in MARGINS and figure >= 100:
        wrong.append(("bad_percent", _("%(product)s: a margin is less than 100 %%.") % sku, "percent"))
    elif price.method == PriceListItem.Method.PERCENT_OF_LIST and figure < 0:
        wrong.append(("bad_percent", _("%(product)s: that would cost less than nothing.") % sku, "percent"))
    if price.unit.group_id != price.product.unit.group_id:
        text = _("%(product)s is not sold by the %(unit)s.") % {**sku, "unit": price.unit.name}
        wrong.append(("unit_not_convertible", text, "unit"))
    return wrong + wrong_extras(price_list, price)


def wrong_extras(price_list: PriceList, price: Price) -> list[tuple[str, Any, str]]:
    """What is wrong with the rounding and the discount list of a price."""
    sku = {"product": price.product.sku}
    wrong: list[tuple[str, Any, str]] = []
    if price.rounding not in (KEEP, PriceListItem.Rounding.NONE):
        amount = None if price.rounding_amount is KEEP else price.rounding_amount
        ends_in_zero = price.rounding_option == PriceListItem.RoundingOption.ENDS_IN and amount == 0
        if amount is None or amount < 0 or (amount == 0 and not ends_in_zero):
            text = _("%(product)s: say which figure prices are rounded to.") % sku
            wrong.append(("bad_rounding", text, "rounding_amount"))
    found = price.discount_list
    if found is not KEEP and found and found.currency_id not in (None, price_list.currency_id):
        text = _("%(discounts)s is in another currency.") % {"discounts": found}
        wrong.append(("discount_currency", text, "discount_list"))
    return wrong


def refuse_misfit_list(price_list: PriceList) -> None:
    """Names are unique, a currency has one default list, and a period has an order."""
    if price_list.valid_from and price_list.valid_to and price_list.valid_to < price_list.valid_from:
        raise DomainError(_("The last day lies before the first."), code="turned_period", field="valid_to")
    others = PriceList.objects.exclude(pk=price_list.pk)
    if others.filter(name=price_list.name).exists():
        raise DomainError(
            _("There is a price list of this name already."), code="duplicate_name", field="name"
        )
    if price_list.is_default and (
        other := others.filter(is_default=True, currency=price_list.currency).first()
    ):
        text = _("%(list)s is the default of this currency already.") % {"list": other}
        raise DomainError(text, code="second_default", field="is_default")
