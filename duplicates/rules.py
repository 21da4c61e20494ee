"""What speaks for two records being one, how loudly, and in which words; what an organization publishes comes first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz

from duplicates.models import DuplicateRule, MatchKey

Kind = MatchKey.Kind
Grouped = Mapping[str, set[str]]  # keys of a record by their kind

CERTAIN = 0.9  # from here on a match is preselected, and making another one needs a reason
ALIKE = 86  # of 100: how alike spellings have to be
SIGNS: dict[str, Any] = {
    "email": _("same e-mail"),
    "tax": _("same tax number"),
    "phone": _("same phone"),
    "domain": _("same domain"),
    "name": _("same company name"),
    "similar_name": _("similar company name"),
    "person": _("same name"),
    "similar_person": _("similar name"),
    "person_company": _("same name and company"),
    "address": _("same address"),
    "similar_address": _("similar address"),
}
EXACT = ("email", "tax", "phone", "domain", "name", "address")  # hold when a key of that kind is shared
# The keys by which a sign can be found at all; what has none is only seen on records found by another sign.
FOUND_BY = {
    "email": Kind.EMAIL, "tax": Kind.TAX, "phone": Kind.PHONE, "domain": Kind.DOMAIN, "name": Kind.NAME,
    "similar_name": Kind.SOUND, "person": Kind.PERSON, "similar_person": Kind.SOUND, "address": Kind.ADDRESS,
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """The signs that count between two types of record, each with its weight from 0 to 1."""

    weights: Mapping[str, float]
    threshold: float = 0.6
    asks: bool = True
    name: str = ""
    published: bool = field(default=False, compare=False)

    def score(self, held: Iterable[str]) -> float:
        """How sure one may be: each sign removes its share of the doubt that is left."""
        doubt = 1.0
        for sign in held:
            doubt *= 1 - self.weights.get(sign, 0)
        return round(1 - doubt, 4)

    def may_reach(self, kinds: frozenset[str]) -> bool:
        """Whether two records that have keys of these kinds in common, and no others, can reach the threshold.

        Never says no to a pair that does: it takes spellings for alike wherever they may be.
        """
        if (known := self._reached.get(kinds)) is None:
            known = self._reached[kinds] = self.score(self._best_of(kinds)) >= self.threshold
        return known

    @cached_property
    def _reached(self) -> dict[frozenset[str], bool]:
        return {}

    def _best_of(self, kinds: frozenset[str]) -> set[str]:
        best = {sign for sign in EXACT if sign in kinds}
        best.add("similar_person")
        if "person" in kinds:  # the same or a similar one, never both
            best.add("person")
            best.discard(min(("person", "similar_person"), key=lambda sign: self.weights.get(sign, 0)))
        if "person" in kinds and "name" in kinds:
            best.add("person_company")
        if "name" not in kinds:
            best.add("similar_name")
        if "address" not in kinds or "address" not in self.weights:
            best.add("similar_address")
        return best

    @cached_property
    def sources(self) -> frozenset[str]:
        """The kinds of key worth looking up: without any of them no pair can reach the threshold."""
        by_kind: dict[str, list[str]] = {}
        for sign, found_by in FOUND_BY.items():
            if self.weights.get(sign):
                by_kind.setdefault(str(found_by), []).append(sign)
        left_out: list[str] = [
            sign for sign in self.weights if sign not in FOUND_BY and sign != "person_company"
        ]
        kinds = sorted(by_kind, key=lambda kind: self.score(by_kind[kind]))
        kept = set(kinds)
        for kind in kinds:
            without = [*left_out, *by_kind[kind]]
            if self.score(_with_combined(without, self.weights)) >= self.threshold:
                break
            left_out, kept = without, kept - {kind}
        return frozenset(kept)


def _with_combined(signs: list[str], weights: Mapping[str, float]) -> list[str]:
    """Signs together with the one that follows when two of them hold at once."""
    both = "person" in signs and "name" in signs and "person_company" in weights
    return [*signs, "person_company"] if both else signs


PEOPLE = Rule(
    {"email": 0.95, "phone": 0.6, "person": 0.5, "person_company": 0.5, "similar_person": 0.3, "address": 0.3,
     "similar_address": 0.15},
    threshold=0.5,
)  # fmt: skip
COMPANIES = Rule(
    {"name": 0.9, "tax": 0.95, "email": 0.8, "domain": 0.75, "phone": 0.6, "similar_name": 0.5, "address": 0.4,
     "similar_address": 0.2},
    threshold=0.5,
)  # fmt: skip
SAME_PEOPLE = Rule(
    {"email": 0.95, "phone": 0.5, "person": 0.45, "person_company": 0.6, "name": 0.2, "similar_person": 0.3,
     "domain": 0.2, "similar_name": 0.15, "address": 0.3, "similar_address": 0.15},
    threshold=0.7,
)  # fmt: skip
SAME_COMPANY = Rule(
    {"tax": 0.95, "name": 0.8, "email": 0.6, "domain": 0.6, "phone": 0.5, "similar_name": 0.5, "address": 0.5,
     "similar_address": 0.3},
    threshold=0.7,
)  # fmt: skip


def rule_for(record_type: str, against: str, usual: Rule) -> Rule:
    """The rule in use between two types: the published one, else the usual one; one query."""
    found = DuplicateRule.objects.filter(record_type=record_type, against=against, is_active=True).first()
    return of_row(found) if found else usual


def of_row(row: DuplicateRule) -> Rule:
    """A rule as people keep it, ready to count."""
    weights = {
        sign: float(weight) for sign, weight in row.signs.items() if sign in SIGNS and float(weight) > 0
    }
    return Rule(
        weights,
        float(row.threshold),
        row.response == DuplicateRule.Response.ASK,
        row.name,
        published=row.is_active,
    )


# --- which signs hold ------------------------------------------------------------------------------------------


def signs_between(one: Grouped, other: Grouped, wanted: Mapping[str, float]) -> list[str]:
    """The signs that hold between two records, told from nothing but their keys."""
    held = [
        sign
        for sign in EXACT
        if sign in wanted and not one.get(sign, _NONE).isdisjoint(other.get(sign, _NONE))
    ]
    return held + _signs_of_names(one, other, wanted, held) + _signs_of_place(one, other, wanted, held)


def _signs_of_names(one: Grouped, other: Grouped, wanted: Mapping[str, float], held: list[str]) -> list[str]:
    found = []
    people = one.get("person", _NONE) & other.get("person", _NONE)
    same_company = not one.get("name", _NONE).isdisjoint(other.get("name", _NONE))
    if people and any(" " in name for name in people):
        found.append("person")
    elif "similar_person" in wanted and alike(one, other, "person"):
        found.append("similar_person")
    if people and same_company:
        found.append("person_company")
    if not same_company and "similar_name" in wanted and alike(one, other, "name"):
        found.append("similar_name")
    return [sign for sign in found if sign in wanted]


def _signs_of_place(one: Grouped, other: Grouped, wanted: Mapping[str, float], held: list[str]) -> list[str]:
    asked = "similar_address" in wanted and "address" not in held
    return ["similar_address"] if asked and alike(one, other, "address") else []


_NONE: set[str] = set()


def alike(one: Grouped, other: Grouped, kind: str) -> bool:
    """Whether two spellings differ by a slip only; what differs in a figure is another one."""
    return any(
        figures(mine) == figures(theirs) and fuzz.ratio(mine, theirs, score_cutoff=ALIKE) > 0
        for mine in one.get(kind, _NONE)
        for theirs in other.get(kind, _NONE)
        if min(len(mine), len(theirs)) > 3
    )


@lru_cache(maxsize=8192)
def figures(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def in_words(signs: Iterable[str]) -> list[Any]:
    """The reasons as people read them."""
    return [SIGNS[sign] for sign in signs if sign in SIGNS]
