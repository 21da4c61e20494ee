"""Everything that points at a record: found in the models themselves, moved to another record, and moved back.

Foreign keys are found by looking at the models; rows that hang on records by type and id are registered
(``kernel.hanging``), and so is what names a record by its public id (``registry``). A column of a row is all that a
move touches: the row keeps its version, because its own content is the same.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from duplicates.models import MatchKey, MovedLink, type_of
from duplicates.registry import guards, links_by_public_id
from kernel.customfields.definitions import Kind, fields_of
from kernel.errors import Blocker
from kernel.hanging import hanging

MOST_NAMED = 5
CHUNK = 2000
# Moved with the records in other ways: keys are told anew, and each record keeps its own history.
OWN = frozenset([type_of(MatchKey), "kernel.historyentry"])


@dataclass(frozen=True)
class Link:
    """One column of one model that points at records of a type."""

    model: type[models.Model]
    column: str
    cascades: bool = True  # a row that cannot move may leave together with the record
    stays: bool = False  # ... or stay as it is
    type_column: str = ""
    by: str = "pk"  # what of the record the column holds

    @property
    def label(self) -> Any:
        return self.model._meta.verbose_name_plural

    def rows(self, record: models.Model) -> QuerySet[Any]:
        """The rows that point at the record."""
        wanted: dict[str, Any] = {self.column: getattr(record, self.by)}
        if self.type_column:
            is_content_type = self.model._meta.get_field(self.type_column).is_relation
            wanted[self.type_column] = (
                ContentType.objects.get_for_model(record) if is_content_type else type_of(record)
            )
        return self.model._base_manager.filter(**wanted).order_by()


def blockers_of(survivor: Any, losers: Sequence[Any]) -> list[Blocker]:
    """Every reason why these may not be merged."""
    found: list[Blocker] = survivor.merge_blockers(losers)
    return found + [blocker for guard in guards() for blocker in guard(survivor, losers)]


def links_to(model: type[models.Model]) -> list[Link]:
    """Every column that may point at records of this type."""
    found = []
    for relation in model._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel) and relation.field.concrete:
            cascades = relation.on_delete in (models.CASCADE, models.SET_NULL)
            found.append(Link(relation.related_model, relation.field.attname, cascades))  # type: ignore[arg-type]
    for label, type_column, id_column in hanging():
        if label.lower() not in OWN:
            found.append(Link(apps.get_model(label), id_column, type_column=type_column))
    for label, type_column, id_column in links_by_public_id():
        found.append(
            Link(apps.get_model(label), id_column, stays=True, type_column=type_column, by="public_id")
        )
    return found


def words_of(label: str) -> str:
    """A model as people call its rows."""
    return str(apps.get_model(label)._meta.verbose_name_plural)


def counts(losers: Sequence[models.Model]) -> dict[str, int]:
    """What points at these records, in the words of the trade: {"quotes": 3}."""
    found: Counter[str] = Counter()
    for link in links_to(type(losers[0])):
        own = {"pk__in": [one.pk for one in losers]} if link.model is type(losers[0]) else {}
        if n := sum(link.rows(one).exclude(**own).count() for one in losers):
            found[str(link.label)] += n
    return dict(found)


# --- moving --------------------------------------------------------------------------------------------------


def move(
    loser: models.Model, survivor: models.Model, *, group: Sequence[Any]
) -> tuple[list[MovedLink], list[Blocker]]:
    """Point everything at the survivor that points at the loser; what was where, and what cannot move."""
    moved: list[MovedLink] = []
    blockers: list[Blocker] = []
    for link in links_to(type(survivor)):
        rows = link.rows(loser)
        if link.model is type(survivor):
            rows = rows.exclude(pk__in=group)
        taken = colliding(link, rows, link.rows(survivor))
        for flag, those in taken.yielding.items():
            link.model._base_manager.filter(pk__in=those).update(**{flag: False})
            moved += [row_of(loser, link.model, pk, flag, "True", "False") for pk in those]
        if taken.stuck and not (link.cascades or link.stays):
            blockers += [
                stuck(row) for row in link.model._base_manager.filter(pk__in=taken.stuck)[:MOST_NAMED]
            ]
        was, now = getattr(loser, link.by), getattr(survivor, link.by)
        free = rows.exclude(pk__in=taken.stuck) if taken.stuck else rows
        pks = list(free.values_list("pk", flat=True))
        moved += [row_of(loser, link.model, pk, link.column, str(was), str(now)) for pk in pks]
        for start in range(0, len(pks), CHUNK):
            link.model._base_manager.filter(pk__in=pks[start : start + CHUNK]).update(**{link.column: now})
    return moved + list(move_references(loser, survivor)), blockers


def row_of(loser: models.Model, model: Any, pk: Any, column: str, was: str, now: str) -> MovedLink:
    """One move, to be remembered."""
    return MovedLink(loser_id=loser.pk, model=type_of(model), row_id=str(pk), column=column, was=was, now=now)


def stuck(row: Any) -> Blocker:
    text = _("%(what)s %(this)s is there for both") % {"what": row._meta.verbose_name, "this": row}
    return Blocker("exists_for_both", text, record=str(row))


@dataclass
class Collisions:
    """Rows that two records may not both have: some give way by a flag, others cannot move."""

    yielding: dict[str, set[Any]]
    stuck: set[Any]


def colliding(link: Link, mine: QuerySet[Any], theirs: QuerySet[Any]) -> Collisions:
    """The loser's rows that a constraint forbids beside the survivor's."""
    found = Collisions(defaultdict(set), set())
    for names, condition in unique_sets(link.model):
        columns = {attname(link.model, name) for name in names}
        if link.column not in columns:
            continue
        others = sorted(columns - {link.column, attname(link.model, link.type_column)})
        limited = [rows.filter(condition) if condition else rows for rows in (mine, theirs)]
        taken = set(limited[1].values_list(*others)) if others else {() for _row in limited[1][:1]}
        if not taken:
            continue
        doubles: set[Any] = {
            row[0] for row in limited[0].values_list("pk", *others) if None not in row and row[1:] in taken
        }
        flag = flag_of(condition)
        (found.yielding[flag] if flag else found.stuck).update(doubles)
    return found


def attname(model: type[models.Model], name: str) -> str:
    """The column of a field."""
    return str(model._meta.get_field(name).attname) if name else ""  # type: ignore[union-attr]


def unique_sets(model: type[models.Model]) -> Iterator[tuple[tuple[str, ...], Q | None]]:
    """What no two rows of a model share: names of fields, and under which condition."""
    for field in model._meta.local_concrete_fields:
        if field.unique and field.is_relation:
            yield (field.name,), None
    for together in model._meta.unique_together:
        yield tuple(together), None
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields:
            yield tuple(constraint.fields), constraint.condition


def flag_of(condition: Q | None) -> str:
    """The name of the one flag that a condition asks to be set; such a row gives way by putting it down."""
    if condition is None or condition.negated or len(condition.children) != 1:
        return ""
    (child,) = condition.children
    return str(child[0]) if isinstance(child, tuple) and child[1] is True else ""


# --- custom fields that refer to records ----------------------------------------------------------------------


def move_references(loser: Any, survivor: Any) -> Iterator[MovedLink]:
    """Added fields that name the loser name the survivor from now on."""
    was, now = str(loser.public_id), str(survivor.public_id)
    for model in apps.get_models():
        if not any(field.name == "custom" for field in model._meta.concrete_fields):
            continue
        for definition in fields_of(type_of(model)):
            if definition.kind == Kind.REFERENCE and definition.refers_to == type_of(survivor):
                rows = model._base_manager.filter(**{f"custom__{definition.name}": was})
                for pk, custom in list(rows.values_list("pk", "custom")):
                    model._base_manager.filter(pk=pk).update(custom={**custom, definition.name: now})
                    yield row_of(loser, model, pk, definition.key, was, now)


# --- moving back ---------------------------------------------------------------------------------------------


def move_back(links: QuerySet[MovedLink]) -> list[MovedLink]:
    """Point everything back, as far as it still stands where the merge put it; answers what stands elsewhere now."""
    elsewhere: list[MovedLink] = []
    # The last move first, loser by loser: a row gets its flag back only when it stands where it may have it.
    grouped: dict[tuple[int, str, str, str, str], list[MovedLink]] = defaultdict(list)
    for one in links.order_by("-id"):
        grouped[one.loser_id, one.model, one.column, one.was, one.now].append(one)
    for (_loser, label, column, was, now), several in grouped.items():
        model = apps.get_model(label)
        if column.startswith("custom."):
            elsewhere += [one for one in several if not _reference_back(model, one)]
            continue
        field = model._meta.get_field(column)
        value, expected = (None if text == "None" else field.to_python(text) for text in (was, now))
        for start in range(0, len(several), CHUNK):
            part = several[start : start + CHUNK]
            rows = model._base_manager.filter(pk__in=[one.row_id for one in part], **{column: expected})
            there = {str(pk) for pk in rows.values_list("pk", flat=True)}
            rows.update(**{column: value})
            elsewhere += [one for one in part if one.row_id not in there]
    return elsewhere


def _reference_back(model: Any, one: MovedLink) -> bool:
    name = one.column.removeprefix("custom.")
    row = model._base_manager.filter(pk=one.row_id, **{f"custom__{name}": one.now})
    custom = row.values_list("custom", flat=True).first()
    return custom is not None and bool(row.update(custom={**custom, name: one.was}))
