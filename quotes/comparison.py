"""What changed between two quotes: two revisions of one number, or two quotes of one deal, line by line.

Lines belong together by what they came from, by product, by description, and at last by a similar description. Nothing
here tells of costs, so that customers may be shown all of it but what is marked internal.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.documents import PricedLine
from kernel import formats
from quotes.models import Quote, QuoteLine

ZERO = Decimal(0)
SIMILAR = 0.6
MOST_READ = 2500  # pairs of texts that are read side by side; of more, only equal ones are found


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One thing that reads differently; the texts are as people read them."""

    name: str
    label: Any
    before: str
    after: str
    is_internal: bool = False  # nothing that the customer is told


@dataclass(frozen=True, slots=True)
class LineDifference:
    """A line in both quotes; one of the two is missing where it was added or removed."""

    before: QuoteLine | None
    after: QuoteLine | None
    fields: tuple[FieldChange, ...] = ()

    @property
    def kind(self) -> str:
        if self.before is None or self.after is None:
            return "added" if self.before is None else "removed"
        return "changed" if self.fields else "same"

    @property
    def changed(self) -> set[str]:
        """The names of what differs."""
        return {one.name for one in self.fields}

    @property
    def difference(self) -> Decimal:
        """By how much its net amount went up."""
        return counted(self.after) - counted(self.before)

    @property
    def line(self) -> Any:
        return self.after or self.before

    def field(self, name: str) -> FieldChange | None:
        return next((one for one in self.fields if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that differs between an earlier and a later quote."""

    before: Quote
    after: Quote
    lines: list[LineDifference]
    header: list[FieldChange]

    @property
    def same_currency(self) -> bool:
        return bool(self.before.currency_id == self.after.currency_id)

    @property
    def difference(self) -> Decimal | None:
        """By how much the total went up; nothing where the two are in different currencies."""
        return self.after.total - self.before.total if self.same_currency else None

    @property
    def public_header(self) -> list[FieldChange]:
        """What of the header the customer may read."""
        return [one for one in self.header if not one.is_internal]

    @property
    def differing(self) -> list[LineDifference]:
        return [one for one in self.lines if one.kind != "same"]

    @property
    def count_same(self) -> int:
        return len(self.lines) - len(self.differing)


def compare(before: Quote, after: Quote) -> Comparison:
    """What changed from the one to the other; two queries beside the two quotes."""
    return Comparison(before, after, compare_lines(before, after), header_changes(before, after))


def compare_lines(before: Quote, after: Quote) -> list[LineDifference]:
    """The lines of both in the order of the later one, removed ones behind what they stood behind."""
    old, new = lines_in_order(before), lines_in_order(after)
    partner = matched(old, new)
    found = [
        LineDifference(twin, line, line_changes(twin, line, before, after) if twin else ())
        for line in new
        for twin in [partner.get(line.pk)]
    ]
    kept = {twin.pk for twin in partner.values()}
    place: dict[int, int] = {one.before.pk: at for at, one in enumerate(found) if one.before}
    for at, line in enumerate(old):
        if line.pk in kept:
            continue
        ahead = next((place[one.pk] for one in reversed(old[:at]) if one.pk in place), -1)
        found.insert(ahead + 1, LineDifference(line, None))
        place = {one.before.pk: at for at, one in enumerate(found) if one.before}
    return found


def lines_in_order(quote: Quote) -> list[QuoteLine]:
    found = quote.lines.select_related("product", "unit", "tax_code").order_by()
    return sorted(found, key=lambda line: (line.position, line.pk))


# --- which lines belong together ---------------------------------------------------------------------------


def matched(old: Sequence[QuoteLine], new: Sequence[QuoteLine]) -> dict[int, QuoteLine]:
    """The earlier line of each later one, by the later one's primary key."""
    found: dict[int, QuoteLine] = {}
    left = {line.pk: line for line in old}
    for sign in SIGNS:
        waiting = [line for line in new if line.pk not in found]
        for line, twin in twins(list(left.values()), waiting, sign):
            found[line.pk] = left.pop(twin.pk)
    waiting = [line for line in new if line.pk not in found and line.product_id is None]
    if len(waiting) * len(left) <= MOST_READ:
        for line in waiting:
            if alike := similar(line, list(left.values())):
                found[line.pk] = left.pop(alike.pk)
    return found


Sign = Callable[[QuoteLine], Hashable]
SIGNS: tuple[Sign, ...] = (
    # Copies are the same in every figure: of several lines of one product these belong together first.
    lambda line: (
        line.is_text,
        line.opportunity_line_id,
        line.product_id,
        words(line),
        line.quantity,
        line.unit_price,
    ),
    lambda line: line.opportunity_line_id and (line.is_text, line.opportunity_line_id, line.product_id),
    lambda line: line.product_id and (line.product_id, words(line)),
    lambda line: line.product_id,
    lambda line: (line.is_text, words(line)),
)


def twins(
    old: Sequence[QuoteLine], new: Sequence[QuoteLine], sign: Sign
) -> Iterator[tuple[QuoteLine, QuoteLine]]:
    """Pairs with the same sign, in their order; lines without one wait for the next."""
    waiting: dict[Hashable, list[QuoteLine]] = {}
    for line in old:
        if (key := sign(line)) is not None:
            waiting.setdefault(key, []).append(line)
    for line in new:
        if (key := sign(line)) is not None and waiting.get(key):
            yield line, waiting[key].pop(0)


def words(line: PricedLine) -> str:
    return " ".join(line.description.casefold().split())


def similar(line: QuoteLine, left: Sequence[QuoteLine]) -> QuoteLine | None:
    """The line in our own words that reads most like this one."""
    rated = [
        (SequenceMatcher(None, words(one), words(line)).ratio(), one)
        for one in left
        if one.product_id is None and one.is_text == line.is_text
    ]
    best = max(rated, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] >= SIMILAR else None


# --- what differs --------------------------------------------------------------------------------------------


def line_changes(old: QuoteLine, new: QuoteLine, before: Quote, after: Quote) -> tuple[FieldChange, ...]:
    """What of the line reads differently."""
    found = []
    for name, label, read in LINE_FIELDS:
        texts = read(old, before), read(new, after)
        if texts[0] != texts[1]:
            found.append(FieldChange(name, label, *texts))
    return tuple(found)


def counted(line: QuoteLine | None) -> Decimal:
    """What the line brings to the sum; an option not before it is chosen."""
    return line.net if line is not None and line.counts else ZERO


def money(amount: Decimal | None, quote: Quote) -> str:
    return formats.money(amount, quote.currency.code)


def discount_of(line: PricedLine, quote: Quote) -> str:
    if line.discount_amount is not None:
        return money(line.discount_amount, quote)
    return formats.percent(line.discount_percent) if line.discount_percent else formats.NOTHING


def tax_of(line: PricedLine, _quote: Quote) -> str:
    code = f"{line.tax_code} · " if line.tax_code else ""
    return f"{code}{formats.percent(line.tax_rate)}"


def price_of(line: PricedLine, quote: Quote) -> str:
    """What one costs, volume discount taken off; four decimals where it has them."""
    price = line.unit_price - line.volume_discount
    has = -price.normalize().as_tuple().exponent  # type: ignore[operator]
    return money(price, quote) if has <= quote.currency.digits else formats.number(price)


def priced(read: Callable[[PricedLine, Quote], str]) -> Callable[[QuoteLine, Quote], str]:
    """A heading and a note have no figures."""
    return lambda line, quote: formats.NOTHING if line.is_text else read(line, quote)


LINE_FIELDS: tuple[tuple[str, Any, Callable[[QuoteLine, Quote], str]], ...] = (
    ("kind", _("Kind"), lambda line, _quote: str(line.get_kind_display())),
    ("description", _("Description"), lambda line, _quote: line.description),
    ("quantity", _("Quantity"), priced(lambda line, _quote: formats.number(line.quantity))),
    ("unit", _("Unit"), priced(lambda line, _quote: line.unit.code if line.unit else formats.NOTHING)),
    ("unit_price", _("Price"), priced(price_of)),
    ("discount", _("Discount"), priced(discount_of)),
    ("tax", _("Tax"), priced(tax_of)),
    ("net", _("Net"), priced(lambda line, quote: money(line.net, quote))),
)


def header_changes(before: Quote, after: Quote) -> list[FieldChange]:
    """What of the header reads differently, both addresses in one piece each."""
    found = []
    for name, label, read, is_internal in HEADER_FIELDS:
        texts = read(before) or formats.NOTHING, read(after) or formats.NOTHING
        if texts[0] != texts[1]:
            found.append(FieldChange(name, label, *texts, is_internal))
    return found


def text(name: str) -> Callable[[Quote], str]:
    return lambda quote: str(getattr(quote, name) or "")


def day(name: str) -> Callable[[Quote], str]:
    return lambda quote: formats.day_text(getattr(quote, name)) if getattr(quote, name) else ""


def sum_of(name: str) -> Callable[[Quote], str]:
    return lambda quote: money(getattr(quote, name), quote) if getattr(quote, name) else ""


def address(side: str) -> Callable[[Quote], str]:
    parts = [name for name in Quote.ADDRESS_FIELDS if name.startswith(side)]
    return lambda quote: ", ".join(filter(None, (getattr(quote, name) for name in parts)))


HEADER_FIELDS: tuple[tuple[str, Any, Callable[[Quote], str], bool], ...] = (
    ("name", _("Name"), text("name"), False),
    ("account", _("Account"), text("account"), False),
    ("contact", _("Contact"), text("contact"), False),
    ("currency", _("Currency"), text("currency"), False),
    ("price_list", _("Price list"), text("price_list"), True),
    ("expires_on", _("Expires"), day("expires_on"), False),
    ("effective_from", _("Effective from"), day("effective_from"), False),
    ("effective_to", _("Effective to"), day("effective_to"), False),
    ("payment_terms", _("Payment terms"), text("payment_terms"), False),
    ("discount_percent", _("Discount"), lambda quote: formats.percent(quote.discount_percent)
     if quote.discount_percent else "", False),
    ("discount_amount", _("Discount amount"), sum_of("discount_amount"), False),
    ("freight", _("Freight"), sum_of("freight"), False),
    ("freight_terms", _("Freight terms"), text("freight_terms"), False),
    ("shipping_method", _("Shipping method"), text("shipping_method"), False),
    ("requested_delivery_on", _("Requested delivery"), day("requested_delivery_on"), False),
    ("terms_text", _("Terms"), text("terms_text"), False),
    ("bill_to", _("Bill to"), address("bill_to"), False),
    ("ship_to", _("Ship to"), address("ship_to"), False),
    ("owner", _("Owner"), lambda quote: str(quote.owner or quote.team or ""), True),
)  # fmt: skip
