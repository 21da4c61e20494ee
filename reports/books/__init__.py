"""The books: everything that must hold in a whole database, proved record by record (docs/books.md)."""

from collections.abc import Collection, Iterator

from django.db.models import Model

from invoices.models import Invoice, Payment
from leads.models import Lead
from opportunities.models import Opportunity
from orders.models import Order
from quotes.models import Quote
from reports.books import amounts, chain, ledger, messages, numbers, progress, quantities, states, tallies
from reports.books.batches import Batch, base_digits, in_batches
from reports.books.checks import CHECKS, Check, Finding

__all__ = ["CHECKS", "KINDS", "MODULES", "Check", "Finding", "verify"]

MODULES = (states, numbers, chain, amounts, quantities, progress, ledger, messages, tallies)
KINDS: tuple[type[Model], ...] = (Lead, Opportunity, Quote, Order, Invoice, Payment)


def verify(only: Collection[str] = ()) -> Iterator[Finding]:
    """What does not hold, as it is found; of all checks, or of those with these codes.

    Reads the database in batches, so that memory does not grow with it. Records that change meanwhile may be told
    although they are right: run it where nobody works, or once more.
    """
    chosen = [check for check in CHECKS if not only or check.code in only]
    digits = base_digits()
    for check in chosen:
        if not check.of:
            yield from check.findings(Batch([], digits))
    for model in KINDS:
        of_kind = [check for check in chosen if model in check.of]
        if not of_kind:
            continue
        for batch in in_batches(model, digits):
            for check in of_kind:
                yield from check.findings(batch)
