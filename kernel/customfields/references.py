"""Fields that refer to other records: what those are called, for those who may see them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.apps import apps
from django.urls import NoReverseMatch
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from markupsafe import Markup

from kernel.customfields.definitions import Definition, Kind, reader
from kernel.hooks import rights_module

LINK = Markup('<a href="{}">{}</a>')
Key = tuple[str, str]  # kind of record, public id


class Names:
    """What the records are called that a page's rows refer to: one question a kind of record, however many rows."""

    def __init__(self, fields: Iterable[Definition], user: Any = None) -> None:
        self.fields = [one for one in fields if one.kind == Kind.REFERENCE]
        self.user = user
        self.found: dict[Key, Any] = {}

    def read(self, rows: Iterable[Any]) -> None:
        """Look up all that these rows refer to; what is known already is not asked for again."""
        wanted: dict[str, set[UUID]] = defaultdict(set)
        for row in rows:
            for one in self.fields:
                key = (row.custom or {}).get(one.name)
                if isinstance(key, str) and (one.refers_to, key) not in self.found:
                    wanted[one.refers_to].add(UUID(key))
                    self.found[one.refers_to, key] = None
        for label, keys in wanted.items():
            for record in records(label, keys, self.user):
                self.found[label, str(record.public_id)] = record

    def record(self, definition: Definition, key: str) -> Any:
        """The record itself, if the reader may see it."""
        return self.found.get((definition.refers_to, key))

    def link(self, definition: Definition, key: str) -> Any:
        """A link to it; what is gone or out of sight says so."""
        record = self.record(definition, key)
        return linked(record) if record is not None else unseen()


def in_sight(label: str, user: Any = None) -> Any:
    """All records of a kind that exist for this person, or for whoever asks; a task asks for nobody and sees all."""
    rows = apps.get_model(label)._default_manager.all()
    user = user or reader()
    return import_string(f"{rights_module()}.visible")(user, rows) if user is not None else rows


def records(label: str, keys: Iterable[UUID], user: Any = None) -> Iterable[Any]:
    try:
        return in_sight(label, user).filter(public_id__in=list(keys))  # type: ignore[no-any-return]
    except LookupError:
        return []


def named(label: str, text: str) -> Any:
    """The one record that people mean by a number, a name or an id; None where it is none or more than one."""
    rows = in_sight(label)
    first, _space, rest = text.strip().partition(" ")
    for ref in (text.strip(), first if rest else ""):
        if ref and (found := rows.by_ref(ref)[:2]) and len(found) == 1:
            return found[0]
    if not any(each.name == "name" for each in rows.model._meta.concrete_fields):
        return None
    found = list(rows.filter(name__iexact=text.strip())[:2])
    return found[0] if len(found) == 1 else None


def linked(record: Any) -> Markup:
    try:
        return LINK.format(record.get_absolute_url(), record)
    except NoReverseMatch:
        return Markup("{}").format(record)


def unseen() -> str:
    return _("(not in sight)")


def called(definition: Definition, values: Mapping[str, Any]) -> Any:
    """The record one value refers to, if whoever asks may see it."""
    try:
        key = UUID(str(values.get(definition.name)))
    except ValueError:
        return None
    return next(iter(records(definition.refers_to, [key])), None)


def of_paper(definition: Definition, kept: Any) -> str:
    """What the record is called on a document: the same whoever prints it."""
    try:
        rows = apps.get_model(definition.refers_to)._default_manager.filter(public_id=UUID(str(kept)))
    except (LookupError, ValueError):
        return ""
    return "".join(str(record) for record in rows)


__all__ = ["Names", "called", "in_sight", "linked", "named", "of_paper", "records", "unseen"]
