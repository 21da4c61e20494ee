"""What is read about quotes: their revisions, their siblings, and what changed between two of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from opportunities.models import Opportunity
from quotes.models import Quote, QuoteLine

RELATED = (
    "account", "contact", "currency", "price_list", "payment_terms", "opportunity", "owner", "team",
    "freight_tax_code",
)  # fmt: skip


def revisions(quote: Quote) -> list[Quote]:
    """All revisions of the quote, the newest first."""
    found = Quote.objects.filter(number=quote.number).select_related("currency")
    # Sorted here: for an ORDER BY Django compares each expression with every column, which costs more.
    return sorted(found, key=lambda one: -one.revision)


def open_quotes(opportunity: Opportunity) -> QuerySet[Quote]:
    """What is still offered for a deal, or about to be."""
    found = Quote.objects.filter(
        opportunity=opportunity, status__in=[Quote.Status.DRAFT, Quote.Status.ACTIVE]
    )
    return found.select_related("currency").order_by("-id")


@dataclass(frozen=True)
class LineDifference:
    """A line in two revisions; one of them is missing where it was added or removed."""

    before: QuoteLine | None
    after: QuoteLine | None

    @property
    def kind(self) -> str:
        if self.before is None or self.after is None:
            return "added" if self.before is None else "removed"
        return "changed" if self.changed else "same"

    @property
    def changed(self) -> set[str]:
        """The columns in which the two differ."""
        names = (
            "quantity",
            "unit_price",
            "discount_percent",
            "discount_amount",
            "tax_rate",
            "net",
            "description",
        )
        return {name for name in names if getattr(self.before, name) != getattr(self.after, name)}

    @property
    def difference(self) -> Decimal:
        zero = Decimal(0)
        return (self.after.net if self.after else zero) - (self.before.net if self.before else zero)

    @property
    def line(self) -> Any:
        return self.after or self.before


def compared(before: Quote, after: Quote) -> list[LineDifference]:
    """The lines of two revisions side by side: those of one product (or one description) belong together."""
    left = by_subject(before.lines.select_related("product"))
    found = []
    for subject, lines in by_subject(after.lines.select_related("product")).items():
        olds = left.pop(subject, [])
        for index in range(max(len(olds), len(lines))):
            old = olds[index] if index < len(olds) else None
            found.append(LineDifference(old, lines[index] if index < len(lines) else None))
    found += [LineDifference(old, None) for olds in left.values() for old in olds]
    return found


def by_subject(lines: Iterable[QuoteLine]) -> dict[Any, list[QuoteLine]]:
    subjects: dict[Any, list[QuoteLine]] = {}
    for line in lines:
        subjects.setdefault(line.product_id or line.description.casefold(), []).append(line)
    return subjects
