"""Who a record may already be: for one that is being typed, and for thousands that are being imported."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from duplicates.keys import asks_for_home, grouped, home_region
from duplicates.matchable import Matchable, matchable_models
from duplicates.models import DuplicatePair, MatchKey, type_of
from duplicates.rules import CERTAIN, Rule, in_words, rule_for, signs_between
from duplicates.values import Key, MatchValues, keys_of
from people.access import visible

MOST_PER_KEY = 20  # of all that share one value: a switchboard, a mail service nobody knew of
MOST_CANDIDATES = 40
MOST_MATCHES = 10


@dataclass(frozen=True)
class Match:
    """Somebody we know who may be the one in question."""

    record: Any
    score: float
    signs: tuple[str, ...]

    @property
    def reasons(self) -> list[Any]:
        return in_words(self.signs)

    @property
    def percent(self) -> int:
        return round(self.score * 100)

    @property
    def is_certain(self) -> bool:
        return self.score >= CERTAIN


@dataclass(frozen=True, slots=True)
class Found:
    """The same by id only, as imports and the sweep take it."""

    record_id: int
    score: float
    signs: tuple[str, ...]

    @property
    def reasons(self) -> list[Any]:
        return in_words(self.signs)

    @property
    def is_certain(self) -> bool:
        return self.score >= CERTAIN


def matches(
    subject: Matchable | MatchValues, against: str | type[Matchable], *, user: Any, of: str = "",
    limit: int = MOST_MATCHES, rule: Rule | None = None,
) -> list[Match]:  # fmt: skip
    """Records of one type that the subject may be, the likeliest first, as far as they exist for ``user``.

    A constant number of queries, and none that reads a whole table. ``of`` says what the values belong to; without it,
    to the type that is looked at. What somebody said is no duplicate of a stored subject is left out.
    """
    target = model_of(against)
    values, own, own_id = _subject(subject, of or type_of(target))
    rule = rule or rule_between(own, target)
    region = home_region() if asks_for_home(values) else ""
    others = ignored_with(own, own_id) if own == type_of(target) and own_id else set()
    found = find(type_of(target), [keys_of(values, region=region)], rule, without=others).get(0, [])
    if not found:
        return []
    exists = visible(
        user, target.may_match(target._default_manager.filter(pk__in=[one.record_id for one in found]))
    )
    there = exists.in_bulk()
    known = [Match(there[one.record_id], one.score, one.signs) for one in found if one.record_id in there]
    return known[:limit]


def matches_in_bulk(
    against: str | type[Matchable], rows: Sequence[MatchValues], *, of: str = "", limit: int = 5,
    rule: Rule | None = None, region: str | None = None,
) -> dict[int, list[Found]]:  # fmt: skip
    """The same for a chunk of an import: {index of the row: matches}, in four queries whatever the rows.

    Tells ids of all records, whoever asks; the caller looks whether they exist for its user.
    """
    target = model_of(against)
    rule = rule or rule_between(of or type_of(target), target)
    if region is None:
        region = home_region() if any(asks_for_home(values) for values in rows) else ""
    found = find(type_of(target), [keys_of(values, region=region) for values in rows], rule)
    ids = {one.record_id for several in found.values() for one in several}
    may = (
        set(target.may_match(target._default_manager.filter(pk__in=ids)).values_list("pk", flat=True))
        if ids
        else ids
    )
    kept = {at: [one for one in several if one.record_id in may][:limit] for at, several in found.items()}
    return {at: several for at, several in kept.items() if several}


def alike_among(
    rows: Sequence[MatchValues], *, of: str, rule: Rule | None = None
) -> dict[int, tuple[int, Found]]:
    """Rows of one chunk that are certain duplicates of an earlier one: {index: (earlier index, why)}."""
    target = model_of(of)
    rule = rule or rule_between(of, target)
    by_key: dict[Key, int] = {}
    seen: list[Mapping[str, set[str]]] = []
    found: dict[int, tuple[int, Found]] = {}
    for at, values in enumerate(rows):
        keys = list(keys_of(values))
        seen.append(grouped(keys))
        for earlier in sorted({by_key[key] for key in keys if key[0] in rule.sources and key in by_key}):
            held = signs_between(seen[at], seen[earlier], rule.weights)
            if (score := rule.score(held)) >= CERTAIN:
                found[at] = (earlier, Found(earlier, score, tuple(held)))
                break
        for key in keys:
            by_key.setdefault(key, at)
    return found


def find(
    record_type: str, wanted: Sequence[Iterable[Key]], rule: Rule, *, without: Iterable[int] = ()
) -> dict[int, list[Found]]:
    """For each set of keys the records that reach the rule's threshold, the likeliest first; two queries."""
    asked: dict[Key, list[int]] = defaultdict(list)
    for at, keys in enumerate(wanted):
        for key in keys:
            if key[0] in rule.sources:
                asked[key].append(at)
    shared: dict[int, Counter[int]] = defaultdict(Counter)
    skip = set(without)
    for kind, value, record_id in holders(record_type, list(asked)):
        for at in asked[kind, value]:
            if record_id not in skip:
                shared[at][record_id] += 1
    chosen = {
        at: list(counted)
        if len(counted) <= MOST_CANDIDATES
        else [pk for pk, _n in counted.most_common(MOST_CANDIDATES)]
        for at, counted in shared.items()
    }
    known = telling_keys(record_type, {pk for several in chosen.values() for pk in several})
    return {
        at: judged
        for at, several in chosen.items()
        if (judged := judge(frozenset(wanted[at]), several, known, rule))
    }


