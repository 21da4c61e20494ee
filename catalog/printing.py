"""Priced documents on paper: the amounts as they are stored, in the customer's language, nothing computed anew."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

from django.utils.translation import override

from catalog.figures import show_amount
from catalog.printed_lines import LONG_TEXT, Rows, rate, widest
from kernel.customfields.facts import printed
from kernel.formats import day_text
from kernel.printing import Words, printable, printable_lines, render
from people.models import Organization
from people.printing import letterhead

FIGURES = ("no", "quantity", "unit", "price", "discount", "tax", "total")
AT_THE_END = {"quantity", "price", "discount", "tax", "total"}


class Place(NamedTuple):
    """An address as a document keeps it."""

    name: str
    street: str
    postcode: str
    city: str
    region: str
    country: str


class Sheet:
    """A document on its way to the paper; each kind says what it has besides lines and amounts."""

    kind: ClassVar[str]  # a key of the words; gives the title
    is_offer: ClassVar[bool] = False  # may be signed

    def __init__(self, document: Any, *, language: str = "") -> None:
        self.document = document
        self.organization = Organization.current()
        self.words = Words(
            language or self.language() or document.customer.language or self.organization.language
        )
        self.digits, self.currency = document.currency.digits, document.currency.code

    # --- what each kind says for itself ---

    def language(self) -> str:
        """The language of the document, where it has one of its own."""
        return ""

    def day(self) -> dt.date | None:
        """The day that stands on it."""
        return None

    def number(self) -> str:
        """What the document is called; empty while it has no number."""
        return str(self.document.ref)

    def mark(self) -> str:
        """What must not be overlooked, as a key of the words: draft, canceled."""
        return ""

    def facts(self) -> list[tuple[str, Any]]:
        """Keys of the words with texts or days; empty ones are left out."""
        return []

    def payment(self) -> list[str]:
        """How and when to pay, in sentences."""
        return []

    def terms(self) -> str:
        """The small print."""
        return ""

    # --- all of it ---

    def data(self) -> dict[str, Any]:
        """All that the template needs, as texts."""
        with override(self.words.tag):
            printed = Rows(self.document, self.words).printed()
            return self.head() | {
                "columns": self.columns(printed.rows),
                "rows": printed.rows,
                "totals": self.totals(printed.taxes),
                "after": self.after(printed.has_options),
                "terms": printable(self.terms(), lines=True),
                "accept": self.words("accept") if self.is_offer else "",
                "sign": [self.words(key) for key in ("place_date", "name", "signature")]
                if self.is_offer
                else [],
            }

    # --- the head ---

    def head(self) -> dict[str, Any]:
        words, day = self.words, self.day()
        made = day or self.document.updated_at.date()
        facts = [("date", day), *self.facts(), *self.customer_facts()]
        return words.setting() | {
            "seller": letterhead(self.organization, words),
            "title": words(self.kind),
            "number": printable(self.number()),
            "date": day_text(day) if day else "",
            "made": {"year": made.year, "month": made.month, "day": made.day},
            "mark": words(mark) if (mark := self.mark()) else "",
            "subject": printable(self.document.name),
            "to": self.recipient(),
            "facts": [[words(key), self.shown(value)] for key, value in facts if value] + self.added_facts(),
            "words": {key: words(key) for key in ("page", "carried_forward", "brought_forward")},
        }

    def added_facts(self) -> list[list[str]]:
        """What the fields say that the organization has added and wants on paper, by their own labels."""
        return [[printable(label), printable(text, lines=True)] for label, text in printed(self.document)]

    def shown(self, value: Any) -> str:
        return day_text(value) if isinstance(value, dt.date) else printable(value, lines=True)

    def place(self, kind: str) -> Place:
        """An address of the document; the bill goes to the customer's own when the document names none."""
        document, customer = self.document, self.document.customer
        place = Place(*(getattr(document, f"{kind}_{part}") for part in Place._fields))
        if kind == "bill_to" and not (place.street or place.city):
            place = Place(place.name, *(getattr(customer, part) for part in Place._fields[1:]))
        return place if place.name or kind != "bill_to" else place._replace(name=str(customer))

    def address(self, place: Place, person: str = "") -> list[str]:
        """The lines of an envelope; the country stands there only abroad."""
        town = f"{place.postcode} {place.city}".strip()
        is_abroad = place.country and place.country != self.organization.country
        country = self.words.country(place.country) if is_abroad else ""
        return printable_lines([place.name, person, place.street, town, place.region, country])

    def recipient(self) -> list[str]:
        place, contact = self.place("bill_to"), self.document.contact
        person = str(contact) if contact and self.document.account else ""
        return self.address(place, person if person != place.name else "")

    def elsewhere(self) -> list[str]:
        """Where the goods go, if that is not where the bill goes."""
        there, here = self.place("ship_to"), self.place("bill_to")
        is_same = there._replace(name=there.name or here.name) == here
        return [] if is_same or not (there.street or there.city) else self.address(there)

    def customer_facts(self) -> list[tuple[str, Any]]:
        document = self.document
        owner = document.owner
        return [
            ("customer_number", document.customer.number),
            ("your_tax_number", document.account.tax_number if document.account else ""),
            ("contact_person", "\n".join(filter(None, [str(owner), owner.email])) if owner else ""),
            ("ship_to", "\n".join(self.elsewhere())),
        ]

    # --- the lines ---

    def columns(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """The columns that say anything, each with the texts that are candidates for its widest."""
        titles = {name: self.words("amount" if name == "total" else name) for name in (*FIGURES, "item")}
        titles["total"] += f" {self.currency}"
        used = [name for name in FIGURES if any(row.get(name) for row in rows)]
        names = [name for name in ("no", "item", *FIGURES[1:]) if name in used or name in ("item", "total")]
        return [
            {
                "name": name,
                "title": titles[name],
                "end": name in AT_THE_END,
                "widest": [] if name == "item" else widest(rows, name),
            }
            for name in names
        ]

    # --- the sums ---

    def totals(self, taxes: dict[Decimal, tuple[Decimal, Decimal]]) -> list[dict[str, Any]]:
        document, words = self.document, self.words
        found: list[tuple[str, Decimal]] = []
        if document.header_discount_amount or document.freight:
            found.append((words("subtotal"), document.detail_amount))
        if document.header_discount_amount:
            found.append((words("document_discount"), -document.header_discount_amount))
        if document.freight:
            found.append((words("freight"), document.freight))
        found.append((words("net"), document.net_amount))
        for percent, (taxed, tax) in sorted(taxes.items()):
            if tax:
                found.append((words("tax_on", rate=rate(percent), base=self.money(taxed)), tax))
        rows = [{"label": label, "amount": self.money(amount), "grand": False} for label, amount in found]
        grand = {
            "label": words("total", currency=self.currency),
            "amount": self.money(document.total),
            "grand": True,
        }
        return [*rows, grand]

    def money(self, amount: Decimal) -> str:
        return show_amount(amount, self.digits)

    # --- what follows ---

    def after(self, has_options: bool) -> list[dict[str, Any]]:
        texts = [("", self.words("options_apart"))] if has_options else []
        if not self.document.total_tax and self.document.account:
            treatment = self.document.account.tax_treatment
            texts += [("", self.words(treatment))] if treatment in ("reverse_charge", "exempt") else []
        if payment := self.payment():
            texts.append((self.words("payment_terms"), "\n".join(payment)))
        shown = [(title, printable(text, lines=True)) for title, text in texts]
        return [
            {"title": title, "text": text, "long": len(text) > LONG_TEXT} for title, text in shown if text
        ]


def document_pdf(sheet: Sheet) -> bytes:
    """The document as a PDF."""
    return render("document.typ", sheet.data())
