"""Getting an import ready: which column means what, how it is read, what happens with doubles, cells put right."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from imports.engine.work import fixed_value
from imports.fields import Field, Misfit, by_name
from imports.guessing import guessed, header_hash
from imports.kinds import KINDS, Kind
from imports.models import Correction, Finding, ImportRun
from imports.models import Mapping as Remembered
from imports.ways import WAYS, fitting
from kernel.errors import Blocker, DomainError
from kernel.lifecycle import advance
from kernel.writing import locked
from people.models import User

ON_MATCH = ("skip", "update", "create")
LONGEST_CELL = 20_000


def remembered(run: ImportRun, kind: Kind, by: User) -> None:
    """The columns as this person read such a header last time, else as its heads suggest."""
    fields = by_name(kind.fields_for(by))
    before = Remembered.objects.filter(
        kind=kind.name, header_hash=header_hash(run.header), used_by=by
    ).first()
    names: Sequence[str] = guessed(run.header, list(fields.values()))
    ways = [""] * len(run.header)
    if before is not None:
        known = {one["head"]: one for one in before.columns}
        names = [str(known.get(head, {}).get("field", "")) for head in run.header]
        ways = [str(known.get(head, {}).get("way", "")) for head in run.header]
        run.fixed, run.options = dict(before.fixed), dict(before.options)
    else:
        run.fixed, run.options = {}, usual_options(kind, names)
    if needs_topic(kind, names):
        run.fixed.setdefault("topic", run.file_name.rpartition(".")[0] or run.file_name)
    run.columns = [
        {"field": name if name in fields else "", "way": way or only_way(fields.get(name), run.samples[at])}
        for at, (name, way) in enumerate(zip(names, ways, strict=True))
    ]


def needs_topic(kind: Kind, names: Sequence[str]) -> bool:
    return kind.name == "leads" and "topic" not in names


def usual_options(kind: Kind, names: Sequence[str]) -> dict[str, Any]:
    """What most people want: records are found by the surest key there is, and changed; doubles are left out."""
    key = next((one for one in kind.keys if one in names and one not in ("email", "name")), "")
    return {
        "key": key,
        "on_match": "update" if key else "skip",
        "create_missing": False,
        "owner": "me",
        "blank": "keep",
    }


def only_way(one: Field | None, samples: Sequence[str]) -> str:
    """The way a column is written where it can be but one; else somebody has to say it."""
    if one is None or not one.asks_for_a_way:
        return ""
    if not samples:
        return WAYS[one.asks_for_a_way][0].code  # nothing there to be read in two ways
    ways = fitting(one.asks_for_a_way, samples)
    return ways[0].way.code if len(ways) == 1 else ""


@transaction.atomic
def match_columns(
    run: ImportRun, *, by: User, columns: Sequence[Mapping[str, str]], fixed: Mapping[str, str] | None = None,
    options: Mapping[str, Any] | None = None, version: int | None = None,
) -> ImportRun:  # fmt: skip
    """Say what each column means. Raises DomainError naming every column that is not said well."""
    run = locked(run, version=version)
    advance(run.prepare, by=by)
    kind = KINDS[run.kind]
    fields = by_name(kind.fields_for(by))
    run.columns = [
        {"field": str(one.get("field", "")), "way": str(one.get("way", ""))}
        for one in list(columns)[: len(run.header)]
    ]
    run.columns += [{"field": "", "way": ""}] * (len(run.header) - len(run.columns))
    run.fixed = {
        name: str(text).strip()
        for name, text in (run.fixed if fixed is None else fixed).items()
        if str(text).strip()
    }
    run.options = cleaned_options(kind, run, options)
    refuse_misfit_columns(run, kind, fields)
    forget_check(run)
    remember(run, by)
    return run


def cleaned_options(kind: Kind, run: ImportRun, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """The choices with what makes no sense put right."""
    said = {**run.options, **(given or {})}
    mapped = {one["field"] for one in run.columns}
    key = str(said.get("key", ""))
    return {
        "key": key if key in kind.keys and key in mapped else "",
        "on_match": said["on_match"] if said.get("on_match") in ON_MATCH else "skip",
        "create_missing": bool(said.get("create_missing")),
        "owner": "rules" if said.get("owner") == "rules" else "me",
        "blank": "clear" if said.get("blank") == "clear" else "keep",
    }


def refuse_misfit_columns(run: ImportRun, kind: Kind, fields: Mapping[str, Field]) -> None:
    """Every field at most once, what is needed there, and numbers and days with the way they are written."""
    found: list[Blocker] = []
    seen: dict[str, int] = {}
    for at, said in enumerate(run.columns):
        name, place, head = said["field"], f"columns.{at}", run.header[at]
        one = fields.get(name)
        if not name:
            continue
        if one is None:
            found.append(
                Blocker("unknown_field", _("“%(head)s”: there is no such field.") % {"head": head}, place)
            )
        elif name in seen:
            text = _("“%(head)s” and “%(other)s” cannot both be %(field)s.")
            words = {"head": head, "other": run.header[seen[name]], "field": one.label}
            found.append(Blocker("field_twice", text % words, place))
        elif (kind_of_way := one.asks_for_a_way) and said["way"] not in {
            way.code for way in WAYS[kind_of_way]
        }:
            text = _("“%(head)s”: say how it is written.") % {"head": head}
            found.append(Blocker("no_way", text, f"{place}.way"))
        seen.setdefault(name, at)
    found += wrong_fixed(run, fields)
    if kind.needed and not (set(kind.needed) & (seen.keys() | run.fixed.keys())) and not run.options["key"]:
        found.append(
            Blocker("needed", _("One column has to be %(what)s.") % {"what": kind.needed_words}, "columns")
        )
    if found:
        raise DomainError(found[0].text, code=found[0].code, field=found[0].field, blockers=found)


def wrong_fixed(run: ImportRun, fields: Mapping[str, Field]) -> list[Blocker]:
    """Values for all rows that are no values of their fields."""
    found = []
    for name, text in run.fixed.items():
        if (one := fields.get(name)) is None:
            found.append(
                Blocker("unknown_field", _("There is no field %(name)s.") % {"name": name}, f"fixed.{name}")
            )
            continue
        try:
            fixed_value(one, text)
        except Misfit as misfit:
            found.append(Blocker(misfit.code, f"{one.label}: {misfit.text}", f"fixed.{name}"))
    return found


def remember(run: ImportRun, by: User) -> None:
    """Next time such a header comes, it is read like this."""
    Remembered.objects.update_or_create(
        kind=run.kind, header_hash=header_hash(run.header), used_by=by,
        defaults={
            "columns": [{"head": head, **said} for head, said in zip(run.header, run.columns, strict=True)],
            "fixed": {name: text for name, text in run.fixed.items() if name != "topic"},
            "options": run.options,
        },
    )  # fmt: skip


def forget_check(run: ImportRun) -> None:
    """What was found holds no more; the import is to be checked again."""
    run.checked_as, run.counts = "", {}
    run.version += 1
    run.save()
    Finding.objects.filter(run=run, what__in=(Finding.What.ERROR, Finding.What.DUPLICATE)).delete()


@transaction.atomic
def correct_cell(run: ImportRun, *, by: User, row: int, column: int, value: str) -> ImportRun:
    """Put one cell right; the file stays as it is."""
    run = locked(run)
    advance(run.prepare, by=by)
    if not 0 <= column < len(run.header) or not run.header_row < row <= run.header_row + 10_000_000:
        raise DomainError(_("There is no such cell."), code="no_cell", field="column")
    if len(value) > LONGEST_CELL:
        raise DomainError(_("This is longer than a cell may be."), code="too_long", field="value")
    Correction.objects.update_or_create(
        run=run, row=row, column=column, defaults={"value": value.replace("\0", "")}
    )
    run.version += 1
    run.save()
    return run
