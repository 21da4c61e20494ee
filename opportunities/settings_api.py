"""Pipelines, loss reasons and competitors through the API: known by their names."""

from typing import Any

from rest_framework import serializers

from catalog.reference_api import NamedViewSet, ReferenceBody
from kernel.api import flag
from kernel.bodies import Refusing, many
from opportunities import settings_reason_actions as actions
from opportunities.models import Competitor, LossReason, Pipeline, Stage


class StageBody(Refusing, serializers.ModelSerializer[Any]):
    """A stage of a pipeline."""

    helps = {
        "name": "Name; unique in its pipeline among the stages in use.",
        "position": "Its place on the way.",
        "probability": "Usual chance of winning in percent.",
        "forecast": "Category of the forecast in which its deals count, unless somebody judged otherwise.",
        "required_fields": "What a deal has to say before it enters the stage.",
        "advised_fields": "What a deal should say in the stage.",
        "rots_after_days": "After so many days a deal is marked; null: never.",
        "is_active": "Whether deals can be brought here.",
    }

    class Meta:
        model = Stage
        fields: tuple[str, ...] = (
            "name", "position", "probability", "forecast", "required_fields", "advised_fields", "rots_after_days",
            "is_active",
        )  # fmt: skip
        validators: list[Any] = []


class PipelineBody(ReferenceBody):
    """A way from interest to order, with its stages in order; retired ones come along."""

    stages = many(StageBody, read_only=True, help_text="Its stages, in order.")

    prefetched = ("stages",)
    helps = {
        "name": "Name; unique.",
        "is_default": "Whether new deals start here.",
        "position": "Its place among the pipelines.",
        "is_active": "Whether deals can be brought here.",
    }

    class Meta:
        model = Pipeline
        fields: tuple[str, ...] = ("name", "is_default", "position", "is_active", "stages")
        read_only_fields = fields


class LossReasonBody(ReferenceBody):
    """Why deals are lost, in the organization's words."""

    helps = {
        "name": "Name; unique.",
        "status_reason": "The fixed reason it falls under.",
        "position": "Its place in the list.",
        "is_active": "Whether it is offered.",
    }

    class Meta:
        model = LossReason
        fields: tuple[str, ...] = ("name", "status_reason", "position", "is_active")
        read_only_fields = ("position", "is_active")


class CompetitorBody(ReferenceBody):
    """Somebody else who wants the same deals."""

    helps = {
        "name": "Name; unique.",
        "website": "Address of its website.",
        "strengths": "What speaks for it.",
        "weaknesses": "What speaks against it.",
        "is_active": "Whether it is offered.",
    }

    class Meta:
        model = Competitor
        fields: tuple[str, ...] = ("name", "website", "strengths", "weaknesses", "is_active")
        read_only_fields = ("is_active",)


IN_USE = {"is_active": flag("is_active", "Whether it is in use.")}


class PipelineViewSet(NamedViewSet):
    """Pipelines with their stages; an administrator changes them on their page."""

    body = row = PipelineBody  # type: ignore[assignment]
    http_method_names = ["get", "head", "options"]
    filters = IN_USE
    ordering = {"name": "name", "position": "position"}


class LossReasonViewSet(NamedViewSet):
    """Reasons for losing deals."""

    body = row = LossReasonBody  # type: ignore[assignment]
    filters = IN_USE
    ordering = {"name": "name", "position": "position"}

    def make(self, values: dict[str, Any]) -> LossReason:
        return actions.save_loss_reason(LossReason(), by=self.by, **values)

    def alter(self, record: Any, values: dict[str, Any]) -> LossReason:
        return actions.save_loss_reason(record, by=self.by, **values)


class CompetitorViewSet(NamedViewSet):
    """Competitors."""

    body = row = CompetitorBody  # type: ignore[assignment]
    filters = IN_USE

    def make(self, values: dict[str, Any]) -> Competitor:
        return actions.save_competitor(Competitor(), by=self.by, **values)

    def alter(self, record: Any, values: dict[str, Any]) -> Competitor:
        return actions.save_competitor(record, by=self.by, **values)
