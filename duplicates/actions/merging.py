"""Making one record of two to five: nothing is lost, and it can be undone (``parting``)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duplicates import links
from duplicates.choices import MOST_RECORDS, side_by_side, take_over
from duplicates.matchable import Matchable
from duplicates.models import DuplicatePair, Merge, MergedRecord, MovedLink, type_of
from kernel import history, outbox, snapshots
from kernel.errors import Blocker, Conflict, DomainError, TransitionRefused
from people.access import require
from people.models import User


@transaction.atomic
def merge(
    survivor: Any, losers: Sequence[Any], *, by: User, picked: Mapping[str, int] | None = None, reason: str = "",
    versions: Mapping[int, int] | None = None,
) -> Merge:  # fmt: skip
    """Make the survivor of all these records: chosen values, every link, every note; the others lead to it.

    ``picked`` names for fields the record (by pk) whose value is taken. Raises TransitionRefused with every reason why
    they cannot be one, and Conflict when one of them is not what the person saw.
    """
    survivor, losers = locked_group(survivor, losers, versions or {})
    for one in (survivor, *losers):
        require(by, "merge", one)
    if blockers := links.blockers_of(survivor, losers):
        raise TransitionRefused(survivor, blockers, step="merge")
    made = Merge(
        record_type=type_of(survivor), survivor_id=survivor.pk, survivor_ref=survivor.ref,
        survivor_label=str(survivor)[:250], reason=reason[:200], by=by, before=snapshots.image(survivor),
    )  # fmt: skip
    choices = side_by_side(survivor, losers, user=by, picked=picked)
    gone = [remembered(one) for one in losers]
    untie(survivor, losers)
    moved = moved_links(survivor, losers)
    take_over(survivor, [survivor, *losers], choices)
    survivor.before_merge(losers)
    moved += [created(loser, row) for loser in losers for row in survivor.rows_kept_of(loser)]
    for one, record in zip(gone, losers, strict=True):
        one.removed_id = snapshots.remove(record, by=by, why="merged", tell=False).pk
    keep(survivor)
    made.changes = changed_columns(made.before, snapshots.image(survivor))
    return enter(made, survivor, losers, gone, moved, by)


def locked_group(survivor: Any, losers: Sequence[Any], versions: Mapping[int, int]) -> tuple[Any, list[Any]]:
    """All records as they are now, held; each of them once, of one type, as the person saw them."""
    model = type(survivor)
    pks = {one.pk for one in losers}
    if not losers or survivor.pk in pks or len(pks) != len(losers) or len(pks) >= MOST_RECORDS:
        text = _("Choose two to %(most)s different records.") % {"most": MOST_RECORDS}
        raise DomainError(text, code="wrong_number")
    if not issubclass(model, Matchable) or any(type(one) is not model for one in losers):
        raise DomainError(_("Only records of one kind can be merged."), code="wrong_type")
    # In the order of their keys, so that two who merge the same records wait for each other instead of both failing.
    rows = model._base_manager.select_for_update().filter(pk__in=[survivor.pk, *pks]).order_by("pk")
    there: dict[int, Any] = {one.pk: one for one in rows}
    if missing := [one for one in (survivor, *losers) if one.pk not in there]:
        text = _("%(this)s is gone: it was merged or deleted meanwhile.") % {"this": missing[0]}
        raise Conflict(text, code="merged")
    if any(there[pk].version != version for pk, version in versions.items() if pk in there):
        raise Conflict(_("Somebody else changed one of them meanwhile. Look at them again."))
    return there[survivor.pk], [there[one.pk] for one in losers]


def remembered(record: Any) -> MergedRecord:
    """A record that will be gone: what it was called and how it was."""
    return MergedRecord(
        record_type=type_of(record), record_id=record.pk, public_id=record.public_id, ref=record.ref[:60],
        label=str(record)[:250], image=snapshots.image(record),
    )  # fmt: skip


def untie(survivor: Any, losers: Sequence[Any]) -> None:
    """Cut what these records say of each other: none of them may stand above itself in the end."""
    model, group = type(survivor), {one.pk for one in (survivor, *losers)}
    by_pk = {one.pk: one for one in losers}
    for field in model._meta.concrete_fields:
        if not field.is_relation or field.related_model is not model:
            continue
        above, seen = getattr(survivor, field.attname), set()
        while above in by_pk and above not in seen:
            seen.add(above)
            above = getattr(by_pk[above], field.attname)
        above = None if above in group else above
        if above != getattr(survivor, field.attname):
            setattr(survivor, field.attname, above)
            model._base_manager.filter(pk=survivor.pk).update(**{field.attname: above})
        inside = model._base_manager.filter(pk__in=by_pk, **{f"{field.attname}__in": list(group)})
        inside.update(**{field.attname: None})
        for one in losers:
            if getattr(one, field.attname) in group:
                setattr(one, field.attname, None)


def moved_links(survivor: Any, losers: Sequence[Any]) -> list[MovedLink]:
    """Point everything at the survivor; raises with every row that can only be there once and may not go."""
    group = [one.pk for one in (survivor, *losers)]
    moved: list[MovedLink] = []
    blockers: list[Blocker] = []
    try:
        with transaction.atomic():
            for loser in losers:
                some, stuck = links.move(loser, survivor, group=group)
                moved += some
                blockers += stuck
    except IntegrityError as error:
        text = _("Something is there for both of them and can be there only once.")
        raise TransitionRefused(survivor, [Blocker("exists_for_both", text)], step="merge") from error
    if blockers:
        raise TransitionRefused(survivor, blockers, step="merge")
    return moved


def keep(survivor: Any) -> None:
    """Save what the survivor has become, if it may be so."""
    survivor.refuse_merged()
    try:
        with transaction.atomic():
            survivor.save()
    except IntegrityError as error:
        text = _("These values do not go together. Choose others.")
        raise DomainError(text, code="constraint_violated") from error
    survivor.sync_dependents()


def created(loser: Any, row: models.Model) -> MovedLink:
    """A row that keeps what would have been lost; it goes when the merge is undone."""
    return MovedLink(
        loser_id=loser.pk,
        model=type_of(row),
        row_id=str(row.pk),
        column="+",
        was="",
        now="",
        image=snapshots.image(row),
    )


def changed_columns(before: snapshots.Image, after: snapshots.Image) -> dict[str, list[Any]]:
    """What the merge made of the survivor's columns, apart from what every save touches."""
    every_save = {"version", "updated_at", "search_text"}
    old, new = before["columns"], after["columns"]
    found = {
        name: [old[name], new[name]] for name in new if name not in every_save and old.get(name) != new[name]
    }
    if "custom" in found:
        was, now = found.pop("custom")
        names = {**(was or {}), **(now or {})}
        for name in names:
            if (was or {}).get(name) != (now or {}).get(name):
                found[f"custom.{name}"] = [(was or {}).get(name), (now or {}).get(name)]
    return found


