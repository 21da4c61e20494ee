"""Terms of payment in the words of a document: days on an offer, dates on an invoice."""

import datetime as dt
from decimal import Decimal

from catalog.models import PaymentTerms
from catalog.printed_lines import rate
from kernel.formats import day_text
from kernel.printing import Words


def payment_texts(
    terms: PaymentTerms | None,
    words: Words,
    *,
    invoiced_on: dt.date | None = None,
    due_on: dt.date | None = None,
) -> list[str]:
    """When to pay, in sentences: with days for an offer, with dates for an invoice."""
    if terms is None:
        return [words("pay_by", date=day_text(due_on))] if due_on else []
    parts = terms.parts.order_by("position")
    found = [part_text(part.percent, part.days, words, invoiced_on) for part in parts]
    if invoiced_on and not due_on and terms.net_days:
        due_on = invoiced_on + dt.timedelta(terms.net_days)
    if not found and due_on:
        found.append(words("pay_by", date=day_text(due_on)))
    elif not found:
        found.append(words("pay_within", days=terms.net_days) if terms.net_days else words("pay_now"))
    if terms.early_percent:
        found.append(early_text(terms, words, invoiced_on))
    return found


def part_text(share: Decimal, days: int, words: Words, invoiced_on: dt.date | None) -> str:
    if invoiced_on:
        return words("part_by", percent=rate(share), date=day_text(invoiced_on + dt.timedelta(days)))
    return (
        words("part_within", percent=rate(share), days=days)
        if days
        else words("part_now", percent=rate(share))
    )


def early_text(terms: PaymentTerms, words: Words, invoiced_on: dt.date | None) -> str:
    share = rate(terms.early_percent)
    if invoiced_on:
        return words("early_by", percent=share, date=day_text(invoiced_on + dt.timedelta(terms.early_days)))
    return words("early_within", percent=share, days=terms.early_days)
