"""What a list may be narrowed by: fields that follow from its declared columns, and the questions each kind answers.

Nothing else can be asked: a name that no column declares finds no field, whatever it looks like.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.tables.columns import Column, Virtual, walk
from kernel.tables.rights import visible

MOST_CHOICES = 200

Choices = Callable[[Any], Iterable[tuple[str, Any]]]

KINDS = {
    "text": ("contains", "is", "not", "starts", "empty", "filled"),
    "number": ("is", "not", "gt", "gte", "lt", "lte", "between", "empty", "filled"),
    "date": ("is", "gt", "lt", "between", "last", "next", "this", "previous", "empty", "filled"),
    "moment": ("is", "gt", "lt", "between", "last", "next", "this", "previous", "empty", "filled"),
    "choice": ("is", "not", "empty", "filled"),
    "choices": ("contains", "empty", "filled"),
    "yesno": ("is",),
    "person": ("is", "not", "empty", "filled"),
    "team": ("is", "not", "empty", "filled"),
    "record": ("is", "not", "empty", "filled"),
}
WORDS = {
    "is": _("is"),
    "not": _("is not"),
    "contains": _("contains"),
    "starts": _("starts with"),
    "gt": _("greater than"),
    "gte": _("at least"),
    "lt": _("less than"),
    "lte": _("at most"),
    "between": _("between"),
    "last": _("in the last"),
    "next": _("in the next"),
    "this": _("this"),
    "previous": _("in the previous"),
    "empty": _("is empty"),
    "filled": _("is not empty"),
}
OF_DAYS = {"is": _("on"), "gt": _("after"), "lt": _("before")}
UNANSWERED = frozenset({"empty", "filled"})  # questions that need no value


@dataclass(frozen=True)
class Field:
    """Something a list may be narrowed by; ``name`` is how addresses call it."""

    name: str
    label: Any
    path: str
    kind: str
    choices: Choices = lambda user: ()
    nullable: bool = False
    searched: str = ""  # the column with the words of the record, if this text stands in it
    owned: bool = False  # the owner of a record that a team may own as well
    expression: Any = None  # how the value at ``path`` is got, where it is no column of the database
    answer: Any = None  # (operator, value, user) -> Q, where no column of the model answers

    @property
    def operators(self) -> tuple[str, ...]:
        """The questions it answers; what is never empty is not asked whether it is."""
        found = KINDS[self.kind]
        return found if self.can_be_empty else tuple(op for op in found if op not in UNANSWERED)

    @property
    def can_be_empty(self) -> bool:
        return self.nullable or self.kind == "text"

    def words(self, operator: str) -> Any:
        """What an operator is called for this field."""
        spoken = OF_DAYS if self.kind in ("date", "moment") else {}
        return spoken.get(operator) or WORDS[operator]


def fields_of(model: Any, columns: Iterable[Column], searched: Iterable[str] = ()) -> dict[str, Field]:
    """The fields that the columns declare, by name."""
    found = {}
    for column in columns:
        if (made := field_of(model, column)) is not None:
            if made.kind == "text" and made.path in searched:
                made = replace(made, searched="search_text")
            found[made.name] = made
    return found


def field_of(model: Any, column: Column) -> Field | None:
    """What one may ask of a column; None if it is no matter of the database."""
    if not column.filter:
        return None
    if column.virtual is not None:
        return _virtual(column, column.virtual) if column.virtual.kind else None
    for path in (column.filter_by, column.order_by):
        if path and (steps := walk(model, path)):
            return _made(column, path, [field for _model, field in steps])
    return None


def _virtual(column: Column, virtual: Virtual) -> Field:
    name = column.name.replace(".", "_")
    return Field(
        name, column.label, f"{name}_value", virtual.kind, virtual.choices or nothing, nullable=True,
        expression=virtual.expression, answer=virtual.answer,
    )  # fmt: skip


def _made(column: Column, path: str, steps: list[Any]) -> Field | None:
    last = steps[-1]
    kind, choices = kind_of(last)
    if not kind:
        return None
    nullable = any(step.null for step in steps) or (kind == "choice" and last.blank)
    owned = kind == "person" and path == "owner"
    return Field(column.name.replace(".", "_"), column.label, path, kind, choices, nullable, owned=owned)


def kind_of(field: Any) -> tuple[str, Choices]:
    """The kind of a column of the database, and its choices if they are few."""
    if field.is_relation:
        return _kind_of_relation(field)
    if field.choices:
        return "choice", lambda user: [(str(value), words) for value, words in field.flatchoices]
    for types, kind in OF_TYPES:
        if isinstance(field, types):
            return kind, nothing
    return "", nothing


OF_TYPES: tuple[tuple[Any, str], ...] = (
    (models.BooleanField, "yesno"),
    (models.DateTimeField, "moment"),
    (models.DateField, "date"),
    ((models.IntegerField, models.DecimalField, models.FloatField), "number"),
    ((models.CharField, models.TextField), "text"),
)


def nothing(user: Any) -> tuple[()]:
    """There is nothing to choose from."""
    return ()


def _kind_of_relation(field: Any) -> tuple[str, Choices]:
    label = field.related_model._meta.label
    if label == settings.AUTH_USER_MODEL:
        return "person", _people
    if label == "people.Team":
        return "team", partial(_few, field.related_model)
    return "record", partial(_few, field.related_model)


def _people(user: Any) -> list[tuple[str, str]]:
    """Who works here, by username."""
    people = get_user_model().objects.filter(is_active=True).order_by("first_name", "last_name", "pk")
    return [(one.username, str(one)) for one in people[:MOST_CHOICES]]


def _few(model: Any, user: Any) -> list[tuple[str, str]]:
    """The records one can choose from; where there are too many, the list is asked by their name instead."""
    known = model._default_manager.all()
    # Teams and other small matters that no grant speaks of are nobody's secret; records are.
    seen = known if model._meta.label == "people.Team" else visible(user, known)
    found = list(seen.order_by("pk")[: MOST_CHOICES + 1])
    return [] if len(found) > MOST_CHOICES else [(str(one.pk), str(one)) for one in found]
