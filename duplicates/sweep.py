"""The background look at everything there is: groups by equal key in SQL, then scored pair by pair."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Any

from django.db import connection

from duplicates.keys import keys_for, values_by_id
from duplicates.matchable import Matchable
from duplicates.matching import MOST_PER_KEY, find, holders, keys_by_record, rule_between
from duplicates.models import DuplicatePair, MatchKey, type_of
from duplicates.rules import CERTAIN, Rule, signs_between
from people.access import visible

GROUPS = 400
PAIRS = 500
SAMPLE = 2000  # the newest records that a rule is tried on
SHOWN = 25
Pair = tuple[int, int]


def groups_after(record_type: str, kind: str, after: str) -> list[str]:
    """The next values that several records share, but not so many that it says nothing; one walk along the index."""
    table = connection.ops.quote_name(MatchKey._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT value FROM {table} WHERE record_type = %s AND kind = %s AND value > %s GROUP BY value"
            " HAVING COUNT(*) BETWEEN 2 AND %s ORDER BY value LIMIT %s",
            [record_type, kind, after, MOST_PER_KEY, GROUPS],
        )
        return [value for (value,) in cursor.fetchall()]


def pairs_of(
    model: type[Matchable], kind: str, values: Iterable[str], rule: Rule
) -> dict[Pair, tuple[float, list[str]]]:
    """The pairs among those who share these values that reach the threshold, with score and signs."""
    record_type = type_of(model)
    groups: dict[str, set[int]] = defaultdict(set)
    for _kind, value, record_id in holders(record_type, [(kind, value) for value in values]):
        groups[value].add(record_id)
    ids = {pk for group in groups.values() for pk in group}
    exist = set(model.may_match(model._default_manager.filter(pk__in=ids)).values_list("pk", flat=True))
    known = keys_by_record(record_type, exist)
    return judged(
        {pair for group in groups.values() for pair in combinations(sorted(group & exist), 2)}, known, rule
    )


def judged(
    pairs: Iterable[Pair], known: Mapping[int, Mapping[str, set[str]]], rule: Rule
) -> dict[Pair, tuple[float, list[str]]]:
    found = {}
    for first, second in pairs:
        held = signs_between(known.get(first, {}), known.get(second, {}), rule.weights)
        if held and (score := rule.score(held)) >= rule.threshold:
            found[first, second] = (score, sorted(held, key=lambda sign: -rule.weights[sign]))
    return found


def write_pairs(record_type: str, found: Mapping[Pair, tuple[float, list[str]]]) -> int:
    """Keep new pairs and what is now known of old ones; decided ones stay decided. Says how many are new."""
    ids = {first for first, _second in found}
    there = {
        (pair.first_id, pair.second_id): pair
        for pair in DuplicatePair.objects.filter(record_type=record_type, first_id__in=ids)
    }
    new, changed = [], []
    for (first, second), (score, signs) in found.items():
        percent = round(score * 100)
        pair = there.get((first, second))
        if pair is None:
            new.append(
                DuplicatePair(
                    record_type=record_type, first_id=first, second_id=second, score=percent, reasons=signs
                )
            )
        elif (pair.score, pair.reasons) != (percent, signs) and pair.status == DuplicatePair.Status.OPEN:
            pair.score, pair.reasons = percent, signs
            changed.append(pair)
    DuplicatePair.objects.bulk_create(new, ignore_conflicts=True, batch_size=500)
    DuplicatePair.objects.bulk_update(changed, ["score", "reasons"], batch_size=200)
    return len(new)


def look_again(record_type: str, rule: Rule, after: int) -> tuple[int | None, int]:
    """Forget open pairs that are no longer alike; (where to go on or None, how many went)."""
    rows = list(
        DuplicatePair.objects.filter(record_type=record_type, status=DuplicatePair.Status.OPEN, pk__gt=after)
        .order_by("pk")[:PAIRS]
    )  # fmt: skip
    if not rows:
        return None, 0
    known = keys_by_record(record_type, {pk for row in rows for pk in (row.first_id, row.second_id)})
    # Of a record without keys nothing can be said: it waits in the recycle bin, or has none yet.
    gone = [
        row.pk
        for row in rows
        if row.first_id in known
        and row.second_id in known
        and not judged([(row.first_id, row.second_id)], known, rule)
    ]
    DuplicatePair.objects.filter(pk__in=gone).delete()
    return rows[-1].pk, len(gone)


# --- trying a rule before it is published -------------------------------------------------------------------------


def try_rule(model: type[Matchable], target: type[Matchable], rule: Rule, *, user: Any) -> dict[str, Any]:
    """What a rule would have found for the newest records: counts, and pairs to look at; nothing is written."""
    records = list(
        model.with_match_values(visible(user, model._default_manager.all())).order_by("-pk")[:SAMPLE]
    )
    hits: list[tuple[Any, Any]] = []
    for start in range(0, len(records), 500):
        part = records[start : start + 500]
        keys = keys_for(values_by_id(part))
        found = find(type_of(target), [keys[one.pk] for one in part], rule)
        for at, several in found.items():
            others = [one for one in several if model is not target or one.record_id < part[at].pk]
            hits += [(part[at], one) for one in others]
    hits.sort(key=lambda hit: -hit[1].score)
    shown = spread(hits)
    names = visible(
        user, target._default_manager.filter(pk__in={one.record_id for _r, one in shown})
    ).in_bulk()
    return {
        "looked_at": len(records),
        "records": len({record.pk for record, _one in hits}),
        "pairs": len(hits),
        "certain": sum(1 for _record, one in hits if one.score >= CERTAIN),
        "samples": [(record, names[one.record_id], one) for record, one in shown if one.record_id in names],
    }


def spread(hits: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Some of all degrees of sureness, because the doubtful ones show whether the threshold is right."""
    if len(hits) <= SHOWN:
        return hits
    return [hits[round(at * (len(hits) - 1) / (SHOWN - 1))] for at in range(SHOWN)]


def rule_among(model: type[Matchable]) -> Rule:
    """The rule in use between two records of one type."""
    return rule_between(type_of(model), model)
