"""A statement of account as figures: who fills it knows the ledger, who prints it knows the paper."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class StatementEntry:
    """A document or a payment on a statement of account; one of ``charge`` and ``payment`` is zero.

    ``kind`` is one of invoice, credit_note, payment, refund, write_off; ``balance`` is what is owed after it.
    """

    on: dt.date
    kind: str
    number: str
    charge: Decimal
    payment: Decimal
    balance: Decimal
    reference: str = ""
    due_on: dt.date | None = None


@dataclass(frozen=True)
class AgeingBucket:
    """What is overdue by ``from_days`` to ``to_days`` days: no from means not yet due, no to means and longer."""

    from_days: int | None
    to_days: int | None
    amount: Decimal


@dataclass(frozen=True)
class StatementSheet:
    """A statement of account as figures; the words around them come in its language when it is printed."""

    customer: str
    address: Sequence[str]
    currency: str
    digits: int
    as_of: dt.date
    since: dt.date
    opening: Decimal
    closing: Decimal
    entries: Sequence[StatementEntry] = ()
    ageing: Sequence[AgeingBucket] = ()
    number: str = ""  # the customer's number with us
    tax_number: str = ""
    language: str = ""  # empty: the organization's
    country: str = ""
    overdue: Decimal = Decimal(0)
