"""Values of added fields as pages and papers show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.template import engines
from django.utils.translation import gettext as _
from markupsafe import Markup

from kernel import formats
from kernel.customfields import kinds, references
from kernel.customfields.definitions import PREFIX, Definition, Kind, fields_of, named, takes_fields

EXTERNAL = Markup('<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>')


@dataclass(frozen=True)
class Fact:
    """One value with its name, ready to be shown."""

    label: str
    value: Any
    hint: str = ""


def facts_of(record: Any) -> list[Fact]:
    """What added fields say of a record, to whoever asks; empty ones are left out."""
    values: Mapping[str, Any] = record.custom or {}
    if not takes_fields(type(record)):
        return []
    fields = [one for one in fields_of(record) if values.get(one.name) not in kinds.EMPTY]
    names = references.Names(fields)
    names.read([record])
    return [Fact(one.label, drawn(one, values[one.name], names)) for one in fields]


def drawn(definition: Definition, kept: Any, names: references.Names) -> Any:
    """A value as a page shows it: web addresses and records are links."""
    if definition.kind == Kind.REFERENCE:
        return names.link(definition, str(kept))
    if definition.kind == Kind.URL and kinds.is_web_address(kept):
        return EXTERNAL.format(kept, kept)
    if definition.kind == Kind.LONG_TEXT:
        return Markup("<br>").join(kinds.shown(definition, kept).split("\n"))
    return kinds.shown(definition, kept)


def custom_facts(record: Any, title: Any = None) -> Any:
    """The section of a page with what added fields say; nothing where they say nothing."""
    found = facts_of(record)
    if not found:
        return ""
    module = engines["jinja2"].env.get_template("components/custom.html").module  # type: ignore[attr-defined]
    return module.section_of(found, title or _("Further details"))


def printed(record: Any) -> list[tuple[str, str]]:
    """Label and text of the fields that are printed on documents."""
    values: Mapping[str, Any] = record.custom or {}
    fields = [one for one in fields_of(record) if one.in_pdf and values.get(one.name) not in kinds.EMPTY]
    return [(one.label, text) for one in fields if (text := on_paper(one, values[one.name]))]


def on_paper(definition: Definition, kept: Any) -> str:
    """A value on a document, the same whoever prints it."""
    if definition.kind == Kind.REFERENCE:
        return references.of_paper(definition, kept)
    return kinds.shown(definition, kept)


def in_words(definition: Definition, kept: Any) -> str:
    """A value in the history; a record is named to those who may see it."""
    if definition.kind != Kind.REFERENCE:
        return kinds.shown(definition, kept)
    found = references.called(definition, {definition.name: kept})
    return str(found) if found is not None else ""


def for_erp(record: Any) -> dict[str, str]:
    """The fields that an ERP is told of, by name, as plain texts."""
    values: Mapping[str, Any] = record.custom or {}
    return {
        one.name: kinds.machine_text(one, values[one.name])
        for one in fields_of(record)
        if one.in_erp and values.get(one.name) not in kinds.EMPTY
    }


# --- the history in words ---------------------------------------------------------


def told(kind: str, name: str, change: Any) -> tuple[str, str, str]:
    """A change of one added field as (label, before, after)."""
    pair = change if isinstance(change, list | tuple) and len(change) == 2 else [None, change]
    definition = named(kind, name)
    if definition is None:
        before, after = (str(one) if one not in kinds.EMPTY else formats.NOTHING for one in pair)
        return name.removeprefix(PREFIX).replace("_", " "), before, after
    before, after = (in_words(definition, one) or formats.NOTHING for one in pair)
    return definition.label, before, after
