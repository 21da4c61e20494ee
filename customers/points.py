"""Every e-mail address and phone number of a customer; the primary one of each kind is the customer's own column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from customers.models import Account, Contact, ContactPoint


@dataclass(frozen=True, slots=True)
class Point:
    """One way to reach a customer, as people say it."""

    kind: str
    value: str
    label: str = ""
    is_primary: bool = False


def columns_of(customer: Account | Contact) -> tuple[str, ...]:
    """The kinds whose primary one is a column of this kind of customer."""
    return ("email", "phone", "mobile") if isinstance(customer, Contact) else ("email", "phone")


def points_of(customer: Account | Contact) -> list[Point]:
    """All of them, the primary of each kind first; one query."""
    rows = list(customer.points.all())
    labels = {(row.kind, row.value): row.label for row in rows}
    primary = [(kind, getattr(customer, kind)) for kind in columns_of(customer) if getattr(customer, kind)]
    found = [Point(*key, labels.get(key, ""), True) for key in primary]
    found += [
        Point(row.kind, row.value, row.label) for row in rows if (row.kind, row.value) not in set(primary)
    ]
    order = {kind: place for place, kind in enumerate(ContactPoint.Kind.values)}
    return sorted(found, key=lambda one: (order[one.kind], not one.is_primary))


def primaries(customer: Account | Contact, points: Sequence[Point]) -> dict[str, str]:
    """What each column is to hold: the one that was marked, else the one that holds still, else the first."""
    chosen = {}
    for kind in columns_of(customer):
        same = [one for one in points if one.kind == kind]
        marked = [one.value for one in same if one.is_primary]
        still = [one.value for one in same if one.value == getattr(customer, kind)]
        chosen[kind] = (marked or still or [one.value for one in same] or [""])[0]
    return chosen


def follow_primary(customer: Account | Contact, changes: Mapping[str, list[Any]]) -> None:
    """A column typed over takes its row along, so that the old address does not stay behind; part of an action."""
    for kind in columns_of(customer):
        old, new = changes.get(kind, ("", ""))
        if not old:
            continue
        row = customer.points.filter(kind=kind, value=old)
        if new and not customer.points.filter(kind=kind, value=new).exists():
            row.update(value=new)
        else:
            row.delete()