def enter(
    made: Merge,
    survivor: Any,
    losers: Sequence[Any],
    gone: list[MergedRecord],
    moved: list[MovedLink],
    by: User,
) -> Merge:
    """Write down what was done, so that it can be undone, and tell it."""
    made.counts = tally(moved)
    made.save(force_insert=True)
    for one in gone:
        one.merge = made
    MergedRecord.objects.bulk_create(gone)
    settled = settle_pairs(survivor, losers, by)
    for link in [*moved, *settled]:
        link.merge = made
    MovedLink.objects.bulk_create([*moved, *settled], batch_size=links.CHUNK)
    kind = survivor._meta.model_name
    names = ", ".join(one.label for one in gone)
    changes = {name: pair for name, pair in made.changes.items() if not name.endswith("_reasons")}
    history.record(survivor, "merged", by=by, note=f"{names}. {made.reason}".strip(". "), changes=changes)
    outbox.publish(
        f"{kind}.merged", survivor, by=by,
        payload={"merge": made.public_id, "losers": [{"id": one.public_id, "ref": one.ref} for one in gone]},
    )  # fmt: skip
    return made


def tally(moved: Sequence[MovedLink]) -> dict[str, int]:
    """How many rows of each model were moved."""
    found: dict[str, int] = {}
    for one in moved:
        if one.was != "True":
            found[one.model] = found.get(one.model, 0) + 1
    return found


def settle_pairs(survivor: Any, losers: Sequence[Any], by: User) -> list[MovedLink]:
    """What was shown as possible duplicates is decided now."""
    group = [one.pk for one in (survivor, *losers)]
    pairs = DuplicatePair.objects.select_for_update().filter(
        record_type=type_of(survivor), first_id__in=group, second_id__in=group
    )
    kept = []
    for pair in pairs.exclude(status=DuplicatePair.Status.MERGED):
        whole = {"row_id": str(pair.pk), "column": "=", "image": snapshots.image(pair)}
        kept.append(MovedLink(loser_id=losers[0].pk, model=type_of(pair), was="", now="", **whole))
        pair.settle()
        pair.decided_at, pair.decided_by = timezone.now(), by
        pair.save()
    return kept
