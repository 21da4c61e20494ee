"""A quote as its customer reads it: rows and sums as texts, with the options they tick; nothing is saved here."""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from catalog.documents import LineKind, PricedLine
from catalog.figures import show_figure
from catalog.lines import lines_of
from catalog.payment_words import payment_texts
from catalog.totals import reprice
from kernel.formats import day_text, money, percent
from kernel.printing import Words
from people.models import Organization
from quotes.models import Quote
from quotes.wording import PageWords, words_for

TAXED_BEFORE_DISCOUNT = "dynamics"  # the profile that taxes what is there before the document's discount
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Row:
    """A line as it stands on the page."""

    kind: str
    key: str
    text: str
    amount: str = ""
    details: str = ""  # how many at what price, and what is taken off
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """One of the figures below the lines."""

    label: str
    amount: str
    grand: bool = False


class CustomerSheet:
    """What the customer page shows of a quote; ``chosen`` are the keys of the options that count.

    Made and drawn under ``override(sheet.words.tag)``, so that figures and days read in the customer's language.
    """

    def __init__(self, quote: Quote, *, chosen: Collection[UUID] = ()) -> None:
        self.quote = quote
        self.organization = Organization.current()
        self.words: PageWords = words_for(quote.language, self.organization)
        self.lines: Sequence[PricedLine] = lines_of(quote)
        self.seal = seal_of(quote, self.lines)
        self.options = {line.key for line in self.lines if line.kind == LineKind.OPTIONAL}
        self.chosen = self.options & set(chosen)
        if self.chosen:
            take(quote, self.lines, self.chosen)

    # --- lines ---

    def rows(self) -> list[Row]:
        """The lines in order, as texts."""
        return [self.row(line) for line in self.lines]

    def row(self, line: PricedLine) -> Row:
        text = line.description
        if line.is_text:
            return Row(line.kind, str(line.key), text)
        if line.kind == LineKind.INCLUDED:
            return Row(line.kind, str(line.key), text, self.words("included"), self.how_many(line))
        kind = LineKind.OPTIONAL.value if line.key in self.options else line.kind
        details = self.words("per", quantity=self.how_many(line), price=self.price(line.unit_price))
        if off := self.taken_off(line):
            details = f"{details}, {self.words('discount_of', discount=off)}"
        return Row(kind, str(line.key), text, self.money(line.net), details, line.key in self.chosen)

    def how_many(self, line: PricedLine) -> str:
        return f"{show_figure(line.quantity)} {line.unit.code if line.unit else ''}".strip()

    def taken_off(self, line: PricedLine) -> str:
        """The discounts of the line: per unit, in percent, as an amount."""
        parts = [self.price(line.volume_discount)] if line.volume_discount else []
        parts += [percent(line.discount_percent)] if line.discount_percent else []
        parts += [self.money(line.discount_amount)] if line.discount_amount else []
        return " + ".join(parts)

    # --- sums ---

    def sums(self) -> list[Sum]:
        """From the lines to the total, the same steps as on paper."""
        quote, words = self.quote, self.words
        found: list[tuple[str, Decimal]] = []
        if quote.header_discount_amount or quote.freight:
            found.append((words("subtotal"), quote.detail_amount))
        if quote.header_discount_amount:
            found.append((words("document_discount"), -quote.header_discount_amount))
        if quote.freight:
            found.append((words("freight"), quote.freight))
        found.append((words("net"), quote.net_amount))
        for rate, taxed, tax in self.taxes():
            found.append((words("tax_on", rate=percent(rate), base=self.money(taxed)), tax))
        label = words("total_with") if self.chosen else words("total")
        return [
            *(Sum(name, self.money(amount)) for name, amount in found),
            Sum(label, self.money(quote.total), True),
        ]

    def taxes(self) -> Iterable[tuple[Decimal, Decimal, Decimal]]:
        """Each rate with what it is taken of and what it comes to."""
        sums: dict[Decimal, tuple[Decimal, Decimal]] = {}
        before_discount = self.quote.rounding_profile == TAXED_BEFORE_DISCOUNT
        parts = [
            (line.tax_rate, line.net if before_discount else line.net - line.header_discount, line.tax)
            for line in self.lines
            if line.counts
        ]
        for rate, taxed, tax in [
            *parts,
            (self.quote.freight_tax_rate, self.quote.freight, self.quote.freight_tax),
        ]:
            base, so_far = sums.get(rate, (ZERO, ZERO))
            sums[rate] = (base + taxed, so_far + tax)
        return [(rate, base, tax) for rate, (base, tax) in sorted(sums.items()) if tax]

    # --- around them ---

    @property
    def total(self) -> str:
        return self.money(self.quote.total)

    def money(self, amount: Decimal) -> str:
        return money(amount, self.quote.currency.code)

    def price(self, amount: Decimal) -> str:
        """A price of one unit: with more decimals than the currency where it has them."""
        digits = self.quote.currency.digits
        plain = amount.normalize()
        exponent: Any = plain.as_tuple().exponent
        return self.money(amount) if -exponent <= digits else show_figure(plain, digits)

    def facts(self) -> list[tuple[str, str]]:
        """What is agreed beside the lines, as label and text."""
        quote, words = self.quote, self.words
        paper = Words(words.language)
        owner = quote.owner
        person = ", ".join(filter(None, [str(owner), owner.email])) if owner else ""
        wished = day_text(quote.requested_delivery_on) if quote.requested_delivery_on else ""
        found = [
            ("dated", day_text(timezone.localtime(quote.sent_at or quote.created_at).date())),
            ("payment_terms", "\n".join(payment_texts(quote.payment_terms, paper))),
            ("delivery", wished),
            ("freight_terms", quote.freight_terms),
            ("shipping_method", quote.shipping_method),
            ("contact_person", person),
        ]
        return [(words(key), text) for key, text in found if text]

    @property
    def validity(self) -> str:
        """How long it still holds."""
        if self.quote.expires_on is None:
            return ""
        words, left = self.words, (self.quote.expires_on - timezone.localdate()).days
        until = f"{words('valid_until')} {day_text(self.quote.expires_on)}"
        if left < 0:
            return until
        rest = words("last_day") if not left else words("day_left") if left == 1 else ""
        return f"{until} · {rest or words('days_left', count=left)}"

    @property
    def terms(self) -> str:
        return self.quote.terms_text or self.organization.quote_terms


def take(quote: Quote, lines: Sequence[PricedLine], chosen: Collection[UUID]) -> None:
    """Let the options count, in memory: at the prices and rates that were offered."""
    for line in lines:
        if line.key in chosen:
            line.kind = LineKind.ITEM.value
    reprice(quote, lines)


def total_with(quote: Quote, chosen: Collection[UUID]) -> Decimal:
    """What the quote comes to with these options; the quote in hand stays as it is."""
    copy: Quote = Quote.objects.select_related("currency").get(pk=quote.pk)
    if chosen:
        take(copy, lines_of(copy), chosen)
    return copy.total


def seal_of(quote: Quote, lines: Sequence[PricedLine]) -> str:
    """A fingerprint of what is offered: equal as long as nothing that binds has changed, however often it was sent."""
    columns = ("kind", "key", "position", "description", "quantity", "unit_price", "net", "tax")
    binding = [[str(getattr(line, name)) for name in columns] for line in lines]
    head = [quote.pk, str(quote.total), str(quote.expires_on), quote.terms_text, quote.payment_terms_id]
    return hashlib.sha256(json.dumps([head, binding]).encode()).hexdigest()[:32]
