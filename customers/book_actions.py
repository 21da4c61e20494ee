"""What a customer has several of is written as a whole list: what is not named any more goes."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.models import Account, BookAddress, Contact, ContactPoint
from customers.points import Point, points_of, primaries
from kernel import history, outbox
from kernel.errors import Blocker, DomainError
from kernel.writing import assign, locked
from people.access import may, require
from people.models import User

MOST = 100
LONGEST_COLUMN = 40  # what fits into the column of a phone number
LONGEST_LABEL = 60
Customer = TypeVar("Customer", bound=Account | Contact)


@dataclass(frozen=True, slots=True)
class AddressSaid:
    """A further address, as people say it."""

    kind: str
    label: str = ""
    name: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class Tie:
    """A further company of a person, and the part they play there."""

    account: Account
    role: str = ""
    note: str = ""


@transaction.atomic
def set_points(
    customer: Customer, points: Sequence[Point], *, by: User, version: int | None = None
) -> Customer:
    """Say every e-mail address and phone number of a customer; the primary ones become the customer's columns."""
    customer = locked(customer, version=version)
    require(by, "change", customer)
    points = [replace(one, value=one.value.strip(), label=one.label.strip()) for one in points]
    refuse(misfit_points(points))
    before = points_of(customer)
    chosen = primaries(customer, points)
    changes = assign(customer, chosen, allowed=set(chosen))
    wanted = {(one.kind, one.value): one.label for one in points}
    known = {(row.kind, row.value): row for row in customer.points.all()}
    customer.points.filter(pk__in=[row.pk for key, row in known.items() if key not in wanted]).delete()
    for key, label in wanted.items():
        fresh = ContactPoint(kind=key[0], value=key[1], label=label, **whose(customer))
        if key not in known:
            fresh.save(force_insert=True)
        elif known[key].label != label:
            customer.points.filter(pk=known[key].pk).update(label=label)
    told = [", ".join(one.value for one in rows) for rows in (before, points_of(customer))]
    same = {one.label for one in before} == {one.label for one in points}
    return keep(customer, changes | ({"points": told} if told[0] != told[1] or not same else {}), by)


@transaction.atomic
def set_addresses(
    customer: Customer, addresses: Sequence[AddressSaid], *, by: User, version: int | None = None
) -> Customer:
    """Say every further address of a customer; the defaults are what new documents start with."""
    customer = locked(customer, version=version)
    require(by, "change", customer)
    refuse(misfit_addresses(addresses))
    before = list(customer.addresses.all())
    known = {said_by(row): row for row in before}
    wanted = dict.fromkeys(addresses)
    if known.keys() == wanted.keys():
        return customer
    customer.addresses.filter(pk__in=[row.pk for said, row in known.items() if said not in wanted]).delete()
    BookAddress.objects.bulk_create(
        BookAddress(**asdict(said), **whose(customer)) for said in wanted if said not in known
    )
    after = customer.addresses.all()
    return keep(
        customer, {"addresses": ["; ".join(str(row) for row in rows) for rows in (before, after)]}, by
    )


@transaction.atomic
def set_affiliations(
    contact: Contact, ties: Sequence[Tie], *, by: User, version: int | None = None
) -> Contact:
    """Say with which further companies a person has to do; those out of the speaker's sight stay as they are."""
    contact = locked(contact, version=version)
    require(by, "change", contact)
    before = list(contact.affiliations.select_related("account"))
    known = {row.account_id: row for row in before}
    refuse(misfit_ties(contact, ties, by, set(known)))
    kept = {tie.account.pk for tie in ties}
    gone = [row.pk for row in before if row.account_id not in kept and may(by, "view", row.account)]
    contact.affiliations.filter(pk__in=gone).delete()
    for tie in ties:
        said = {"role": tie.role.strip(), "note": tie.note.strip()}
        contact.affiliations.update_or_create(account=tie.account, defaults=said)
    after = contact.affiliations.select_related("account")
    told = ["; ".join(f"{row} {row.note}".strip() for row in rows) for rows in (before, after)]
    return keep(contact, {"affiliations": told} if told[0] != told[1] else {}, by)


