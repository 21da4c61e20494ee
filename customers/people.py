"""The people of a company: who belongs to it, and who has to do with it from elsewhere."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Q, QuerySet, Value, When

from customers.family import family_ids
from customers.models import Account, Affiliation, Contact
from people.access import visible

MOST = 50


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as the page of a company shows it; ``belongs`` is False for people of other companies."""

    contact: Contact
    role: str
    is_primary: bool
    belongs: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """Some of the people, and how many there are."""

    rows: list[Person]
    total: int


def people_rows(account: Account, user: Any, *, whole: bool = False) -> QuerySet[Contact]:
    """Everybody at the account that the reader may see; ``whole`` takes in the accounts below."""
    wanted: Any = family_ids(account.pk) if whole else [account.pk]
    tied = Affiliation.objects.filter(account__in=wanted).values("contact")
    return visible(user, Contact.objects.filter(Q(account__in=wanted) | Q(pk__in=tied)))


def people_of(
    account: Account, user: Any, *, whole: bool = False, words: str = "", most: int = MOST
) -> People:
    """The people with their roles, the primary one first, then by name; three queries."""
    found: Any = people_rows(account, user, whole=whole)
    if words.strip():
        found = found.matching(words)
    first = Case(When(pk=account.primary_contact_id, then=Value(0)), default=Value(1))
    rows = list(found.select_related("account").order_by(first, "-is_active", "last_name", "id")[: most + 1])
    total = found.count() if len(rows) > most else len(rows)
    ties = {tie.contact_id: tie for tie in account.affiliations.filter(contact__in=[one.pk for one in rows])}
    return People([person_of(one, account, ties.get(one.pk)) for one in rows[:most]], total)


def person_of(contact: Contact, account: Account, tie: Affiliation | None) -> Person:
    belongs = contact.account_id == account.pk
    role = contact.role if belongs or tie is None else tie.role
    return Person(contact, role, contact.pk == account.primary_contact_id, belongs, tie.note if tie else "")
