"""What a model mixes in to be found by its values, merged and parted again."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django.db.models import QuerySet

from duplicates import keys
from duplicates.models import type_of
from duplicates.rules import COMPANIES, SAME_COMPANY, Rule
from duplicates.values import MatchValues
from kernel.errors import Blocker


class Matchable(models.Model):
    """A record whose match keys are true whichever way it is saved; stands before ``Record`` among the bases.

    ``match_fields`` are the columns that ``match_values`` reads.
    """

    match_fields: ClassVar[frozenset[str]] = frozenset()
    unmerged_fields: ClassVar[frozenset[str]] = frozenset()  # what a merge leaves as the survivor has it
    rule_among: ClassVar[Rule] = SAME_COMPANY  # how two of this type are told to be one
    rule_against: ClassVar[Rule] = COMPANIES  # how another type of record is told to be one of these

    compared_with: ClassVar[tuple[str, ...]] = ()  # other types that one of this type may belong to

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, and write the keys that changed: one look, and at most two statements more."""
        is_new, fields = self._state.adding, kwargs.get("update_fields")
        values = self.match_values() if is_new else None  # what hangs on a new record need not be asked for
        super().save(*args, **kwargs)
        if fields is not None and not self.match_fields & set(fields):
            return
        written = keys.sync_keys(type_of(self), [(self.pk, values or self.match_values())], are_new=is_new)
        if written and not is_new:
            self.sync_dependents()

    def match_values(self) -> MatchValues:
        """What this record is compared by."""
        raise NotImplementedError

    def told_apart_by(self) -> list[str]:
        """What a person looks at to tell whether two are the same."""
        values = self.match_values()
        place = " ".join(
            part for part in (values.street, values.postcode, values.city, values.country) if part
        )
        texts = [
            *values.persons,
            *values.companies,
            *values.emails,
            *values.phones,
            *values.tax_numbers,
            place,
        ]
        return list(dict.fromkeys(text.strip() for text in texts if text.strip()))

    @classmethod
    def may_match(cls, records: QuerySet[Any]) -> QuerySet[Any]:
        """Those of these records that are worth finding."""
        return records

    @classmethod
    def with_match_values(cls, records: QuerySet[Any]) -> QuerySet[Any]:
        """The same records with everything read along that ``match_values`` looks at."""
        return records

    @classmethod
    def usual_rule(cls, record_type: str) -> Rule:
        """The rule between a type of record and this one while the organization has published none."""
        return cls.rule_among if record_type == type_of(cls) else cls.rule_against

    def match_dependents(self) -> Iterable["Matchable"]:
        """Records of one type whose own values speak of this one: the people of a company that was renamed."""
        return ()

    def sync_dependents(self) -> None:
        """Give them their keys anew."""
        keys.sync_records(self.match_dependents())

    def merge_blockers(self, losers: Sequence[Any]) -> list[Blocker]:
        """Why these may not go into this one, by the rules of their kind."""
        return []

    def before_merge(self, losers: Sequence[Any]) -> None:
        """Put right, in memory, what the chosen values ask for; before it is saved."""

    def refuse_merged(self) -> None:
        """Raise DomainError when what it has become is against the rules of its kind."""

    def rows_kept_of(self, loser: Any) -> list[models.Model]:
        """Rows made and saved to keep what was not chosen and has no other place: a second e-mail address."""
        return []


def matchable_models() -> dict[str, type[Matchable]]:
    """The models that can be matched and merged, by record type."""
    return {type_of(model): model for model in apps.get_models() if issubclass(model, Matchable)}


def matchable(record_type: str) -> type[Matchable] | None:
    """The model of a record type, given in full (``leads.lead``) or by its kind (``lead``)."""
    for label, model in matchable_models().items():
        if record_type in (label, label.partition(".")[2]):
            return model
    return None
