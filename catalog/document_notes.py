"""Remarks that follow from a document's customer and money: why it is not taxed, what it is worth in base currency."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from catalog.documents import PricedDocument
from catalog.models import Currency, ExchangeRate


def tax_note(document: PricedDocument) -> str:
    """What the law wants said of a document without tax, in the active language; empty where tax is charged."""
    account = document.account
    treatment = getattr(account, "tax_treatment", "normal")
    if treatment == "reverse_charge":
        note = _("Reverse charge: the tax is owed by the recipient.")
        number = str(getattr(account, "tax_number", ""))
        return (
            f"{note} {_('Tax number of the recipient: %(number)s') % {'number': number}}" if number else note
        )
    return _("Exempt from tax.") if treatment == "exempt" else ""


@dataclass(frozen=True, slots=True)
class BaseNote:
    """A total in base currency, by the rate that the document took along."""

    total: Decimal
    currency: str
    rate: Decimal
    since: dt.date | None


def base_note(document: Any) -> BaseNote | None:
    """What the document is worth in base currency; nothing for one that is in it already.

    Two queries for a document in another currency, none else.
    """
    if document.currency.is_base:
        return None
    base = Currency.objects.filter(is_base=True).first()
    if base is None:
        return None
    made = document.created_at.date()
    rates = ExchangeRate.objects.filter(currency=document.currency_id, rate=document.exchange_rate)
    since = (
        rates.filter(valid_from__lte=made)
        .order_by("-valid_from")
        .values_list("valid_from", flat=True)
        .first()
    )
    return BaseNote(document.total_base, base.code, document.exchange_rate, since)
