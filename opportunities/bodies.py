"""What the API says of opportunities and is told of them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from catalog.bodies import LINE_FIELDS, LINE_READ_ONLY, MOST_LINES, LineBody, LinesBody, RefList
from customers.bodies import (
    DOCUMENT_HELPS,
    MONEY,
    MONEY_READ_ONLY,
    PARTIES,
    RECORD,
    STATE,
    AccountRef,
    ContactRef,
    DocumentBody,
    LinkedId,
    OwnerRef,
    TeamRef,
)
from kernel.bodies import Ref, StepBody, many
from opportunities.involved_bodies import DealMemberBody, RivalBody, StakeholderBody
from opportunities.models import Opportunity, OpportunityLine, Pipeline, Stage
from opportunities.qualifying import Choices, Make, NewOpportunity
from opportunities.selectors import first_stage

# Dynamics 365 Sales: (statecode, statuscode).
CODES = {
    ("open", "in_progress"): (0, 1),
    ("open", "on_hold"): (0, 2),
    ("won", "won"): (1, 3),
    ("lost", "canceled"): (2, 4),
    ("lost", "out_sold"): (2, 5),
}


class StageRef(Ref):
    """A stage in use: of the default pipeline by name, of any other as ``Pipeline/Stage``."""

    default_error_messages = {"unknown": _("There is no such stage: {value}.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(Stage, by=("name",), **options)

    def choices_for(self) -> QuerySet[Any]:
        return self.usable().filter(pipeline__is_default=True)

    def usable(self) -> QuerySet[Any]:
        found = super().choices_for().filter(is_active=True, pipeline__is_active=True)
        return found.select_related("pipeline")

    def preload(self, values: Iterable[Any]) -> None:
        names = [value for value in values if isinstance(value, str)]
        super().preload(names)
        for name in names:
            way, slash, stage = name[:200].rpartition("/")
            if slash and "\x00" not in name:
                row = self.usable().filter(pipeline__name=way.strip(), name=stage.strip()).first()
                self.found |= {name: row} if row else {}


class PipelineRef(Ref):
    """A pipeline in use, by name; of a deal, the one that its stage belongs to."""

    default_error_messages = {"unknown": _("There is no such pipeline: {value}.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(Pipeline, by=("name",), **{"required": False, **options})

    def choices_for(self) -> QuerySet[Any]:
        return super().choices_for().filter(is_active=True)

    def get_attribute(self, instance: Any) -> Any:
        return instance.stage.pipeline


class InPipeline(serializers.Serializer[Any]):
    """A body that names a stage, and perhaps its pipeline beside it; a pipeline alone is its first stage."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            way, stage = data.get("pipeline"), data.get("stage")
            if isinstance(way, str) and isinstance(stage, str) and "/" not in stage:
                data = {**data, "stage": f"{way}/{stage}"}
        values = super().to_internal_value(data)
        way = values.pop("pipeline", None)
        if way is not None and values.setdefault("stage", None) is None:
            values["stage"] = first_stage(way)
        if way is not None and values["stage"].pipeline_id != way.pk:
            text = str(_("This stage belongs to another pipeline."))
            raise serializers.ValidationError({"stage": [ErrorDetail(text, "other_pipeline")]})
        return values


class OpportunityLineBody(LineBody):
    """A product the customer is interested in."""

    class Meta:
        model = OpportunityLine
        fields = LINE_FIELDS
        read_only_fields = LINE_READ_ONLY
        list_serializer_class = RefList


class OpportunityRow(InPipeline, DocumentBody):
    """An opportunity without its lines."""

    owner = OwnerRef("opportunity")
    team = TeamRef("opportunity")
    lead = LinkedId(source="lead.public_id")
    pipeline = PipelineRef(
        help_text="Pipeline of the stage, by name; alone it means its first stage, left out the default one."
    )
    stage = StageRef(
        required=False,
        help_text="Stage by name, of another than the default pipeline with `pipeline` beside it or as "
        "`Pipeline/Stage`; only the step `move` changes it later.",
    )
    estimated_revenue = serializers.DecimalField(
        max_digits=15, decimal_places=4, min_value=Decimal(0), required=False,
        help_text="What the deal may be worth, in its currency; follows the lines when it is calculated.",
    )  # fmt: skip

    codes = CODES
    related = (*DocumentBody.related, "lead", "stage__pipeline")
    only_at_creation = frozenset({"pipeline", "stage", "owner", "team"})
    helps = {
        **DOCUMENT_HELPS,
        "lead": "Id of the lead it came from.",
        "probability": "Chance of winning in percent.",
        "forecast": "Category of the forecast in which it counts; changed by the step `judge`.",
        "is_judged": "Whether somebody judged the category; else it is that of the stage.",
        "stage_entered_at": "Since when it is in its stage.",
        "next_due_at": "When something is planned next; null when nothing is.",
        "revenue_mode": "Whether the revenue is typed or the sum of the lines.",
        "estimated_close_on": "Day on which it may be decided.",
        "actual_revenue": "What the deal is worth, once won.",
        "closed_on": "Day on which it was won or lost.",
        "need": "What the customer needs.",
        "timeframe": "When the customer wants to buy.",
        "next_step": "What is to be done next.",
        "next_step_on": "When that is to be done.",
    }

    class Meta:
        model = Opportunity
        fields: tuple[str, ...] = (
            *RECORD, "name", *STATE, "lead", *PARTIES, "pipeline", "stage", "stage_entered_at", "probability",
            "forecast", "is_judged", "next_due_at", "revenue_mode", "estimated_revenue", "estimated_close_on",
            "actual_revenue", "closed_on", "need", "timeframe", "next_step", "next_step_on",
            *MONEY, "custom",
        )  # fmt: skip
        read_only_fields = (
            *MONEY_READ_ONLY,
            "number",
            "status",
            "status_reason",
            "actual_revenue",
            "closed_on",
            "forecast",
            "is_judged",
            "stage_entered_at",
            "next_due_at",
        )
        validators: list[Any] = []


