"""What a chunk of rows would do: every cell read, every rule asked, every record looked up; nothing is written."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from imports.engine.work import BAD, Work
from imports.fields import Misfit
from imports.kinds.base import Problem
from imports.reading.rows import Row
from kernel import customfields

BROKEN = {
    "open_quote": gettext_lazy("A quote is opened in this row and never closed."),
    "too_long": gettext_lazy("The row is too long to be one: more than 128 KB."),
    "encoding": gettext_lazy("The row is not written in the encoding of the file."),
    "broken": gettext_lazy("The row cannot be read."),
}
FAILS, CREATES, UPDATES, SKIPS, UNCHANGED = "failed", "created", "updated", "skipped", "unchanged"


@dataclass(slots=True)
class Plan:
    """One row: what it says, what is wrong with it, and what it will do."""

    number: int
    offset: int
    cells: list[str]
    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    does: str = CREATES
    record: Any = None  # the record that is there already
    draft: Any = None  # the record to be made
    keys: Any = ()  # its match keys
    why: str = ""  # why it is skipped or what it may be twice
    score: int = 0
    row_hash: int = 0
    blank: list[str] = field(default_factory=list)  # fields whose cells are empty
    making: dict[str, str] = field(default_factory=dict)  # records to be made along with it, by field

    def fail(self, name: str, code: str, text: Any) -> None:
        self.problems.append(Problem(name, code, str(text)))
        self.does = FAILS


def read_chunk(work: Work, rows: Iterable[Row]) -> list[Plan]:
    """The rows as values, links looked up; what does not fit is noted cell by cell."""
    work.has_own_fields = bool(customfields.fields_of(work.kind.model))
    plans = [plan_of(work, row) for row in rows]
    sound = [plan for plan in plans if plan.does != FAILS]
    for column in work.columns:
        read_column(sound, column.index, column.field.name, column.convert)
    for name, value in work.fixed.items():
        for plan in sound:
            plan.values.setdefault(name, value)
    if work.kind.splits_names:
        for plan in sound:
            split_name(plan.values)
    find_links(work, sound)
    for plan in sound:
        check_row(work, plan)
    return plans


def plan_of(work: Work, row: Row) -> Plan:
    """A row before its cells are read; what is broken as a whole is known already."""
    corrected = row.number in work.corrections
    cells = work.cells_of(row)
    plan = Plan(row.number, row.offset, cells)
    if row.problem and not (corrected and row.problem == "open_quote"):
        plan.fail("", row.problem, BROKEN[row.problem])
    elif len(cells) > work.width and any(cell.strip() for cell in cells[work.width :]):
        plan.fail("", "too_many_cells", _("The row has more cells than there are columns."))
    elif BAD.search("".join(cells)):
        plan.fail(bad_field(work, cells), "control", _("It holds a character that is no text."))
    else:
        plan.row_hash = hash_of(work, cells)
    return plan


def bad_field(work: Work, cells: Sequence[str]) -> str:
    for column in work.columns:
        if column.index < len(cells) and BAD.search(cells[column.index]):
            return column.field.name
    return ""


def hash_of(work: Work, cells: Sequence[str]) -> int:
    """A fingerprint of what the row says, whatever the order of the columns."""
    width = len(cells)
    said = [f"{c.field.name}={cells[c.index]}" for c in work.columns if c.index < width and cells[c.index]]
    text = "\x1f".join(sorted(said)) + "\x1e".join(
        f"{name}={value}" for name, value in work.run.fixed.items()
    )
    digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def read_column(plans: list[Plan], at: int, name: str, convert: Any) -> None:
    """Turn all cells of a column into values."""
    for plan in plans:
        cells = plan.cells
        cell = cells[at] if at < len(cells) else ""
        if not cell or cell.isspace():
            plan.blank.append(name)
            continue
        try:
            plan.values[name] = convert(cell)
        except Misfit as misfit:
            plan.fail(name, misfit.code, misfit.text)


def split_name(values: dict[str, Any]) -> None:
    """A full name as first and last name, where these do not say it themselves."""
    whole = values.pop("full_name", "")
    if not whole or values.get("last_name"):
        return
    last, comma, first = whole.partition(",")
    if not comma:
        first, _space, last = whole.rpartition(" ")
    values["last_name"] = last.strip()
    if first.strip():
        values.setdefault("first_name", first.strip())


def find_links(work: Work, plans: list[Plan]) -> None:
    """Replace the texts that name other records by these records."""
    for one in work.link_fields:
        texts = {plan.values[one.name] for plan in plans if isinstance(plan.values.get(one.name), str)}
        if not texts:
            continue
        work.links.ask(one.link, texts)
        may_make = (
            work.options.get("create_missing") and one.name == "account" and work.kind.name == "contacts"
        )
        for plan in plans:
            text = plan.values.get(one.name)
            if not isinstance(text, str):
                continue
            try:
                plan.values[one.name] = work.links.one(one.link, text)
            except Misfit as misfit:
                if misfit.code == "not_found" and may_make:
                    plan.making[one.name] = text
                    del plan.values[one.name]
                else:
                    plan.fail(one.name, misfit.code, misfit.text)


def check_row(work: Work, plan: Plan) -> None:
    """The rules that speak of the row as a whole."""
    if plan.does == FAILS:
        return
    for rule in work.kind.rules:
        for problem in rule(plan.values):
            if problem.code != "no_name" or not work.key:
                plan.fail(problem.field, problem.code, problem.text)


def check_new(work: Work, plan: Plan) -> None:
    """What a record that is made needs, though one that is there may do without it."""
    for name, one in work.fields.items():
        if one.required and not plan.values.get(name):
            plan.fail(name, "required", _("%(field)s is needed.") % {"field": one.label})
    for rule in work.kind.rules:
        for problem in rule(plan.values):
            if problem.code == "no_name":
                plan.fail(problem.field, problem.code, problem.text)
