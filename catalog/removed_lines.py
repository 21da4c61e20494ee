"""What was removed, as a sealed note that brings it back: nothing is kept on the server, nothing can be forged."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.core import signing
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from catalog.changes import LineChange, changes_from
from catalog.documents import PricedDocument, PricedLine
from catalog.line_rows import line_relation
from kernel.errors import DomainError

SALT = "catalog.removed-lines"
A_DAY = 24 * 3600


def note_removed(document: PricedDocument, lines: Sequence[PricedLine]) -> str:
    """The lines as they are, with their places, for undoing their removal within a day."""
    fields = columns(document)
    rows = [[None if (v := one.value_from_object(line)) is None else text_of(one, line, v) for one in fields]
            for line in lines]  # fmt: skip
    return signing.dumps({"of": address(document), "lines": rows}, salt=SALT, compress=True)


def put_back(document: PricedDocument, note: str, changes: Sequence[LineChange]) -> list[LineChange]:
    """The lines with the removed ones at their old places; those that are there again already stay as they are."""
    try:
        found = signing.loads(note, salt=SALT, max_age=A_DAY)
    except signing.BadSignature as error:
        raise DomainError(_("This cannot be undone any more."), code="undo_gone") from error
    if found["of"] != address(document):
        raise DomainError(_("This cannot be undone any more."), code="undo_gone")
    there = {change.key for change in changes}
    lines = [line for line in (line_from(document, row) for row in found["lines"]) if line.key not in there]
    prefetch_related_objects(lines, "product", "unit", "tax_code")
    wanted = list(changes)
    for line, change in sorted(
        zip(lines, changes_from(lines), strict=True), key=lambda pair: pair[0].position
    ):
        back = replace(change, restored=line, keep_price=True, unit_price=None)
        wanted.insert(min(line.position - 1, len(wanted)), back)
    return wanted


def columns(document: PricedDocument) -> list[Any]:
    """The columns of the document's lines, without whose they are."""
    relation = line_relation(document)
    return [one for one in relation.related_model._meta.concrete_fields
            if not one.primary_key and one.name != relation.field.name]  # fmt: skip


def text_of(column: Any, line: PricedLine, value: Any) -> Any:
    """The value as JSON keeps it exactly."""
    return value if isinstance(value, bool | dict | list) else column.value_to_string(line)


def line_from(document: PricedDocument, row: Sequence[Any]) -> PricedLine:
    relation = line_relation(document)
    values = {
        one.attname: value if value is None else one.to_python(value)
        for one, value in zip(columns(document), row, strict=True)
    }
    line: PricedLine = relation.related_model(**{relation.field.name: document}, **values)
    return line


def address(document: PricedDocument) -> str:
    return f"{document._meta.label_lower}:{document.pk}"
