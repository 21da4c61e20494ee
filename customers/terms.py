"""In which currency and by which price list a customer buys, unless it is said."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Currency
from catalog.rates import base_currency
from catalog.usual_lists import Usual, usual_list


def usual_terms(given: Mapping[str, Any]) -> dict[str, Any]:
    """Currency and price list of a document: those given, else the customer's, else the organization's."""
    price_list = given.get("price_list")
    currency = given.get("currency") or usual_currency(given)
    if price_list is None:
        price_list = usual_for(given, currency).price_list
    return {"currency": currency, "price_list": price_list}


def usual_currency(given: Mapping[str, Any]) -> Currency:
    """The currency of the list that was given, else the customer's own, else that of the customer's list."""
    if price_list := given.get("price_list"):
        return price_list.currency  # type: ignore[no-any-return]
    account = given.get("account") or getattr(given.get("contact"), "account", None)
    own = account and (account.currency or (account.price_list and account.price_list.currency))
    return own or base_currency()


def usual_for(given: Mapping[str, Any], currency: Currency) -> Usual:
    """The price list that the document gets, and why, on the day whose prices hold for it."""
    on: dt.date = given.get("effective_from") or timezone.localdate()
    return usual_list(given.get("account"), currency, on, contact=given.get("contact"))


def said_of_usual(document: Any) -> str:
    """What an empty price list means for this document, in a sentence for its form."""
    if document.account is None and document.contact is None:
        return _(
            "Left empty: the customer's own list, else the territory's, else the default of the currency."
        )
    names = ("account", "contact", "effective_from")
    found = usual_for({name: getattr(document, name, None) for name in names}, document.currency)
    if found.price_list is None:
        return _("Left empty: %(why)s.") % {"why": found.because}
    return _("Left empty: %(list)s, %(why)s.") % {"list": found.price_list, "why": found.because}
