"""What can be done to discount lists: made and changed with their tiers, deleted while nothing uses them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from catalog.actions.products import refuse_all
from catalog.models import DiscountList, DiscountTier, PriceListItem
from catalog.reference import delete_reference
from kernel import history
from kernel.errors import Blocker, DomainError
from kernel.writing import assign
from people.access import require
from people.models import User

DISCOUNT_LIST_FIELDS = frozenset({"name", "kind", "currency"})
MOST_TIERS = 100


@dataclass(frozen=True, slots=True)
class TierWanted:
    """From ``low`` up to and including ``high`` (None: no end) this much is taken off each unit."""

    low: Decimal
    high: Decimal | None
    value: Decimal


@transaction.atomic
def create_discount_list(*, by: User, tiers: Sequence[TierWanted] = (), **values: Any) -> DiscountList:
    """Start a discount that grows with the quantity."""
    require(by, "add", DiscountList)
    found = DiscountList()
    assign(found, values, allowed=DISCOUNT_LIST_FIELDS)
    refuse_misfit_discounts(found, tiers)
    found.save(force_insert=True)
    write_tiers(found, tiers)
    history.record(found, "created", by=by, changes={"tiers": [None, told_tiers(found)]} if tiers else None)
    return found


@transaction.atomic
def change_discount_list(
    discounts: DiscountList, *, by: User, tiers: Sequence[TierWanted] | None = None, **values: Any
) -> DiscountList:
    """Change the list; given, ``tiers`` replace all. Documents keep the discounts that were agreed."""
    require(by, "change", discounts)
    fresh = DiscountList.objects.select_for_update().get(pk=discounts.pk)
    changes = assign(fresh, values, allowed=DISCOUNT_LIST_FIELDS)
    wanted = tiers_of(fresh) if tiers is None else tiers
    refuse_misfit_discounts(fresh, wanted)
    refuse_new_currency(fresh, changes)
    if tiers is not None and (before := told_tiers(fresh)) != (after := told(wanted)):
        write_tiers(fresh, wanted)
        changes["tiers"] = [before, after]
    if changes:
        fresh.save()
        history.record(fresh, "changed", by=by, changes=changes)
    return fresh


@transaction.atomic
def delete_discount_list(discounts: DiscountList, *, by: User) -> None:
    """Take out a discount list that no price uses."""
    delete_reference(discounts, by=by)


def write_tiers(discounts: DiscountList, tiers: Sequence[TierWanted]) -> None:
    discounts.tiers.all().delete()
    DiscountTier.objects.bulk_create(
        DiscountTier(discount_list=discounts, low=one.low, high=one.high, value=one.value)
        for one in sorted(tiers, key=lambda tier: tier.low)
    )


def tiers_of(discounts: DiscountList) -> list[TierWanted]:
    return [TierWanted(one.low, one.high, one.value) for one in discounts.tiers.order_by("low")]


def told_tiers(discounts: DiscountList) -> str:
    """The tiers in the words of the history."""
    return told(tiers_of(discounts))


def told(tiers: Sequence[TierWanted]) -> str:
    shown = [
        f"{one.low.normalize():f}–{'…' if one.high is None else f'{one.high.normalize():f}'}: "
        f"{one.value.normalize():f}"
        for one in sorted(tiers, key=lambda tier: tier.low)
    ]
    return ", ".join(shown)


def refuse_misfit_discounts(discounts: DiscountList, tiers: Sequence[TierWanted]) -> None:
    """A name stands once, money has a currency, percentages are up to 100, and no quantity falls in two tiers."""
    if DiscountList.objects.filter(name=discounts.name).exclude(pk=discounts.pk).exists():
        raise DomainError(
            _("There is a discount list of this name already."), code="duplicate_name", field="name"
        )
    if len(tiers) > MOST_TIERS:
        text = _("A discount list has at most %(count)s tiers.") % {"count": MOST_TIERS}
        raise DomainError(text, code="too_many_tiers", field="tiers")
    refuse_all(
        Blocker(code, text, f"tiers.{index}.{field}")
        for index, tier in enumerate(tiers)
        for code, text, field in wrong_tier(discounts, tier, tiers[:index])
    )


def wrong_tier(
    discounts: DiscountList, tier: TierWanted, before: Sequence[TierWanted]
) -> list[tuple[str, Any, str]]:
    """What is wrong with one tier, as (code, words, field)."""
    wrong: list[tuple[str, Any, str]] = []
    if tier.low < 0:
        wrong.append(("negative", _("A tier begins at zero or more."), "low"))
    if tier.high is not None and tier.high < tier.low:
        wrong.append(("turned_tier", _("The tier ends before it begins."), "high"))
    if tier.value < 0:
        wrong.append(("negative", _("A discount is not negative."), "value"))
    if discounts.kind == DiscountList.Kind.PERCENT and tier.value > 100:
        wrong.append(("too_large", _("A discount is at most 100 %."), "value"))
    if other := next((one for one in before if overlap(one, tier)), None):
        text = _("It overlaps with the tier from %(low)s.") % {"low": f"{other.low.normalize():f}"}
        wrong.append(("overlapping_tier", text, "low"))
    return wrong


def overlap(one: TierWanted, other: TierWanted) -> bool:
    """Whether a quantity falls in both; a tier may begin where the one before it ends, then the later one counts."""
    first, last = sorted((one, other), key=lambda tier: tier.low)
    return first.low == last.low or first.high is None or last.low < first.high


def refuse_new_currency(discounts: DiscountList, changes: dict[str, Any]) -> None:
    """Amounts stay in the currency of the price lists that use them."""
    if discounts.currency_id is None or not {"currency", "kind"} & changes.keys():
        return
    using = PriceListItem.objects.filter(discount_list=discounts).exclude(
        price_list__currency=discounts.currency_id
    )
    if item := using.select_related("price_list").first():
        text = _("%(list)s uses it in another currency.") % {"list": item.price_list}
        raise DomainError(text, code="discount_currency", field="currency")