def keep(customer: Customer, changes: dict[str, list[Any]], by: User) -> Customer:
    """The customer saved with what was changed around it, remembered and told; nothing when nothing was."""
    if changes:
        customer.save()
        history.record(customer, "changed", by=by, changes=changes)
        outbox.publish(f"{customer._meta.model_name}.changed", customer, by=by)
    return customer


def whose(customer: Account | Contact) -> dict[str, Any]:
    return {str(customer._meta.model_name): customer}


def said_by(row: BookAddress) -> AddressSaid:
    """A stored address in the words of the form."""
    return AddressSaid(**{name: getattr(row, name) for name in AddressSaid.__dataclass_fields__})


def refuse(found: Iterable[Blocker]) -> None:
    """Raise with every row that does not fit."""
    if blockers := list(found):
        first = blockers[0]
        raise DomainError(first.text, code=first.code, field=first.field, blockers=blockers)


def misfit_points(points: Sequence[Point]) -> Iterable[Blocker]:
    """Rows that are no address or number, or stand there twice."""
    yield from too_many(points, "points")
    seen: set[tuple[str, str]] = set()
    primary: set[str] = set()
    for place, one in enumerate(points):
        at = f"points.{place}."
        if one.kind not in ContactPoint.Kind.values:
            yield Blocker("invalid_choice", _("Choose a kind."), f"{at}kind")
        if not is_reachable(one):
            yield Blocker("invalid", _("This is no e-mail address or phone number."), f"{at}value")
        elif (one.kind, one.value) in seen:
            yield Blocker("twice", _("It stands there twice."), f"{at}value")
        if len(one.label) > LONGEST_LABEL:
            yield Blocker("too_long", _("This is too long."), f"{at}label")
        if one.is_primary and one.kind in primary:
            yield Blocker("two_primaries", _("Only one of a kind is the primary one."), f"{at}is_primary")
        seen.add((one.kind, one.value))
        primary |= {one.kind} if one.is_primary else set()


def is_reachable(one: Point) -> bool:
    """Whether it looks like what its kind says; numbers are taken as people write them."""
    if one.kind != ContactPoint.Kind.EMAIL:
        return (
            any(c.isdigit() for c in one.value) and len(one.value) <= LONGEST_COLUMN and "\0" not in one.value
        )
    try:
        validate_email(one.value)
    except ValidationError:
        return False
    return len(one.value) <= 254


def misfit_addresses(addresses: Sequence[AddressSaid]) -> Iterable[Blocker]:
    """Rows that fit no column, and a second default of a kind."""
    yield from too_many(addresses, "addresses")
    defaults: set[str] = set()
    for place, one in enumerate(addresses):
        at = f"addresses.{place}."
        try:
            BookAddress(**asdict(one)).clean_fields(exclude=["account", "contact"])
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                yield Blocker("invalid", messages[0], f"{at}{name}")
        if one.is_default and one.kind == BookAddress.Kind.OTHER:
            yield Blocker(
                "no_default", _("Only an address for bills or goods can be the default."), f"{at}is_default"
            )
        elif one.is_default and one.kind in defaults:
            yield Blocker("two_defaults", _("Only one of a kind is the default."), f"{at}is_default")
        defaults |= {one.kind} if one.is_default else set()


def misfit_ties(contact: Contact, ties: Sequence[Tie], by: User, known: set[int]) -> Iterable[Blocker]:
    """The person's own company, one that does not exist for the speaker, and one that stands there twice."""
    yield from too_many(ties, "affiliations")
    seen: set[int] = set()
    for place, tie in enumerate(ties):
        at = f"affiliations.{place}."
        if tie.account.pk not in known and not may(by, "view", tie.account):
            yield Blocker("not_found", _("There is no such account."), f"{at}account")
        elif tie.account.pk == contact.account_id:
            yield Blocker("own_account", _("The person belongs to this account already."), f"{at}account")
        elif tie.account.pk in seen:
            yield Blocker("twice", _("It stands there twice."), f"{at}account")
        for name, longest in (("role", 60), ("note", 200)):
            if len(getattr(tie, name)) > longest:
                yield Blocker("too_long", _("This is too long."), f"{at}{name}")
        seen.add(tie.account.pk)


def too_many(rows: Sequence[Any], name: str) -> Iterable[Blocker]:
    if len(rows) > MOST:
        yield Blocker("too_many", _("At most %(most)s are kept.") % {"most": MOST}, name)
