"""What can be done to accounts and contacts: each action is one function and one transaction."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from customers.consent import since_when
from customers.family import refuse_family_circle
from customers.models import Account, Contact, InactiveReason
from customers.points import follow_primary
from customers.selectors import open_business
from kernel import history, outbox
from kernel.errors import Blocker, DomainError, TransitionRefused
from kernel.numbering import next_number
from kernel.writing import assign, locked
from people.access import hidden_fields, kind_of, may, require
from people.models import User

ADDRESS = frozenset({"street", "postcode", "city", "region", "country"})
ACCOUNT_FIELDS = ADDRESS | {
    "name", "parent", "primary_contact", "email", "phone", "website", "industry", "tax_number",
    "tax_treatment", "currency", "credit_limit", "payment_terms", "price_list", "territory", "erp_code", "language",
    "owner", "team", "custom",
}  # fmt: skip
CONTACT_FIELDS = ADDRESS | {
    "account", "first_name", "last_name", "job_title", "role", "email", "phone", "mobile", "do_not_email",
    "do_not_email_since", "do_not_email_how", "do_not_phone", "do_not_phone_since", "do_not_phone_how",
    "do_not_post", "do_not_post_since", "do_not_post_how", "language", "owner", "team", "custom",
}  # fmt: skip

Customer = TypeVar("Customer", Account, Contact)


@transaction.atomic
def create_account(*, by: User, **values: Any) -> Account:
    """Take a company into the books; without an owner it is the maker's."""
    account = _new(Account(), ACCOUNT_FIELDS, values, by)
    refuse_family_circle(account)
    return _enter(account, "account", by)


@transaction.atomic
def change_account(
    account: Account, *, by: User, version: int | None = None, note: str = "", **values: Any
) -> Account:
    """Change what is known of a company."""
    account = locked(account, version=version)
    changes = _change(account, ACCOUNT_FIELDS, values, by)
    if "parent" in changes:
        refuse_family_circle(account)
    return _keep(account, "account", changes, by, note)


@transaction.atomic
def create_contact(*, by: User, **values: Any) -> Contact:
    """Take a person into the books; without an owner it is the maker's."""
    contact = _new(Contact(), CONTACT_FIELDS, values, by)
    since_when(contact)
    return _enter(contact, "contact", by)


@transaction.atomic
def change_contact(
    contact: Contact, *, by: User, version: int | None = None, note: str = "", **values: Any
) -> Contact:
    """Change what is known of a person."""
    contact = locked(contact, version=version)
    changes = _change(contact, CONTACT_FIELDS, values, by)
    if changes:
        dated = since_when(contact).items()
        changes |= {name: [changes.get(name, both)[0], both[1]] for name, both in dated}
    return _keep(contact, "contact", changes, by, note)


@transaction.atomic
def deactivate_account(
    account: Account, *, by: User, reason: str = "other", note: str = "", version: int | None = None
) -> Account:
    """Stop doing business with a company, and say why; refused while any is open."""
    return _deactivate(locked(account, version=version), by, reason, note)


@transaction.atomic
def deactivate_contact(
    contact: Contact, *, by: User, reason: str = "other", note: str = "", version: int | None = None
) -> Contact:
    """Stop doing business with a person, and say why; refused while any is open."""
    return _deactivate(locked(contact, version=version), by, reason, note)


@transaction.atomic
def activate_account(account: Account, *, by: User, note: str = "", version: int | None = None) -> Account:
    """Do business with a company again."""
    return _activate(locked(account, version=version), by, note)


@transaction.atomic
def activate_contact(contact: Contact, *, by: User, note: str = "", version: int | None = None) -> Contact:
    """Do business with a person again."""
    return _activate(locked(contact, version=version), by, note)


def refuse_reserved(record: Account | Contact, values: Mapping[str, Any], by: User) -> None:
    """Nobody writes a field that is hidden from them; leaving it as it is does no harm."""
    for name in sorted(hidden_fields(by, kind_of(record)) & values.keys()):
        if getattr(record, name) != values[name]:
            raise DomainError(
                _("You may not change this: %(field)s") % {"field": name}, code="reserved_field", field=name
            )


def refuse_unseen(record: Account | Contact, names: Collection[str], by: User) -> None:
    """Nobody links a company or a person that does not exist for them."""
    for name in sorted({"parent", "primary_contact", "account"} & set(names)):
        linked = getattr(record, name)
        if linked is not None and not may(by, "view", linked):
            raise DomainError(_("There is no such %(what)s.") % {"what": name}, code="not_found", field=name)


def _new(record: Customer, allowed: frozenset[str], values: Mapping[str, Any], by: User) -> Customer:
    refuse_reserved(record, values, by)
    assign(record, values, allowed=allowed)
    refuse_unseen(record, values, by)
    if record.owner_id is None and record.team_id is None:
        record.owner, record.team = by, by.team
    elif record.team_id is None and record.owner:
        record.team = record.owner.team
    require(by, "add", record)
    return record


def _enter(record: Customer, kind: str, by: User) -> Customer:
    record.number = next_number(kind)
    record.save(force_insert=True)
    history.record(record, "created", by=by)
    outbox.publish(f"{kind}.created", record, by=by)
    return record


def _change(
    record: Account | Contact, allowed: frozenset[str], values: Mapping[str, Any], by: User
) -> dict[str, list[Any]]:
    require(by, "change", record)
    refuse_reserved(record, values, by)
    if (owner := values.get("owner")) and owner.pk != record.owner_id:
        values = {"team": owner.team, **values}
    changes = assign(record, values, allowed=allowed)
    refuse_unseen(record, changes, by)
    if not may(by, "change", record):
        raise DomainError(
            _("You may hand it only to somebody you work with."), code="out_of_reach", field="owner"
        )
    return changes


def _keep(record: Customer, kind: str, changes: dict[str, list[Any]], by: User, note: str = "") -> Customer:
    if changes:
        follow_primary(record, changes)
        record.save()
        history.record(record, "changed", by=by, changes=changes, note=note)
        outbox.publish(f"{kind}.changed", record, by=by)
    return record


def _deactivate(record: Customer, by: User, reason: str, note: str) -> Customer:
    require(by, "deactivate", record)
    if not record.is_active:
        raise TransitionRefused(record, [Blocker("inactive", _("it is inactive already"))], step="deactivate")
    if blockers := open_business(record):
        raise TransitionRefused(record, blockers, step="deactivate")
    if reason not in InactiveReason.values:
        raise DomainError(_("Choose a reason."), code="invalid_choice", field="reason")
    record.is_active, record.inactive_reason = False, reason
    return _switched(record, "deactivated", by, note, {"inactive_reason": ["", reason]})


def _activate(record: Customer, by: User, note: str) -> Customer:
    require(by, "activate", record)
    if record.is_active:
        raise TransitionRefused(record, [Blocker("active", _("it is active already"))], step="activate")
    before = record.inactive_reason
    record.is_active, record.inactive_reason = True, ""
    return _switched(record, "activated", by, note, {"inactive_reason": [before, ""]} if before else {})


def _switched(record: Customer, verb: str, by: User, note: str, changes: dict[str, list[Any]]) -> Customer:
    record.save()
    history.record(record, verb, by=by, note=note, changes=changes)
    outbox.publish(f"{record._meta.model_name}.{verb}", record, by=by)
    return record
