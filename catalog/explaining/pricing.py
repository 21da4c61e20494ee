"""Where the price of a line comes from: the list and its reasons, a person, an agreement, a bundle."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from catalog.documents import LineKind, PricedDocument, PricedLine
from catalog.explaining.origins import Origin
from catalog.explaining.words import Telling
from catalog.figures import show_figure
from catalog.models import PriceListItem
from catalog.price_reasons import REASONS
from catalog.taxes import REASONS as TAX_REASONS
from kernel import history
from kernel.formats import day_text

ZERO = Decimal(0)
WRITES = ("created", "lines_changed", "changed", "got_products")
AT_ONCE = dt.timedelta(minutes=1)  # between a line and the history entry of the same action
CHOICES = {
    "method": PriceListItem.Method, "rounding": PriceListItem.Rounding, "option": PriceListItem.RoundingOption,
}  # fmt: skip
FROM_COST = ("markup_current", "margin_current", "markup_standard", "margin_standard")
MONEY = ("price", "reference", "discount", "computed", "amount", "converted")


@dataclass(frozen=True, slots=True)
class Hand:
    """Who wrote the lines of a document, and when."""

    at: dt.datetime
    who: str


def hands_of(document: PricedDocument, lines: Sequence[PricedLine]) -> list[Hand]:
    """Who wrote the document's lines, oldest first; not asked where no price was set by hand here."""
    if not any(was_set_here(document, line) for line in lines):
        return []
    entries = history.of(document).filter(verb__in=WRITES).order_by("id")
    return [Hand(entry.at, str(entry.actor)) for entry in entries]


def was_set_here(document: PricedDocument, line: PricedLine) -> bool:
    """Whether the price was set by hand on this document, not on an earlier one it was copied from."""
    at = moment_of(line)
    return at is not None and at >= document.created_at


def moment_of(line: PricedLine) -> dt.datetime | None:
    basis = line.price_basis.get("price", {})
    return parse_datetime(basis.get("at", "")) if basis.get("by") == "hand" else None


def hand_of(document: PricedDocument, line: PricedLine, hands: Sequence[Hand]) -> Hand | None:
    """Whose action set the price: the first entry that followed it at once."""
    at = moment_of(line)
    if at is None or at < document.created_at:
        return None
    after = next((hand for hand in hands if hand.at >= at), None)
    return after if after and after.at - at <= AT_ONCE else None


@dataclass(slots=True)
class PriceTeller:
    """Tells of the prices of one document; ``hides_costs`` where the reader may not see what things cost us."""

    telling: Telling
    document: PricedDocument
    origin: Origin
    hands: Sequence[Hand]
    hides_costs: bool

    def tell(self, line: PricedLine) -> None:
        about = ("line", str(line.key))
        if line.kind == LineKind.INCLUDED:
            self.telling.say("included", about=about)
            return
        if "amount" in line.price_basis.get("share", {}):
            return  # given back by money, not by quantity: it has no price
        basis = line.price_basis.get("price", {})
        source = self.origin.of(line)
        if source is not None and source.unit_price == line.unit_price:
            self.telling.say(
                "agreed_price", "unit_price", about=about, url=self.origin.link(source),
                words=self.origin.words(source), result=line.unit_price,
            )  # fmt: skip
        elif basis.get("by") == "list":
            self.listed(line, basis, about)
        elif line.price_is_overridden or line.product_id is None:
            self.by_hand(line, about)
        else:
            code = "listed" if line.unit_price == line.list_price else "price_kept"
            words = {"because": list_price(line)}
            self.telling.say(code, "unit_price", about=about, words=words, result=line.unit_price)
        if line.volume_discount and basis.get("by") != "list":
            code = (
                "agreed_price" if source and source.volume_discount == line.volume_discount else "as_stored"
            )
            words = self.origin.words(source) if source else {}
            self.telling.say(code, "volume_discount", about=about, words=words, result=line.volume_discount)

    def by_hand(self, line: PricedLine, about: tuple[str, str]) -> None:
        hand = hand_of(self.document, line, self.hands)
        if hand:
            words = {"who": hand.who, "day": day_text(timezone.localtime(hand.at).date())}
            self.telling.say("by_hand_by", "unit_price", about=about, words=words, result=line.unit_price)
        else:
            self.telling.say("by_hand", "unit_price", about=about, result=line.unit_price)
        if line.list_price is not None and line.list_price != line.unit_price:
            self.telling.say("list_price_instead", about=about, list_price=line.list_price)

    def listed(self, line: PricedLine, basis: Mapping[str, Any], about: tuple[str, str]) -> None:
        """The reasons that were kept; the last one with a price is the line's."""
        if day := parse_date(basis.get("on", "")):
            self.telling.say("priced_on", about=about, words={"day": day_text(day)})
        reasons = basis.get("because", [])
        last = max((at for at, reason in enumerate(reasons) if "price" in reason), default=-1)
        for at, reason in enumerate(reasons):
            words = {"because": self.told(reason)}
            if reason["code"] == "volume_discount":
                self.telling.say("volume_discount", "volume_discount", stored=line.volume_discount, about=about,
                                 words=words, result=figure(reason.get("converted")))  # fmt: skip
            elif at == last:
                self.telling.say("listed", "unit_price", stored=line.unit_price, about=about, words=words,
                                 result=figure(reason["price"]))  # fmt: skip
            else:
                self.telling.say("listed", about=about, words=words)

    def told(self, reason: Mapping[str, str]) -> str:
        """A kept reason in today's words, without what this reader may not know."""
        code = reason["code"]
        if self.hides_costs and reason.get("method") in FROM_COST:
            code = "price_list_item"
        template = REASONS[code]
        shown = {name: self.shown(name, value) for name, value in reason.items()}
        return str(template % shown)

    def shown(self, name: str, value: str) -> str:
        if name in CHOICES:
            return str(CHOICES[name](value).label).lower()
        if name in MONEY:
            return show_figure(figure(value), self.telling.digits)
        return show_figure(figure(value)) if name in ("low", "percent") else value


def list_price(line: PricedLine) -> str:
    return str(REASONS["list_price"] % {"price": show_figure(line.unit_price)})


def figure(value: str | None) -> Decimal:
    try:
        return Decimal(value or "0")
    except InvalidOperation:
        return ZERO


def tax_because(basis: Mapping[str, str], rate: Decimal) -> str:
    """Why a tax code meant this rate, as it was noted when the line was written."""
    template = TAX_REASONS.get(basis.get("code", ""))
    if template is None:
        return f"{show_figure(rate)}%"
    day = parse_date(basis.get("since", ""))
    figures = {
        "percent": show_figure(rate), "country": basis.get("country", ""), "region": basis.get("region", ""),
        "since": day_text(day) if day else "",
    }  # fmt: skip
    return str(template % figures) if "since" in basis else str(template)