class OpportunityBody(OpportunityRow):
    """An opportunity with its lines and with who has to do with it."""

    lines = many(OpportunityLineBody, required=False, max_length=MOST_LINES)
    stakeholders = many(StakeholderBody, read_only=True, help_text="People at the customer with a say in it.")
    competitors = many(
        RivalBody, source="rivals", read_only=True, help_text="Competitors who want the deal too."
    )
    members = many(DealMemberBody, read_only=True, help_text="Colleagues who work on it beside its owner.")

    prefetched = (
        "lines__product", "lines__unit", "lines__tax_code", "stakeholders__contact", "rivals__competitor",
        "members__user",
    )  # fmt: skip

    class Meta(OpportunityRow.Meta):
        fields: tuple[str, ...] = (
            *OpportunityRow.Meta.fields, "stakeholders", "competitors", "members", "lines", "explanation",
        )  # fmt: skip


class OpportunityLinesBody(LinesBody):
    lines = many(OpportunityLineBody, max_length=MOST_LINES)


class MoveBody(InPipeline, StepBody):
    """Where the deal goes."""

    pipeline = PipelineRef(help_text="Pipeline of the stage, by name; left out the default one.")
    stage = StageRef(
        required=False,
        help_text="Stage by name; of another than the default pipeline with `pipeline` or as `Pipeline/Stage`.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """It says where to."""
        if attrs.get("stage") is None:
            text = str(_("Name the stage, or a pipeline."))
            raise serializers.ValidationError({"stage": [ErrorDetail(text, "required")]})
        return attrs


class ReopenBody(StepBody):
    """Why it is open again."""

    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=300, help_text="Why; kept in the history."
    )


class AssignBody(StepBody):
    """Who takes it over."""

    owner = OwnerRef("opportunity", required=True, help_text="Username; null leaves it to the team.")
    team = TeamRef("opportunity")


class QualifyBody(StepBody):
    """What a lead becomes; what is left out is decided as usual, and null makes none."""

    account = AccountRef(help_text="Account to use, by id or number; null for none; left out: the usual.")
    contact = ContactRef(help_text="Contact to use, by id or number; null for none; left out: the usual.")
    opportunity = Ref(
        Opportunity, required=False, allow_null=True,
        help_text="Opportunity to use, by id or number; null for none; left out: a new one.",
    )  # fmt: skip
    new_account = serializers.BooleanField(required=False, help_text="Make an account whatever is known.")
    new_contact = serializers.BooleanField(required=False, help_text="Make a contact whatever is known.")
    new_opportunity = serializers.BooleanField(
        required=False, help_text="Make an opportunity although the lead has one already."
    )
    name = serializers.CharField(required=False, max_length=200, help_text="Name of the new opportunity.")
    estimated_revenue = serializers.DecimalField(
        max_digits=15, decimal_places=4, min_value=Decimal(0), required=False, allow_null=True,
        help_text="Estimated revenue of the new opportunity, in its currency.",
    )  # fmt: skip
    estimated_close_on = serializers.DateField(
        required=False, allow_null=True, help_text="Day on which the new opportunity may be decided."
    )
    stage = StageRef(required=False, help_text="Stage of the new opportunity, by name.")
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=300,
        help_text="Why a customer is made although a very similar one is known.",
    )  # fmt: skip
    fill = serializers.MultipleChoiceField(
        choices=[("account", "account"), ("contact", "contact")], required=False,
        help_text="Which existing customers get what the lead says and they do not; nothing is written over.",
    )  # fmt: skip


def choices_of(said: dict[str, Any]) -> Choices:
    """What was said about qualifying, as the action takes it."""
    chosen: dict[str, Any] = {
        name: said.get(name, Make.DEFAULT) for name in ("account", "contact", "opportunity")
    }
    for name in ("account", "contact", "opportunity"):
        if said.get(f"new_{name}"):
            chosen[name] = Make.NEW
    details = {
        name: said[name]
        for name in ("name", "estimated_revenue", "estimated_close_on", "stage")
        if name in said
    }
    if details and isinstance(chosen["opportunity"], Make):
        chosen["opportunity"] = NewOpportunity(**details)
    return Choices(reason=said.get("reason", ""), fill=frozenset(said.get("fill", ())), **chosen)
