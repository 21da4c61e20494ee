"""What the pages and the API of an import show."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from imports.engine.work import fixed_value
from imports.fields import Field, Misfit, by_name
from imports.kinds import KINDS, Kind
from imports.models import Finding, ImportRun
from imports.reading.workbooks import TYPED
from imports.ways import WAYS, Reading, fitting
from kernel.jinja import url
from people.access import visible

SHOWN = 50


@dataclass(frozen=True)
class ColumnShown:
    """A column as the matching page draws it."""

    at: int
    head: str
    examples: list[str]
    field: str
    kind: str
    way: str
    readings: list[Reading]  # the ways it could be written, with an example of each
    ways: list[Any]  # all ways, where none fits

    @property
    def is_asked(self) -> bool:
        """Whether somebody has to say how it is written."""
        return bool(self.kind) and not self.way


def runs_of(user: Any) -> QuerySet[ImportRun]:
    """The imports that exist for this person."""
    return visible(user, ImportRun.objects.select_related("job", "owner"))


def kinds_for(user: Any) -> list[Kind]:
    """What this person may import."""
    return [kind for kind in KINDS.values() if kind.allowed(user)]


def import_link(user: Any, kind: str) -> str:
    """Where such records are imported; empty for who may not."""
    return url("imports:new", kind) if KINDS[kind].allowed(user) else ""


def columns_shown(run: ImportRun, fields: dict[str, Field]) -> list[ColumnShown]:
    """Each column with examples, its field, and the ways its numbers and days could be written."""
    found = []
    for at, (head, said) in enumerate(zip(run.header, run.columns, strict=True)):
        one = fields.get(said["field"])
        kind = one.asks_for_a_way if one else ""
        readings = fitting(kind, run.samples[at]) if kind else []
        known = {reading.way.code for reading in readings}
        others = [way for way in WAYS.get(kind, ()) if way.code not in known and way.code != "plain"]
        examples = [sample.lstrip(TYPED) for sample in run.samples[at][:3]]
        found.append(ColumnShown(at, head, examples, said["field"], kind, said["way"], readings, others))
    return found


def fixable(run: ImportRun, fields: dict[str, Field]) -> list[tuple[Field, str, str]]:
    """Fields that all rows can share, with what they are and what is wrong with that."""
    mapped = {one["field"] for one in run.columns}
    found = []
    for name, one in fields.items():
        if name in mapped or one.name in ("number", "external_key", "full_name") or not worth_sharing(one):
            continue
        text = run.fixed.get(name, "")
        found.append((one, text, wrong_text(one, text)))
    return found


def worth_sharing(one: Field) -> bool:
    return one.required or one.kind == "choice" or one.name in SHARED or one.name.startswith("custom.")


SHARED = frozenset(
    [
        "campaign",
        "industry",
        "country",
        "owner",
        "team",
        "account",
        "unit",
        "family",
        "tax_code",
        "currency",
        "payment_terms",
        "price_list",
        "territory",
        "valid_from",
        "valid_to",
        "language",
    ]
)


def wrong_text(one: Field, text: str) -> str:
    try:
        if text:
            fixed_value(one, text)
    except Misfit as misfit:
        return str(misfit.text)
    return ""


def fields_of(run: ImportRun, user: Any) -> dict[str, Field]:
    """The fields this person may fill, by name."""
    return by_name(KINDS[run.kind].fields_for(user))


@dataclass(frozen=True)
class FindingShown:
    """A finding with the record it speaks of."""

    finding: Finding
    head: str
    record: Any
    label: Any


def findings_shown(run: ImportRun, user: Any, what: str, *, after: int = 0) -> list[FindingShown]:
    """A page of findings of one sort, in the order of the file, with the records they speak of."""
    rows = list(run.findings.filter(what=what, pk__gt=after).order_by("pk")[:SHOWN])
    records = records_of(rows, user)
    fields = fields_of(run, user)
    return [
        FindingShown(
            one,
            run.header[one.column] if 0 <= one.column < len(run.header) else "",
            records.get((one.record_type, one.record_id)),
            fields[one.field].label if one.field in fields else "",
        )
        for one in rows
    ]


def records_of(rows: Iterable[Finding], user: Any) -> dict[tuple[str, int | None], Any]:
    """The records that findings speak of, as far as they exist for this person; one query a kind."""
    wanted: dict[str, set[int]] = {}
    for one in rows:
        if one.record_type and one.record_id:
            wanted.setdefault(one.record_type, set()).add(one.record_id)
    found: dict[tuple[str, int | None], Any] = {}
    for label, ids in wanted.items():
        model = apps.get_model(label)
        for record in visible(user, model._default_manager.filter(pk__in=ids)):
            found[label, record.pk] = record
    return found


def told_counts(counts: dict[str, Any]) -> list[tuple[str, Any, int, str]]:
    """What came of the rows: (sort, words, number, tone)."""
    words = (
        ("created", _("new"), "success"),
        ("updated", _("changed"), "info"),
        ("unchanged", _("unchanged"), ""),
        ("skipped", _("left out as doubles"), "attention"),
        ("failed", _("with errors"), "danger"),
    )
    return [(name, text, int(counts.get(name, 0)), tone) for name, text, tone in words if counts.get(name)]
