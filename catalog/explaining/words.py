"""Steps in plain words: one sentence a code, with the figures as the reader writes figures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.figures import show_amount, show_figure

SENTENCES: dict[str, Any] = {
    # how the price was found
    "priced_on": _("Prices of %(day)s."),
    "listed": _("%(because)s"),
    "by_hand": _("set by hand: %(result)s"),
    "by_hand_by": _("set by hand by %(who)s on %(day)s: %(result)s"),
    "list_price_instead": _("The list price would be %(list_price)s."),
    "price_kept": _("price as it stood when the line was written: %(result)s"),
    "agreed_price": _("agreed price of %(document)s, line %(line)s, kept: %(result)s"),
    "included": _("Included in the price of the bundle above it."),
    "optional": _("Optional: priced by itself, without the document's discount, and not part of the totals."),
    "volume_discount": _("%(because)s = %(result)s off each unit"),
    "tax_rate": _("%(code)s: %(because)s"),
    "no_tax_code": _("No tax code, so no tax."),
    # the formulas of the engine
    "base": _("%(quantity)s × (%(unit_price)s – %(volume_discount)s) = %(result)s"),
    "base_plain": _("%(quantity)s × %(unit_price)s = %(result)s"),
    "discount_percent": _("%(percent)s%% of %(base)s = %(result)s"),
    "discount_amount": _("discount of %(amount)s = %(result)s"),
    "net": _("%(base)s – %(discount)s = %(result)s"),
    "net_plain": _("no discount on the line = %(result)s"),
    "header_share": _(
        "the part of the document's discount of %(whole)s that %(net)s of %(bearing)s bear, "
        "shared out to the last unit = %(result)s"
    ),
    "tax": _("%(rate)s%% of %(taxable)s = %(result)s"),
    "tax_share": _(
        "its part of the %(whole)s that %(rate)s%% on all such lines together come to = %(result)s"
    ),
    "tax_typed": _("tax as typed by hand = %(result)s"),
    "line_total": _("%(net)s – %(header_discount)s + %(tax)s = %(result)s"),
    "line_total_plain": _("%(net)s + %(tax)s = %(result)s"),
    "detail": _("sum of %(count)s lines = %(result)s"),
    "line_discounts": _("sum of the discounts on lines = %(result)s"),
    "header_discount": _(
        "%(percent)s%% of %(detail)s = %(percent_part)s; with the amount of %(amount)s = %(result)s"
    ),
    "header_discount_percent": _("%(percent)s%% of %(detail)s = %(result)s"),
    "header_discount_amount": _("document discount of %(amount)s = %(result)s"),
    "header_discount_parts": _("sum of what the lines bear of the document's discount = %(result)s"),
    "pre_freight": _("%(detail)s – %(header_discount)s = %(result)s"),
    "pre_freight_plain": _("no discount on the document = %(result)s"),
    "freight": _("freight as given = %(result)s"),
    "freight_share": _("its part of the freight of %(whole)s on %(document)s = %(result)s"),
    "freight_tax": _("%(rate)s%% of the freight of %(freight)s = %(result)s"),
    "freight_tax_share": _("its part of the tax of %(whole)s on the freight of %(document)s = %(result)s"),
    "group_tax": _("%(code)s: taxes at %(rate)s%% on lines and freight add up to %(result)s"),
    "total_tax_plain": _("taxes of the lines = %(result)s"),
    "total_tax": _("taxes of the lines %(lines)s + tax on the freight %(freight_tax)s = %(result)s"),
    "total_plain": _("%(pre_freight)s + %(tax)s = %(result)s"),
    "total": _("%(pre_freight)s + %(freight)s + %(tax)s = %(result)s"),
    "total_base": _("%(total)s %(currency)s × %(rate)s = %(result)s %(base)s"),
    "total_base_since": _("%(total)s %(currency)s × %(rate)s (rate since %(day)s) = %(result)s %(base)s"),
    "total_base_same": _("It is in the base currency = %(result)s"),
    "settled": _("sum of payments and credit notes = %(result)s"),
    "given": _("what went to invoices and back to the customer = %(result)s"),
    "balance": _("%(total)s – %(amount_paid)s = %(result)s"),
    # figures that come from elsewhere
    "copied": _("copied from %(document)s, line %(line)s = %(result)s"),
    "copied_header": _("copied from %(document)s = %(result)s"),
    "share": _("%(done)s of %(of)s of the %(whole)s of %(document)s, line %(line)s = %(result)s"),
    "share_less": _(
        "%(done)s of %(of)s of the %(whole)s of %(document)s, line %(line)s, are %(upto)s; "
        "less the %(before)s of earlier documents = %(result)s"
    ),
    "back": _(
        "gives back %(done)s of the %(of)s left of %(document)s, line %(line)s, at %(whole)s = %(result)s"
    ),
    "back_amount": _(
        "gives back %(money)s of the %(of_money)s left of %(document)s, line %(line)s; of %(whole)s = %(result)s"
    ),
    "erp": _("as the ERP said = %(result)s"),
    "as_stored": _("as stored = %(result)s; it does not follow from the other figures on this document"),
    "other_engine": _("as stored = %(result)s; worked out by an earlier version of the price calculation"),
}
ROUNDED = _("%(sentence)s, rounded from %(exact)s")

LABELS: dict[str, Any] = {
    "": "",
    "unit_price": _("Unit price"),
    "volume_discount": _("Volume discount"),
    "tax_rate": _("Tax rate"),
    "base": _("Before discount"),
    "manual_discount": _("Discount"),
    "net": _("Net"),
    "header_discount": _("Part of the document's discount"),
    "tax": _("Tax"),
    "total": _("Total"),
    "detail_amount": _("Lines"),
    "line_discount_amount": _("Discounts on lines"),
    "header_discount_amount": _("Document discount"),
    "pre_freight_amount": _("Net of lines"),
    "freight": _("Freight"),
    "freight_tax": _("Tax on freight"),
    "tax_by_group": _("Tax by rate"),
    "total_tax": _("Tax"),
    "total_base": _("Total in base currency"),
    "amount_paid": _("Paid"),
    "balance": _("Open"),
}

# Not money: shown with the decimals that say something.
PLAIN = {"quantity", "of", "done", "percent", "rate", "count"}
PRICES = {"unit_price", "volume_discount", "list_price", "exact"}


@dataclass(frozen=True, slots=True)
class Step:
    """One step to an amount; ``field`` is the stored amount that ``result`` is, for steps that arrive at one."""

    code: str
    scope: str  # "line", "document" or "tax"
    subject: str  # the key of the line, the code of the tax, or nothing
    field: str
    sentence: str
    amounts: Mapping[str, Decimal]
    url: str = ""

    @property
    def label(self) -> str:
        return str(LABELS[self.field])

    @property
    def result(self) -> Decimal | None:
        return self.amounts.get("result") if self.field else None


@dataclass(slots=True)
class Telling:
    """Collects the steps of one document, in its currency; never says what the stored figure contradicts."""

    digits: int
    is_known_engine: bool = True
    steps: list[Step] = field(default_factory=list)

    def say(
        self, code: str, name: str = "", *, stored: Decimal | None = None, about: tuple[str, str] = ("document", ""),
        url: str = "", words: Mapping[str, Any] | None = None, figures: Mapping[str, Decimal] | None = None,
        **amounts: Decimal,
    ) -> None:  # fmt: skip
        """Add a step that arrives at the stored amount of this name; another result is not told, but confessed."""
        amounts |= figures or {}
        result = amounts.get("result")
        if stored is not None and result != stored:
            code, amounts, words, url = self.unexplained(), {"result": stored}, {}, ""
        shown = {key: self.shown(key, figure, code) for key, figure in amounts.items()}
        sentence = str(SENTENCES[code]) % {**shown, **(words or {})}
        exact = amounts.get("exact")
        if exact is not None and exact != result:
            sentence = str(ROUNDED) % {"sentence": sentence, "exact": shown["exact"]}
        self.steps.append(Step(code, *about, name, sentence, amounts, url))

    def unexplained(self) -> str:
        return "as_stored" if self.is_known_engine else "other_engine"

    def shown(self, name: str, figure: Decimal, code: str) -> str:
        if name in PLAIN:
            return show_figure(figure)
        if name in PRICES or (name == "result" and code in PRICE_CODES):
            return show_figure(figure.normalize(), self.digits)
        return show_amount(figure, self.digits)


PRICE_CODES = {"by_hand", "by_hand_by", "agreed_price", "price_kept", "listed", "volume_discount"}
