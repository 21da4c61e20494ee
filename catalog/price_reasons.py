"""The steps on the way to a price: kept as codes and figures, told in words when somebody asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.models import PriceListItem

REASONS = {
    "list_price": _("list price of the product: %(price)s"),
    "not_on_list": _("%(price_list)s has no price for it, so its list price counts"),
    "price_list_item": _("%(price_list)s, %(method)s: %(price)s"),
    "price_list_item_percent": _("%(price_list)s, %(method)s (%(reference)s), %(percent)s %%: %(price)s"),
    "rounded": _("rounded %(rounding)s (%(option)s %(amount)s) from %(computed)s: %(price)s"),
    "other_unit": _("priced by the %(unit)s, converted: %(price)s"),
    "volume_discount": _("%(discount_list)s from %(low)s: %(discount)s off each unit"),
    "discount_in_other_currency": _("%(discount_list)s is in another currency and does not count"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One step on the way to a price, told in words only when somebody asks."""

    code: str
    figures: Mapping[str, Any]

    @property
    def text(self) -> str:
        return str(REASONS[self.code] % {name: _shown(name, figure) for name, figure in self.figures.items()})

    @property
    def kept(self) -> dict[str, str]:
        """The reason as JSON keeps it, to be told in words later."""
        return {"code": self.code, **{name: _kept(figure) for name, figure in self.figures.items()}}


def rounding_reason(item: PriceListItem, computed: Decimal, price: Decimal) -> Reason:
    figures = {
        "rounding": Choice(item.rounding, item.get_rounding_display()),
        "option": Choice(item.rounding_option, item.get_rounding_option_display()),
        "amount": item.rounding_amount, "computed": computed, "price": price,
    }  # fmt: skip
    return Reason("rounded", figures)


def _shown(name: str, figure: Any) -> str:
    """A figure without idle zeros, but money with cents."""
    if not isinstance(figure, Decimal):
        return str(figure)
    plain = f"{figure.normalize():f}"
    is_money = name in {"price", "reference", "discount", "computed"}
    return f"{figure:.2f}" if is_money and len(plain.partition(".")[2]) < 2 else plain


def _kept(figure: Any) -> str:
    if isinstance(figure, Decimal):
        return f"{figure.normalize():f}"
    return figure.code if isinstance(figure, Choice) else str(figure)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a list's choices (a method, a way of rounding) by its code, named only when it is shown."""

    code: str
    label: Any

    def __str__(self) -> str:
        return str(self.label).lower()
