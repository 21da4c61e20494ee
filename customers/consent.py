"""What a person does not want: kept true together with since when and how we know."""

from typing import Any

from django.utils import timezone

from customers.models import Contact


def since_when(contact: Contact) -> dict[str, list[Any]]:
    """Date a refusal that says no day, and drop day and source of what is wanted again; what that changed."""
    changes: dict[str, list[Any]] = {}
    for channel in Contact.CHANNELS:
        flag, since, how = (f"do_not_{channel}{part}" for part in ("", "_since", "_how"))
        wanted = {since: getattr(contact, since) or timezone.localdate(), how: getattr(contact, how)}
        if not getattr(contact, flag):
            wanted = {since: None, how: ""}
        for name, value in wanted.items():
            before = getattr(contact, name)
            if before != value:
                setattr(contact, name, value)
                changes[name] = [
                    None if before is None else str(before),
                    None if value is None else str(value),
                ]
    return changes
