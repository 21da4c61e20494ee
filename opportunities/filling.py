"""What existing customers do not say yet, and the lead does: shown as differences, filled in when asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from customers.actions import change_account, change_contact
from customers.models import Account, Contact
from leads.models import Lead
from opportunities.qualifying import account_values, contact_values
from people.models import User

Filled = dict[str, dict[str, Any]]
ADDRESS = ("street", "postcode", "city", "region", "country")
FILLABLE = frozenset(
    {*ADDRESS, "email", "phone", "mobile", "website", "industry", "first_name", "job_title", "account"}
)


def fill_in(
    lead: Lead, account: Account | None, contact: Contact | None, names: Iterable[str], by: User
) -> Filled:
    """What existing customers do not say yet, the lead does: the fields filled, to be taken back if need be."""
    filled: Filled = {}
    if "account" in names and account is not None:
        values = gaps(account, account_values(lead))
        change_account(account, by=by, note=str(lead), **values)
        filled["account"] = {name: plain_value(value) for name, value in values.items()}
    if "contact" in names and contact is not None:
        values = gaps(contact, contact_values(lead, account))
        change_contact(contact, by=by, note=str(lead), **values)
        filled["contact"] = {name: plain_value(value) for name, value in values.items()}
    return {name: values for name, values in filled.items() if values}


def gaps(record: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Of the lead's values those for which the record has none; an address is taken whole or not at all."""
    found = {
        name: value
        for name, value in values.items()
        if name in FILLABLE and value not in ("", None, False) and not getattr(record, name)
    }
    if any(getattr(record, name) for name in ADDRESS):
        found = {name: value for name, value in found.items() if name not in ADDRESS}
    return found


@dataclass(frozen=True)
class Difference:
    """A field in which the lead and an existing customer do not agree."""

    label: Any
    lead: Any
    existing: Any
    fills: bool  # the customer says nothing, so the lead's value could go there


def differences(lead: Lead, record: Account | Contact) -> list[Difference]:
    """Where the lead says something else than the customer, or something more."""
    values = account_values(lead) if isinstance(record, Account) else contact_values(lead, None)
    more = gaps(record, values)
    names = [name for name in ("name", "last_name", *sorted(FILLABLE - {"account"})) if name in values]
    return [
        Difference(record._meta.get_field(name).verbose_name, values[name], now, name in more)  # type: ignore[union-attr]
        for name in names
        if values[name] and str(values[name]) != str(now := getattr(record, name, "") or "")
    ]


def plain_value(value: Any) -> Any:
    return value.pk if isinstance(value, Model) else value