def judge(
    mine: frozenset[Key], others: Iterable[int], known: Mapping[int, set[Key]], rule: Rule
) -> list[Found]:
    """The candidates that reach the threshold, with what speaks for each.

    Most share no more than the sound of a name: they are passed over before any spelling is compared.
    """
    found = []
    for pk in others:
        theirs = known.get(pk, _NONE)
        if not rule.may_reach(frozenset([kind for kind, _value in mine & theirs])):
            continue
        held = signs_between(grouped(mine), grouped(theirs), rule.weights)
        if held and (score := rule.score(held)) >= rule.threshold:
            found.append(Found(pk, score, tuple(sorted(held, key=lambda sign: -rule.weights[sign]))))
    return sorted(found, key=lambda one: (-one.score, one.record_id))


def holders(record_type: str, keys: list[Key]) -> list[tuple[str, str, int]]:
    """Who holds these keys: (kind, value, record id), of each key the first few; one statement on an index.

    Asked kind by kind with all its values at once: whatever the database believes of a table it has no figures of
    yet, it reads every key once at most. Joined key by key, it once read all of them for each.
    """
    values: dict[str, list[str]] = defaultdict(list)
    for kind, value in keys:
        values[kind].append(value)
    if not values:
        return []
    table = connection.ops.quote_name(MatchKey._meta.db_table)
    among, listed = _among()
    of_one_kind = (
        f"SELECT kind, value, record_id FROM {table} WHERE record_type = %s AND kind = %s AND value {among}"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT kind, value, record_id FROM (SELECT kind, value, record_id,"
            " row_number() OVER (PARTITION BY kind, value ORDER BY record_id) AS n"
            f" FROM ({' UNION ALL '.join([of_one_kind] * len(values))}) AS held) AS counted WHERE n <= %s",
            [*(arg for kind in values for arg in (record_type, kind, listed(values[kind]))), MOST_PER_KEY],
        )
        return list(cursor.fetchall())


_NONE: set[Key] = set()


def telling_keys(record_type: str, ids: set[int]) -> dict[int, set[Key]]:
    """The keys of some records that signs are told from: all but the sounds, which only find them."""
    found: dict[int, set[Key]] = {pk: set() for pk in ids}
    if not ids:
        return found
    table = connection.ops.quote_name(MatchKey._meta.db_table)
    among, listed = _among()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT record_id, kind, value FROM {table} WHERE record_type = %s AND record_id {among}"
            " AND kind <> %s",
            [record_type, listed(ids), str(MatchKey.Kind.SOUND)],
        )
        for record_id, kind, value in cursor.fetchall():
            found[record_id].add((kind, value))
    return found


def _among() -> tuple[str, Callable[[Iterable[int | str]], list[Any] | str]]:
    """How this database is asked for any of many values with one parameter: the condition, and what is passed."""
    if connection.vendor == "postgresql":
        return "= ANY(%s)", list
    return "IN (SELECT value FROM json_each(%s))", lambda values: json.dumps(list(values))


def keys_by_record(record_type: str, ids: Iterable[int]) -> dict[int, Mapping[str, set[str]]]:
    """All keys of some records, by their kind."""
    found: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    rows = MatchKey.objects.filter(record_type=record_type, record_id__in=list(ids))
    for record_id, kind, value in rows.values_list("record_id", "kind", "value"):
        found[record_id][kind].add(value)
    return dict(found)


def ignored_with(record_type: str, record_id: int) -> set[int]:
    """The record itself, and those that somebody said are not the same."""
    pairs = DuplicatePair.objects.filter(record_type=record_type, status=DuplicatePair.Status.IGNORED)
    first = pairs.filter(second_id=record_id).values_list("first_id", flat=True)
    second = pairs.filter(first_id=record_id).values_list("second_id", flat=True)
    return {record_id, *first.union(second)}


def rule_between(record_type: str, target: type[Matchable]) -> Rule:
    """The rule in use for a type of record against another."""
    return rule_for(record_type, type_of(target), target.usual_rule(record_type))


def model_of(record_type: str | type[Matchable]) -> type[Matchable]:
    return matchable_models()[record_type] if isinstance(record_type, str) else record_type


def _subject(subject: Matchable | MatchValues, of: str) -> tuple[MatchValues, str, int | None]:
    if isinstance(subject, MatchValues):
        return subject, of, None
    return subject.match_values(), type_of(subject), subject.pk
