"""What the API says of every record alike: what happened to it, and which steps it may take now."""

from typing import Any

from rest_framework import serializers

from kernel.models import HistoryEntry


class HistoryBody(serializers.ModelSerializer[Any]):
    """One thing that happened to a record."""

    actor = serializers.CharField(source="actor.username", help_text="Username of who did it.")

    class Meta:
        model = HistoryEntry
        fields = ("at", "actor", "verb", "from_status", "to_status", "reason", "note", "changes")
        extra_kwargs = {
            "at": {"help_text": "When it happened."},
            "verb": {"help_text": "What was done."},
            "from_status": {"help_text": "Status before, for steps."},
            "to_status": {"help_text": "Status after, for steps."},
            "reason": {"help_text": "Status reason after, for steps."},
            "note": {"help_text": "Remark."},
            "changes": {"help_text": "Changed fields: name to [old, new]."},
        }

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown = super().to_representation(instance)
        hide = self.context["hidden"](self.context["kind"])
        shown["changes"] = {name: both for name, both in instance.changes.items() if name not in hide}
        return shown


class BlockerBody(serializers.Serializer[Any]):
    """Why a step has to wait."""

    code = serializers.CharField(help_text="The reason for machines.")
    text = serializers.CharField(help_text="The reason for people.")
    field = serializers.CharField(help_text="The field that lifts it; may be empty.")


class StepShown(serializers.Serializer[Any]):
    """A step one may take on a record now, or why it has to wait."""

    name = serializers.CharField(help_text="Name of the step, as in its address.")
    label = serializers.CharField(help_text="Name of the step for people.")  # type: ignore[assignment]
    url = serializers.CharField(help_text="Where to POST it.")
    allowed = serializers.BooleanField(help_text="Whether nothing stands in its way.")
    asks = serializers.BooleanField(help_text="Whether it takes more than a confirmation.")
    danger = serializers.BooleanField(help_text="Whether it ends something.")
    blockers = BlockerBody(many=True, help_text="What stands in its way.")
