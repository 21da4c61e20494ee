"""What is read about duplicates and merges: only pairs and records that exist for the asker."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from duplicates.matchable import Matchable, matchable_models
from duplicates.models import DuplicatePair, Merge, MergedRecord, type_of
from duplicates.rules import in_words
from people.access import visible

PAGE = 25


@dataclass(frozen=True)
class PairShown:
    """Two records that may be the same, as a page shows them."""

    pair: DuplicatePair
    records: tuple[Any, Any]

    @property
    def reasons(self) -> list[Any]:
        return in_words(self.pair.reasons)


def pairs_for(user: Any, model: type[Matchable]) -> QuerySet[DuplicatePair]:
    """The pairs of a type of which both records exist for this person."""
    there = visible(user, model._default_manager.all()).order_by().values("pk")
    return DuplicatePair.objects.filter(record_type=type_of(model), first_id__in=there, second_id__in=there)


def page_of_pairs(
    user: Any, model: type[Matchable], *, status: str, after: tuple[int, int] | None = None, of: Any = None
) -> list[PairShown]:
    """One page of pairs, the likeliest first; one more than fits says that there are more. Three queries."""
    pairs = pairs_for(user, model).filter(status=status).select_related("decided_by")
    if of is not None:
        pairs = pairs.filter(Q(first_id=of.pk) | Q(second_id=of.pk))
    if after is not None:
        score, pk = after
        pairs = pairs.filter(Q(score__lt=score) | Q(score=score, pk__lt=pk))
    return with_records(model, pairs.order_by("-score", "-pk")[: PAGE + 1])


def with_records(model: type[Matchable], pairs: Iterable[DuplicatePair]) -> list[PairShown]:
    rows = list(pairs)
    ids = {pk for pair in rows for pk in (pair.first_id, pair.second_id)}
    known: Any = model._default_manager
    records = model.with_match_values(known.filter(pk__in=ids).select_related("owner")).in_bulk()
    return [
        PairShown(pair, (records[pair.first_id], records[pair.second_id]))
        for pair in rows
        if pair.first_id in records and pair.second_id in records
    ]


def duplicates_of(records: Sequence[Any], user: Any) -> dict[int, int]:
    """How many possible duplicates each of these records of one type has; two queries for a whole list."""
    if not records:
        return {}
    model, ids = type(records[0]), {one.pk for one in records}
    pairs = list(
        DuplicatePair.objects.filter(record_type=type_of(model), status=DuplicatePair.Status.OPEN)
        .filter(Q(first_id__in=ids) | Q(second_id__in=ids))
        .values_list("first_id", "second_id")
    )  # fmt: skip
    if not pairs:
        return {}
    everyone = {pk for pair in pairs for pk in pair}
    there = set(visible(user, model._default_manager.filter(pk__in=everyone)).values_list("pk", flat=True))
    found: Counter[int] = Counter()
    for first, second in pairs:
        if first in there and second in there:
            found[first] += 1
            found[second] += 1
    return {pk: n for pk, n in found.items() if pk in ids}


def duplicates_of_one(record: Any, user: Any) -> list[PairShown]:
    """The possible duplicates of one record, the likeliest first."""
    pairs = pairs_for(user, type(record)).filter(status=DuplicatePair.Status.OPEN)
    mine = pairs.filter(Q(first_id=record.pk) | Q(second_id=record.pk))
    return with_records(type(record), mine.order_by("-score")[:10])


# --- merges ------------------------------------------------------------------------------------------------------


def merges_for(user: Any, model: type[Matchable]) -> QuerySet[Merge]:
    """The merges into records that exist for this person, the latest first."""
    there = visible(user, model._default_manager.all()).order_by().values("pk")
    return (
        Merge.objects.filter(record_type=type_of(model), survivor_id__in=there)
        .select_related("by", "undone_by")
        .prefetch_related("losers")
        .order_by("-pk")
    )


def merge_for(user: Any, public_id: Any) -> Merge | None:
    """A merge, if its survivor, or what that went into later, exists for this person."""
    rows = Merge.objects.select_related("by", "undone_by").prefetch_related("losers")
    made = rows.filter(public_id=public_id).first()
    if made is None or (model := matchable_models().get(made.record_type)) is None:
        return None
    there = visible(user, model._default_manager.filter(pk=made.survivor_id)).exists()
    return made if there or survivor_of(model, user, record_id=made.survivor_id) else None


def survivor_of(model: type[Matchable], user: Any, **names: Any) -> Any:
    """The record that one went into, by any name of the one that is gone; None if it never was or is out of sight."""
    gone = MergedRecord.objects.filter(record_type=type_of(model), merge__undone_at__isnull=True)
    one = gone.filter(**names).select_related("merge").order_by("-pk").first()
    for _step in range(20):
        if one is None:
            return None
        pk = one.merge.survivor_id
        if (record := visible(user, model._default_manager.filter(pk=pk)).first()) is not None:
            return record
        one = gone.filter(record_id=pk).select_related("merge").order_by("-pk").first()
    return None


def absorbed(record: Any) -> list[int]:
    """The ids of the records that went into this one, also by way of others."""
    found: list[int] = []
    if not isinstance(record, Matchable):
        return found
    wanted = [record.pk]
    while wanted:
        gone = MergedRecord.objects.filter(
            record_type=type_of(record), merge__undone_at__isnull=True, merge__survivor_id__in=wanted
        )
        wanted = [pk for pk in gone.values_list("record_id", flat=True) if pk not in found]
        found += wanted
    return found
