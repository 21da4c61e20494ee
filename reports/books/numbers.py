"""Numbers name one record each, and where the law wants it none is missing."""

import re
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Model

from customers.models import Account, Contact
from invoices.models import Invoice, Payment
from kernel.models import NumberSeries
from leads.models import Lead
from opportunities.models import Opportunity
from orders.models import Order
from quotes.models import Quote
from reports.books.batches import Batch
from reports.books.checks import Wrong, check

NUMBERED: tuple[tuple[type[Model], tuple[str, ...]], ...] = (
    (Account, ("number",)), (Contact, ("number",)), (Lead, ("number",)), (Opportunity, ("number",)),
    (Quote, ("number", "revision")), (Order, ("number",)), (Invoice, ("number",)), (Payment, ("number",)),
)  # fmt: skip
GAPLESS = ("invoice", "credit_note")
MOST_TOLD = 50  # gaps of a series that are told one by one


@check("number_repeated", hint="Give all but the first a new number, and tell whoever knows them by it")
def number_repeated(batch: Batch) -> Iterator[Wrong]:
    """A number (of a quote: with its revision) stands for one record."""
    for model, names in NUMBERED:
        rows = model._default_manager.exclude(number=None).order_by().values(*names)
        for row in rows.annotate(times=Count("pk")).filter(times__gt=1).iterator():
            number = " revision ".join(str(row[name]) for name in names)
            yield Wrong(f"{model._meta.verbose_name} {number}", "several have this number", 1, row["times"])


@check("number_missing", Invoice, hint="Confirm it, which gives the number, or call it off")
def number_missing(batch: Batch) -> Iterator[Wrong]:
    """What is confirmed has a number, and what has a number was confirmed."""
    for invoice in batch.documents:
        drafted = invoice.status_reason == Invoice.Reason.NEW
        if invoice.number is None and not drafted and invoice.status != Invoice.Status.CANCELED:
            yield Wrong(f"invoice {invoice.public_id}", "it is confirmed and has no number")
        if invoice.number is not None and drafted:
            yield Wrong(invoice, "it has a number and is still new", "no number", invoice.number)


@check(
    "number_gap", hint="Find out what became of the number: it must be accounted for, as canceled at least"
)
def number_gap(batch: Batch) -> Iterator[Wrong]:
    """Invoices and credit notes made here are numbered without gaps, series by series."""
    for kind in GAPLESS:
        series = list(NumberSeries.objects.filter(kind=kind))
        used = {row.pk: bytearray(row.last // 8 + 1) for row in series}
        patterns = [(row, pattern_of(row)) for row in series]
        mine = Invoice.objects.filter(kind=kind, is_pulled=False).exclude(number=None).order_by()
        for number in mine.values_list("number", flat=True).iterator(chunk_size=2000):
            row, counter = place(number or "", patterns)
            if row is None or not 0 < counter <= row.last:
                yield Wrong(f"{kind} {number}", "no series has given this number")
            else:
                used[row.pk][counter // 8] |= 1 << counter % 8
        for row in series:
            yield from gaps(row, used[row.pk])


def pattern_of(row: NumberSeries) -> re.Pattern[str]:
    """What numbers of the series look like."""
    text = re.escape(row.pattern).replace(r"\{year\}", str(row.year))
    return re.compile(re.sub(r"\\\{counter.*?\\\}", r"(\\d+)", text))


def place(number: str, patterns: list[tuple[NumberSeries, re.Pattern[str]]]) -> tuple[Any, int]:
    for row, pattern in patterns:
        if found := pattern.fullmatch(number):
            return row, int(found.group(1))
    return None, 0


def gaps(row: NumberSeries, used: bytearray) -> Iterator[Wrong]:
    told = 0
    for counter in range(1, row.last + 1):
        if not used[counter // 8] >> counter % 8 & 1:
            told += 1
            if told <= MOST_TOLD:
                number = row.pattern.format(year=row.year, counter=counter)
                yield Wrong(f"{row.kind} {number}", "the number was given and nothing has it")
    if told > MOST_TOLD:
        yield Wrong(str(row), "so many more numbers are missing", 0, told - MOST_TOLD)
