"""What is read about customers across the records that lead to them."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from customers.models import Account, Contact, ContactRole
from kernel.errors import Blocker
from kernel.jinja import url
from kernel.lifecycle import Step
from people.access import may, visible

# What counts as open business, by the name under which the records above hang on their customer.
OPEN_BUSINESS: dict[str, tuple[str, ...]] = {
    "leads": ("open",),
    "opportunitys": ("open",),
    "quotes": ("draft", "active"),
    "orders": ("active", "submitted"),
    "invoices": ("active",),
}


def open_business(customer: Account | Contact) -> list[Blocker]:
    """Everything that still runs with this customer, one blocker a kind of record, in one query."""
    found = []
    for relation, count in open_counts(customer).items():
        if not count:
            continue
        meta = relation_of(customer, relation).related_model._meta
        words = meta.verbose_name if count == 1 else meta.verbose_name_plural
        address = url(f"{meta.app_label}:list")
        which = {str(customer._meta.model_name): customer.ref}
        fix_url = f"{address}?{urlencode(which)}" if address else ""
        text = _("%(count)s open: %(what)s") % {"count": count, "what": words}
        found.append(Blocker(f"open_{meta.model_name}", text, relation, "", fix_url))
    return found


def open_counts(customer: Account | Contact, user: Any = None) -> dict[str, int]:
    """How much business of each kind is open (as far as ``user`` may see it), in one query."""
    counts = {}
    for relation, statuses in OPEN_BUSINESS.items():
        link = relation_of(customer, relation)
        name = link.field.name
        records = link.related_model.objects.filter(**{name: OuterRef("pk"), "status__in": statuses})
        if user is not None:
            records = visible(user, records)
        number = records.order_by().values(name).annotate(number=Count("pk")).values("number")
        counts[f"open_{relation}"] = Coalesce(Subquery(number), 0)
    found: Any = type(customer).objects.filter(pk=customer.pk).values(**counts).get()
    return {name.removeprefix("open_"): count for name, count in found.items()}


def relation_of(customer: Account | Contact, relation: str) -> Any:
    """The link by which records of an upper app hang on their customer."""
    return customer._meta.get_field(relation)


def switches(customer: Account | Contact, user: Any) -> list[Step]:
    """The button that takes a customer out of business or back into it."""
    if customer.is_active:
        if not may(user, "deactivate", customer):
            return []
        blockers = tuple(open_business(customer))
        return [Step("deactivate", _("Deactivate"), blockers, danger=True, asks=True)]
    if not may(user, "activate", customer):
        return []
    return [Step("activate", _("Activate"))]


def account_named(text: str, user: Any) -> Account | None:
    """The one account that a person means by what they typed: number, name, or the words in it."""
    accounts = visible(user, Account.objects.filter(is_active=True))
    found: Account | None = named(accounts, text, Q(name__iexact=text.strip()))
    return found


def contact_named(text: str, user: Any) -> Contact | None:
    """The one contact that a person means by what they typed: number, e-mail, or the words in the name."""
    contacts = visible(user, Contact.objects.filter(is_active=True))
    found: Contact | None = named(contacts, text, Q(email__iexact=text.strip()))
    return found


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


def suggestions(kind: str, text: str, user: Any, *, limit: int = 12) -> list[Any]:
    """Customers that somebody typing this may mean; with nothing typed the latest."""
    if user is None:
        return []
    model: Any = {"account": Account, "contact": Contact}[kind]
    found: Any = visible(user, model.objects.filter(is_active=True))
    return list(found.matching(text).order_by("-id")[:limit])


def role_names() -> list[str]:
    """The parts people play, in the organization's words."""
    return list(ContactRole.objects.filter(is_active=True).values_list("name", flat=True))
