"""Who takes part: typed as ``@ben, ada@example.com``, kept as colleague, contact or address."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from activities.mentions import staff
from activities.models import Activity, Participant
from customers.models import Contact
from kernel.errors import DomainError
from people.access import visible
from people.models import User

MOST = 50


@dataclass(frozen=True)
class Guest:
    """One participant to be: exactly one of the three is said."""

    user: User | None = None
    contact: Contact | None = None
    address: str = ""


def guests(text: str, *, user: Any) -> list[Guest]:
    """The people that the text names; a contact one may see is known by their e-mail address.

    Raises DomainError naming what is neither a colleague nor an address.
    """
    names = list(dict.fromkeys(part.strip() for part in re.split(r"[,;\n]", text) if part.strip()))
    if len(names) > MOST:
        raise DomainError(_("These are too many people."), code="too_many", field="participants")
    people = {one.username.lower(): one for one in staff().filter(username__in=handles(names))}
    addresses = [name for name in names if not name.startswith("@")]
    for address in addresses:
        refuse_no_address(address)
    known = visible(user, Contact.objects.filter(email__in=addresses)).order_by("-id")
    contacts = {one.email.lower(): one for one in known}
    found = []
    for name in names:
        if not name.startswith("@"):
            contact = contacts.get(name.lower())
            found.append(Guest(contact=contact) if contact else Guest(address=name))
        elif (handle := name[1:].lower()) in people:
            found.append(Guest(user=people[handle]))
        else:
            text = _("Nobody here is called %(name)s.") % {"name": name}
            raise DomainError(text, code="unknown_person", field="participants")
    return found


def handles(names: Sequence[str]) -> list[str]:
    return [spelled for name in names if name.startswith("@") for spelled in (name[1:], name[1:].lower())]


def refuse_no_address(address: str) -> None:
    try:
        validate_email(address)
    except ValidationError as error:
        text = _("%(name)s is no e-mail address; colleagues are named as @username.") % {"name": address}
        raise DomainError(text, code="not_an_address", field="participants") from error


def invite(activity: Activity, people: Sequence[Guest]) -> None:
    """Exactly these take part; part of an action."""
    kept = list(activity.participants.all()) if activity.version > 1 else []
    said = {(one.user_id, one.contact_id, one.address): one for one in kept}
    wanted = {
        (one.user.pk if one.user else None, one.contact.pk if one.contact else None, one.address)
        for one in people
    }
    gone = [one.pk for key, one in said.items() if key not in wanted]
    if gone:
        Participant.objects.filter(pk__in=gone).delete()
    new = sorted(wanted - said.keys(), key=str)
    if new:
        Participant.objects.bulk_create(
            Participant(activity=activity, user_id=user, contact_id=contact, address=address)
            for user, contact, address in new
        )


def as_text(activity: Activity) -> str:
    """The participants as one would type them."""
    rows = activity.participants.select_related("user", "contact").order_by("id")
    return ", ".join(one.said for one in rows)
