"""Which price list a document gets when none is given, and why that one."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Currency, PriceList

REASONS = {
    "own": _("the account's own list"),
    "parent": _("the list of the contact's account"),
    "territory": _("the list of the territory"),
    "default": _("the default of the currency"),
    "none": _("no list holds, so list prices count"),
}


@dataclass(frozen=True, slots=True)
class Usual:
    """The list, perhaps none, and the rule that chose it."""

    price_list: PriceList | None
    code: str

    @property
    def because(self) -> str:
        return str(REASONS[self.code])


def usual_list(account: Any, currency: Currency, on: dt.date, *, contact: Any = None) -> Usual:
    """The account's own list, else that of the contact's account, the territory's, the currency's default.

    Only a list in this currency that holds on that day counts; one that has ended is replaced by the list that takes
    over from it. One query.
    """
    employer = getattr(contact, "account", None)
    own = {"own": getattr(account, "price_list_id", None), "parent": getattr(employer, "price_list_id", None)}
    territory = getattr(account or employer, "territory_id", None)
    candidates = candidates_of(currency, {key for key in own.values() if key}, territory)
    followers: dict[int | None, list[PriceList]] = {}
    for one in candidates:
        followers.setdefault(one.follows_id, []).append(one)
    asked: list[tuple[str, list[PriceList]]] = [
        (code, [one for one in candidates if one.pk == key]) for code, key in own.items()
    ]
    asked.append(("territory", [one for one in candidates if one.is_of_territory]))
    asked.append(("default", [one for one in candidates if one.is_default]))
    for code, lists in asked:
        for one in lists:
            if holding := version_on(one, followers, on):
                return Usual(holding, code)
    return Usual(None, "none")


def candidates_of(currency: Currency, own: Iterable[int], territory: int | None) -> Sequence[Any]:
    """The lists of the currency that could be the usual one, and those that take over from another, by name."""
    through = PriceList.territories.through.objects
    of_territory = Exists(through.filter(pricelist=OuterRef("pk"), territory=territory))
    found = PriceList.objects.filter(currency=currency).annotate(is_of_territory=of_territory)
    wanted = Q(pk__in=own) | Q(is_default=True) | Q(is_of_territory=True) | Q(follows__isnull=False)
    return list(found.filter(wanted).select_related("currency").order_by("name"))


def version_on(
    price_list: PriceList, followers: dict[int | None, list[PriceList]], on: dt.date
) -> PriceList | None:
    """The list itself where it holds on that day, else the one that has taken over from it by then."""
    seen: set[int] = set()
    waiting = [price_list]
    while waiting:
        one = waiting.pop(0)
        if one.pk in seen:
            continue
        seen.add(one.pk)
        if one.holds_on(on):
            return one
        waiting += followers.get(one.pk, [])
    return None
