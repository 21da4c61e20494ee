"""How an action begins: the record locked as it is now, its version compared, new values checked and assigned."""

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel import customfields, history
from kernel.errors import Blocker, Conflict, DomainError

M = TypeVar("M", bound=models.Model)
MOST_DIGITS = 15


def locked(record: M, *, version: int | None = None) -> M:
    """The record as it stands now, its row held until the transaction ends.

    Raises Conflict when somebody changed or deleted it since ``version``.
    """
    fresh: M | None = type(record)._default_manager.select_for_update().filter(pk=record.pk).first()
    if fresh is None:
        raise Conflict(_("Somebody deleted this meanwhile."), code="deleted")
    refuse_stale(fresh, seen_version(record) if version is None else version)
    return fresh


def refuse_stale(fresh: models.Model, version: int | None) -> None:
    """Raise Conflict when the record is not at the version that the person saw, if that is known."""
    if version is not None and fresh.version != version:  # type: ignore[attr-defined]
        raise Conflict(_("Somebody else changed this meanwhile. Look at it again, then repeat your change."))


def assign(
    record: models.Model, values: Mapping[str, Any], *, allowed: Collection[str]
) -> dict[str, list[Any]]:
    """Take the values over in memory and say what changed, in the words of the history.

    Raises DomainError naming every field that is not for writing or whose value does not fit.
    """
    if unknown := sorted(set(values) - set(allowed)):
        text = _("This cannot be changed: %(fields)s") % {"fields": ", ".join(unknown)}
        raise DomainError(text, code="read_only_field", field=unknown[0])
    if "custom" in values or (record._state.adding and customfields.takes_fields(type(record))):
        values = {**values, "custom": customfields.assigned(record, values.get("custom"))}
    changes = {} if record._state.adding else history.changes_of(record, values)
    for name in values:
        setattr(record, name, values[name])
    _refuse_misfits(record, values)
    return changes


def _refuse_misfits(record: models.Model, values: Mapping[str, Any]) -> None:
    """The checks of the columns themselves and the model's own ``clean``, without a query."""
    found: list[Blocker] = []
    for name in values:
        field = record._meta.get_field(name)
        if field.is_relation or not isinstance(field, models.Field):
            continue
        raw = getattr(record, name)
        try:
            if not (field.blank and raw in field.empty_values):
                setattr(record, name, field.clean(raw, record))
        except ValidationError as error:
            found += [
                Blocker(one.code or "invalid", f"{field.verbose_name}: {text}", name)
                for one in error.error_list
                for text in one.messages
            ]
    try:
        record.clean()
    except ValidationError as error:
        found += [
            Blocker("invalid", message, "" if name == "__all__" else name)
            for name, messages in getattr(error, "message_dict", {"__all__": error.messages}).items()
            for message in messages
        ]
    if found:
        raise DomainError(found[0].text, code=found[0].code, field=found[0].field, blockers=found)


def stated_version(data: Mapping[str, Any]) -> int | None:
    """The version that a form says it was filled in for; None where it says nothing."""
    return whole_number(str(data.get("version", "")))


def as_seen(record: M, data: Mapping[str, Any]) -> M:
    """The record as the person saw it: an action that locks it refuses if somebody else has changed it since."""
    record.__dict__["seen_version"] = stated_version(data)
    return record


def as_unseen(record: M) -> M:
    """The record without the version that the person saw: what they changed is compared piece by piece instead."""
    record.__dict__.pop("seen_version", None)
    return record


def seen_version(record: models.Model) -> int | None:
    """The version that the person saw, if the page said so."""
    seen: int | None = record.__dict__.get("seen_version")
    return seen


def whole_number(text: str) -> int | None:
    """The number that plain digits say, if a database can keep it; else None."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS else None
