"""What is read about customers across the records that lead to them."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import ngettext

from customers.models import Account, Contact
from kernel.errors import Blocker
from kernel.jinja import url
from people.access import visible
from people.models import User

# What counts as open business, by the name under which the records above hang on their customer.
OPEN_BUSINESS: dict[str, tuple[str, ...]] = {
    "leads": ("open",),
    "opportunitys": ("open",),
    "quotes": ("draft", "active"),
    "orders": ("active", "submitted"),
    "invoices": ("active",),
}


def open_business(customer: Account | Contact) -> list[Blocker]:
    """Everything that still runs with this customer, one blocker a kind of record."""
    found = []
    for relation, statuses in OPEN_BUSINESS.items():
        records: QuerySet[Any] = getattr(customer, relation).filter(status__in=statuses)
        if count := records.count():
            words = (
                records.model._meta.verbose_name if count == 1 else records.model._meta.verbose_name_plural
            )
            text = ngettext("%(count)s open %(what)s", "%(count)s open %(what)s", count)
            address = url(f"{records.model._meta.app_label}:list")
            fix_url = f"{address}?q={customer.name}" if address else ""
            found.append(
                Blocker(f"open_{relation}", text % {"count": count, "what": words}, relation, "", fix_url)
            )
    return found


def documents_of(customer: Account | Contact, user: User, *, limit: int = 5) -> list[dict[str, Any]]:
    """What runs and ran with this customer, newest first, as far as the reader may see it."""
    return [
        {
            "kind": relation,
            "label": records.model._meta.verbose_name_plural,
            "rows": list(records.order_by("-id")[:limit]),
            "open": records.filter(status__in=statuses).count(),
            "url": url(f"{records.model._meta.app_label}:list"),
        }
        for relation, statuses in OPEN_BUSINESS.items()
        for records in [visible(user, related(customer, relation))]
    ]


def related(customer: Account | Contact, relation: str) -> QuerySet[Any]:
    """The customer's records of one kind, with the currency their amounts are in."""
    records: QuerySet[Any] = getattr(customer, relation).all()
    return records if relation == "leads" else records.select_related("currency")


def account_named(text: str, user: User) -> Account | None:
    """The one account that a person means by what they typed: number, name, or the words in it."""
    return named(visible(user, Account.objects.filter(is_active=True)), text, Q(name__iexact=text.strip()))


def contact_named(text: str, user: User) -> Contact | None:
    """The one contact that a person means by what they typed: number, e-mail, or the words in the name."""
    return named(visible(user, Contact.objects.filter(is_active=True)), text, Q(email__iexact=text.strip()))


def named(records: Any, text: str, exactly: Q) -> Any:
    """The record of that number, else the only one called so, else the only one that search finds."""
    number = text.split(" ", 1)[0].strip()
    if found := records.filter(number__iexact=number).first():
        return found
    for narrowed in (records.filter(exactly), records.matching(text)):
        rows = list(narrowed[:2])
        if len(rows) == 1:
            return rows[0]
    return None
