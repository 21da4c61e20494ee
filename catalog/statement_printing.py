"""A customer's statement of account on paper."""

import re
from collections.abc import Sequence
from typing import Any

from django.utils.translation import override

from catalog.figures import show_amount
from kernel.formats import day_text
from kernel.printing import Words, printable, printable_lines, render
from kernel.statements import AgeingBucket, StatementEntry, StatementSheet
from people.models import Organization
from people.printing import letterhead

COUNTRY_CODE = re.compile("[A-Z]{2}")
COLUMNS = ("date", "document", "due", "charge", "payment", "balance")
FIGURES = ("charge", "payment", "balance")


def statement_pdf(sheet: StatementSheet) -> bytes:
    """The statement as a PDF, in its language or the organization's."""
    return render("statement.typ", statement_data(sheet))


def statement_data(sheet: StatementSheet) -> dict[str, Any]:
    """All that the template needs, as texts."""
    organization = Organization.current()
    words = Words(sheet.language or organization.language)
    with override(words.tag):
        paper = Paper(sheet, words)
        return words.setting() | {
            "seller": letterhead(organization, words),
            "title": words("statement"),
            "number": "",
            "date": day_text(sheet.as_of),
            "made": {"year": sheet.as_of.year, "month": sheet.as_of.month, "day": sheet.as_of.day},
            "mark": "",
            "subject": "",
            "to": envelope(sheet, organization, words),
            "facts": paper.facts(),
            "words": {key: words(key) for key in ("page", "carried_forward", "brought_forward")},
            "columns": paper.columns(),
            "opening": paper.row({"document": words("opening"), "date": sheet.since}, sheet.opening),
            "rows": [paper.entry(entry) for entry in sheet.entries],
            "closing": {
                "label": f"{words('closing')} {sheet.currency}",
                "amount": paper.money(sheet.closing),
            },
            "ageing_title": f"{words('ageing')} ({sheet.currency})",
            "ageing": paper.ageing(sheet.ageing),
        }


def envelope(sheet: StatementSheet, organization: Organization, words: Words) -> list[str]:
    """The customer's address; a country stands there only abroad, and by its name."""
    lines, code = list(sheet.address), sheet.country
    if not code and lines and COUNTRY_CODE.fullmatch(lines[-1]):
        code = lines.pop()
    country = words.country(code) if code and code != organization.country else ""
    return printable_lines([sheet.customer, *lines, country])


class Paper:
    """The parts of a statement as texts."""

    def __init__(self, sheet: StatementSheet, words: Words) -> None:
        self.sheet, self.words = sheet, words

    def money(self, amount: Any) -> str:
        return show_amount(amount, self.sheet.digits)

    def facts(self) -> list[list[str]]:
        sheet, words = self.sheet, self.words
        period = words("from_to", since=day_text(sheet.since), until=day_text(sheet.as_of))
        overdue = f"{self.money(sheet.overdue)} {sheet.currency}" if sheet.overdue else ""
        facts = [
            ("as_of", day_text(sheet.as_of)),
            ("period", period),
            ("customer_number", sheet.number),
            ("your_tax_number", sheet.tax_number),
            ("closing", f"{self.money(sheet.closing)} {sheet.currency}"),
            ("overdue", overdue),
        ]
        return [[words(key), printable(value)] for key, value in facts if value]

    def columns(self) -> list[dict[str, Any]]:
        return [
            {"name": name, "title": self.words(name), "end": name in FIGURES, "widest": self.widest(name)}
            for name in COLUMNS
        ]

    def widest(self, column: str) -> list[str]:
        """The few longest texts of a column; those of the description may be as long as they like."""
        if column == "document":
            return []
        rows = [self.entry(entry) for entry in self.sheet.entries]
        texts = {row[column] for row in rows} | {
            self.money(self.sheet.opening),
            self.money(self.sheet.closing),
        }
        if column in ("date", "due"):
            texts = {row[column] for row in rows} | {day_text(self.sheet.since)}
        return sorted(texts, key=len)[-3:]

    def entry(self, entry: StatementEntry) -> dict[str, str]:
        named = " ".join(filter(None, [self.words(entry.kind), entry.number]))
        shown = {
            "date": entry.on,
            "document": printable(named),
            "reference": printable(entry.reference),
            "due": entry.due_on,
            "charge": self.money(entry.charge) if entry.charge else "",
            "payment": self.money(entry.payment) if entry.payment else "",
        }
        return self.row(shown, entry.balance)

    def row(self, shown: dict[str, Any], balance: Any) -> dict[str, str]:
        empty = dict.fromkeys((*COLUMNS, "reference"), "")
        days = {name: day_text(shown[name]) for name in ("date", "due") if shown.get(name)}
        return (
            empty
            | {name: text or "" for name, text in shown.items()}
            | days
            | {"balance": self.money(balance)}
        )

    def ageing(self, buckets: Sequence[AgeingBucket]) -> list[dict[str, str]]:
        return [{"label": self.bucket(one), "amount": self.money(one.amount)} for one in buckets]

    def bucket(self, one: AgeingBucket) -> str:
        if one.from_days is None:
            return self.words("not_due")
        if one.to_days is None:
            return self.words("over_days", days=one.from_days - 1)
        return self.words("days_late", first=one.from_days, last=one.to_days)
