"""Who may stand on a document: a customer one knows and still deals with."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError
from people.access import may
from people.models import Organization, User

PARTIES = frozenset({"account", "contact"})


def fill_from_customer(document: Any) -> None:
    """Give a new document its customer's addresses, language and terms where nothing was said; refuses no customer.

    The defaults of the customer's address book come before the address of the customer itself.
    """
    customer = document.customer
    if customer is None:
        raise DomainError(_("Choose a customer."), code="no_customer", field="account")
    if document.account and document.payment_terms_id is None:
        document.payment_terms_id = document.account.payment_terms_id
    if getattr(document, "language", None) == "":
        document.language = customer.language or Organization.current().language
    sides = [side for side in ("bill_to", "ship_to") if not getattr(document, f"{side}_name")]
    book = {one.kind: one for one in customer.addresses.filter(is_default=True)} if sides else {}
    for side in sides:
        address = book.get(side, customer)
        setattr(document, f"{side}_name", address.name or customer.name)
        for part in address.PARTS:
            setattr(document, f"{side}_{part}", getattr(address, part))


def refuse_unfit_customer(document: Any, by: User, names: Collection[str] = PARTIES) -> None:
    """Nobody deals with a customer that does not exist for them, with one we stopped dealing with, or with none."""
    for name in sorted(PARTIES & set(names)):
        customer = getattr(document, name)
        if customer is not None and not may(by, "view", customer):
            raise DomainError(_("There is no such %(what)s.") % {"what": name}, code="not_found", field=name)
    refuse_stopped_customer(document, names)
    if PARTIES & set(names) and document.account is None and document.contact is None:
        raise DomainError(_("Choose a customer."), code="no_customer", field="account")


def refuse_stopped_customer(document: Any, names: Collection[str] = PARTIES) -> None:
    """Nothing new for a customer we stopped dealing with."""
    for name in sorted(PARTIES & set(names)):
        customer = getattr(document, name)
        if customer is not None and not customer.is_active:
            raise DomainError(_("%(who)s is inactive.") % {"who": customer}, code="inactive", field=name)
