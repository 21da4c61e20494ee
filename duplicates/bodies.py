"""Bodies of the API of duplicates and merges."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from duplicates.matchable import matchable_models
from duplicates.models import DuplicatePair, Merge
from kernel.bodies import Refusing


class NamedBody(serializers.Serializer[Any]):
    """A record, as far as its name goes."""

    id = serializers.UUIDField(source="public_id", help_text="Id of the record.")
    ref = serializers.CharField(help_text="Its number.")
    name = serializers.SerializerMethodField(help_text="What people call it.")

    def get_name(self, record: Any) -> str:
        return str(record)


class PairBody(serializers.Serializer[Any]):
    """Two records that may be the same."""

    id = serializers.UUIDField(source="pair.public_id", help_text="Id of the pair.")
    kind = serializers.SerializerMethodField(help_text="Kind of record: lead, account, contact.")
    status = serializers.ChoiceField(
        source="pair.status", choices=DuplicatePair.Status.choices, help_text="What was decided."
    )
    score = serializers.SerializerMethodField(help_text="How sure one may be, from 0 to 1.")
    signs = serializers.ListField(
        source="pair.reasons", child=serializers.CharField(), help_text="The signs they share, for machines."
    )
    reasons = serializers.SerializerMethodField(help_text="The signs they share, for people.")
    records = NamedBody(many=True, help_text="The two records.")
    found_at = serializers.DateTimeField(source="pair.found_at", help_text="When they were found.")
    note = serializers.CharField(source="pair.note", help_text="Remark on the decision.")

    def get_kind(self, shown: Any) -> str:
        return str(shown.pair.record_type.rpartition(".")[2])

    def get_score(self, shown: Any) -> float:
        return float(shown.pair.score) / 100

    def get_reasons(self, shown: Any) -> list[str]:
        return [str(reason) for reason in shown.reasons]


class MatchBody(serializers.Serializer[Any]):
    """A record that may be the one described."""

    id = serializers.UUIDField(source="record.public_id", help_text="Id of the record.")
    ref = serializers.CharField(source="record.ref", help_text="Its number.")
    name = serializers.SerializerMethodField(help_text="What people call it.")
    score = serializers.FloatField(help_text="How sure one may be, from 0 to 1.")
    signs = serializers.ListField(child=serializers.CharField(), help_text="What they share, for machines.")
    reasons = serializers.SerializerMethodField(help_text="What they share, for people.")

    def get_name(self, match: Any) -> str:
        return str(match.record)

    def get_reasons(self, match: Any) -> list[str]:
        return [str(reason) for reason in match.reasons]


class DecisionBody(Refusing):
    """What is said about a pair."""

    note = serializers.CharField(
        required=False, max_length=200, allow_blank=True, help_text="Remark on the decision."
    )


class LoserBody(serializers.Serializer[Any]):
    """A record that went into another."""

    id = serializers.UUIDField(
        source="public_id", help_text="Id it had, and has again when the merge is undone."
    )
    ref = serializers.CharField(help_text="Number it had.")
    name = serializers.CharField(source="label", help_text="What people called it.")


class MergeBody(serializers.ModelSerializer[Any]):
    """Records that became one."""

    id = serializers.UUIDField(source="public_id", help_text="Id of the merge.")
    kind = serializers.SerializerMethodField(help_text="Kind of record.")
    survivor = serializers.SerializerMethodField(help_text="Id of the record that stayed.")
    losers = LoserBody(many=True, help_text="The records that went into it.")
    moved = serializers.DictField(
        source="counts",
        child=serializers.IntegerField(),
        help_text="How many rows of which model were repointed.",
    )
    by = serializers.CharField(source="by.username", help_text="Username of who merged.")
    undone_by = serializers.CharField(
        source="undone_by.username", allow_null=True, default=None, help_text="Username of who undid it."
    )

    class Meta:
        model = Merge
        fields = (
            "id",
            "kind",
            "survivor",
            "losers",
            "changes",
            "moved",
            "reason",
            "at",
            "by",
            "undone_at",
            "undone_by",
        )
        extra_kwargs = {
            "changes": {"help_text": "What the survivor took over: field to [before, after]."},
            "reason": {"help_text": "Why they were merged."},
            "at": {"help_text": "When they were merged."},
            "undone_at": {"help_text": "When it was undone; null while it holds."},
        }

    def get_kind(self, made: Merge) -> str:
        return made.record_type.rpartition(".")[2]

    def get_survivor(self, made: Merge) -> str:
        return str(made.before["columns"]["public_id"])

    def to_representation(self, instance: Merge) -> dict[str, Any]:
        """Fields that are reserved to other roles are left out of the changes."""
        shown = super().to_representation(instance)
        if hide := self.context.get("hidden"):
            hidden = hide(instance.record_type.rpartition(".")[2])
            shown["changes"] = {name: both for name, both in instance.changes.items() if name not in hidden}
        return shown


def kinds() -> list[str]:
    return [label.rpartition(".")[2] for label in matchable_models()]


class NewMergeBody(Refusing):
    """Which records become one."""

    kind = serializers.CharField(help_text="Kind of record: lead, account, contact.")
    survivor = serializers.CharField(help_text="Record that stays, by id or number.")
    losers = serializers.ListField(
        child=serializers.CharField(),
        min_length=1,
        max_length=4,
        help_text="Records that go into it, by id or number.",
    )
    fields_from = serializers.DictField(
        child=serializers.CharField(),
        required=False,
        help_text="For single fields the record whose value is taken, by id or number; else what says most.",
    )
    reason = serializers.CharField(
        required=False, max_length=200, allow_blank=True, help_text="Why they are one."
    )
    versions = serializers.DictField(
        child=serializers.IntegerField(min_value=1),
        required=False,
        help_text="Versions of the records that were read, by id or number; refused when one has another.",
    )

    def validate_kind(self, value: str) -> str:
        if value not in kinds():
            raise serializers.ValidationError(_("There is no %s.") % value, code="invalid_choice")
        return value


class UnmergeBody(Refusing):
    """What becomes of fields that were changed after the merge."""

    fields_decided = serializers.DictField(
        child=serializers.ChoiceField(choices=["keep", "restore"]),
        required=False,
        help_text="For each such field `keep` (as it is now) or `restore` (as before the merge).",
    )
