"""The fields an organization has added, as every process knows them: read once, and anew when somebody changed them.

A piece of work (a request, a task) goes by one reading. What changed is seen by a stamp that costs no query of its own
where the user is read anyway (``people.models.UserManager``), and one small query everywhere else.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Model, TextField
from django.db.models.expressions import RawSQL

from kernel.custom_models import CustomField

PREFIX = "custom."  # of a field among the columns of a record: custom.promotion
FORM_PREFIX = "custom_"  # of its field in a form: custom_promotion
Kind = CustomField.Kind
Choice = tuple[str, str]  # value, words


@dataclass(frozen=True, slots=True)
class Definition:
    """One added field as all code but its settings page sees it."""

    pk: int
    record_type: str
    name: str
    label: str
    kind: str
    help_text: str = ""
    is_required: bool = False
    is_unique: bool = False
    choices: tuple[Choice, ...] = ()
    default: Any = None
    refers_to: str = ""
    decimals: int = 0
    position: int = 0
    in_list: bool = False
    in_search: bool = False
    in_pdf: bool = False
    in_erp: bool = False
    is_active: bool = True

    @property
    def key(self) -> str:
        """What it is called among the columns of its record: in lists, histories, imports, API filters."""
        return f"{PREFIX}{self.name}"

    @property
    def form_name(self) -> str:
        return f"{FORM_PREFIX}{self.name}"

    def words(self, value: Any) -> str:
        """A choice as people call it; one that was taken away stands for itself."""
        return dict(self.choices).get(str(value), str(value))


def definition_of(row: CustomField) -> Definition:
    """A row of the settings, frozen."""
    names = [name for name in Definition.__slots__ if name not in ("pk", "choices")]
    values = {name: getattr(row, name) for name in names}
    return Definition(pk=row.pk, choices=choices_of(row.choices), **values)


def choices_of(kept: Any) -> tuple[Choice, ...]:
    """Choices as the row keeps them: objects of value and label."""
    pairs = [one if isinstance(one, dict) else {"value": one, "label": one} for one in kept or ()]
    return tuple((str(one["value"]), str(one.get("label") or one["value"])) for one in pairs)


@dataclass(frozen=True)
class Known:
    """One reading of all definitions, with the stamp it was made under."""

    stamp: str
    fields: Mapping[str, tuple[Definition, ...]]  # by kind of record, removed ones included


@dataclass
class Work:
    """What a request or a task goes by; it asks at most once whether anything has changed."""

    stamp: str = ""
    known: Known | None = None
    lasting: float | None = None  # seconds after which it asks again; a request is over before that matters
    until: float = 0.0
    request: Any = None
    is_writing: bool = (
        False  # it changed definitions itself: nobody else may learn them from it before it commits
    )


_work: ContextVar[Work | None] = ContextVar("custom_fields", default=None)
_last: list[Known] = []  # the last reading of this process, shared by its threads


# --- pieces of work ---------------------------------------------------------------


@contextmanager
def piece_of_work(request: Any = None) -> Iterator[Work]:
    """Within it the definitions are read at most once."""
    work = Work(request=request)
    token = _work.set(work)
    try:
        yield work
    finally:
        _work.reset(token)


def begin(*, lasting: float | None = None) -> None:
    """From here on, another piece of work: what was known is asked for again when it is needed."""
    _work.set(Work(lasting=lasting))


def end() -> None:
    """No piece of work any more: every question is asked of the database."""
    _work.set(None)


def reader() -> Any:
    """Who asks, if a request does: only what they may see can be referred to."""
    work = _work.get()
    user = getattr(work.request, "user", None) if work is not None else None
    return user if user is not None and user.is_authenticated else None


def seen(stamp: str | None) -> None:
    """The stamp came along with something else that this work has read."""
    work = _work.get()
    if work is not None and stamp and not work.stamp and not work.is_writing:
        work.stamp = stamp


def changed() -> None:
    """This work has just changed definitions: it goes by what it wrote from now on."""
    work = _work.get()
    if work is not None:
        work.known, work.stamp, work.is_writing = None, "", True


# --- reading ----------------------------------------------------------------------


# Versions only grow and no key is given twice, so this differs whenever the definitions do.
STAMP = (
    "SELECT count(*) || '/' || coalesce(max(id), 0) || '/' || coalesce(sum(version), 0) || '/' ||"
    " coalesce(cast(max(created_at) AS text), '') FROM kernel_customfield"
)
NOTHING_YET = "0/0/0/"


def stamp_of_all() -> RawSQL:
    """An expression that differs whenever the definitions do: for a column that comes along with another row."""
    return RawSQL(STAMP, (), output_field=TextField())


def current(*, afresh: bool = False) -> Known:
    """All definitions as they hold for this work; ``afresh`` asks the database whether they have changed since."""
    work = _work.get()
    if work is None or work.is_writing:
        return _read()
    is_old = work.lasting is not None and time.monotonic() > work.until
    if work.known is None or afresh or is_old:
        work.stamp = _stamp_now() if afresh or is_old or not work.stamp else work.stamp
        work.known = _reading(work.stamp)
        work.until = time.monotonic() + (work.lasting or 0)
    return work.known


def _stamp_now() -> str:
    with connection.cursor() as cursor:
        cursor.execute(STAMP)
        return str(cursor.fetchone()[0])


def _reading(stamp: str) -> Known:
    """The last reading if it was made under this stamp, else a new one."""
    if _last and _last[0].stamp == stamp:
        return _last[0]
    known = _read(stamp)
    _last[:] = [known]
    return known


def _read(stamp: str = "") -> Known:
    found: dict[str, list[Definition]] = {}
    if stamp != NOTHING_YET:
        for row in CustomField.objects.order_by("record_type", "position", "id"):
            found.setdefault(row.record_type, []).append(definition_of(row))
    return Known(stamp, {kind: tuple(rows) for kind, rows in found.items()})


def type_of(record_type: Any) -> str:
    """The kind of record as definitions name it: from a model, a record or that name itself."""
    return record_type if isinstance(record_type, str) else str(record_type._meta.label_lower)


def every(record_type: Any, *, afresh: bool = False) -> tuple[Definition, ...]:
    """All fields of a kind of record, removed ones too."""
    return current(afresh=afresh).fields.get(type_of(record_type), ())


def fields_of(record_type: Any, *, afresh: bool = False) -> tuple[Definition, ...]:
    """The fields in use of a kind of record, in their order."""
    return tuple(one for one in every(record_type, afresh=afresh) if one.is_active)


def named(record_type: Any, name: str) -> Definition | None:
    """The field of this name (with or without ``custom.``), even if it was removed."""
    bare = name.removeprefix(PREFIX)
    return next((one for one in every(record_type) if one.name == bare), None)


def takes_fields(model: Any) -> bool:
    """Whether fields can be added to this kind of record."""
    return (
        isinstance(model, type) and issubclass(model, Model) and getattr(model, "takes_custom_fields", False)
    )


__all__ = [
    "FORM_PREFIX", "PREFIX", "Definition", "Kind", "begin", "changed", "current", "definition_of", "end", "every",
    "fields_of", "named", "piece_of_work", "reader", "seen", "stamp_of_all", "takes_fields", "type_of",
]  # fmt: skip
