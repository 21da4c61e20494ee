"""The shape of what people say about opportunities."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.fields import CustomerField
from customers.forms import offer
from kernel import customfields
from kernel.customfields.forms import gathered
from kernel.errors import Blocker
from kernel.forms import RecordForm
from leads.forms import AssignForm
from opportunities.checklist import fields_for
from opportunities.models import Opportunity, Stage
from opportunities.selectors import stages_to_go_to

__all__ = ["AnswerForm", "AssignForm", "MoveForm", "OpportunityForm", "ReopenForm"]


class OpportunityForm(RecordForm):
    """Everything one may say about a deal; currency and prices come from the customer if left empty."""

    account = CustomerField("account", label=_("Account"), hint=_("Who buys: a company, or else a contact."))
    contact = CustomerField("contact", label=_("Contact"))

    class Meta:
        model = Opportunity
        fields = (
            "name", "account", "contact", "revenue_mode", "estimated_revenue", "estimated_close_on", "probability",
            "currency", "price_list", "discount_percent", "discount_amount", "freight", "freight_tax_code",
            "need", "timeframe", "next_step", "next_step_on",
        )  # fmt: skip

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, user, "opportunity", "account", "contact")
        is_new = self.instance.pk is None
        self.fields["currency"].required = not is_new
        for name in ("discount_percent", "discount_amount", "freight", "estimated_revenue"):
            self.fields[name].required = False
        if is_new:
            del self.fields["probability"]
            self.fields["stage"] = stage_field()

    def clean(self) -> dict[str, Any]:
        """An empty amount is no amount."""
        values = super().clean()
        for name in ("discount_percent", "discount_amount", "freight", "estimated_revenue"):
            if name in values and values[name] is None:
                values[name] = self.fields[name].initial or 0
        return values

    def _post_clean(self) -> None:
        # A new deal takes its currency from the customer, so what the model says about both is asked by the
        # action; an existing one is checked here.
        if self.instance.pk is not None:
            super()._post_clean()  # type: ignore[misc]

    def said(self) -> dict[str, Any]:
        """What was filled in; what was left empty is for the defaults."""
        empty = (None, "")
        return {name: value for name, value in self.cleaned_data.items() if value not in empty}


def stage_field() -> Any:
    """Where a new deal begins: any stage in use, by pipeline; left empty, the first of the default one."""
    stages = list(Stage.objects.filter(is_active=True, pipeline__is_active=True).select_related("pipeline"))
    field = forms.ModelChoiceField(
        queryset=Stage.objects.filter(pk__in=[one.pk for one in stages]), label=_("Stage"), required=False
    )
    groups = groupby(stages, key=lambda one: one.pipeline)
    by_way = [(str(way), [(one.pk, one.name) for one in rows]) for way, rows in groups]
    field.choices = [("", _("The first of the usual pipeline")), *by_way]
    return field


class AnswerForm(OpportunityForm):
    """Only some fields of a deal: what a stage asks for, or the next step. The first of them has to be said."""

    def __init__(self, *args: Any, user: Any, names: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.fields = {name: self.fields[name] for name in names}
        self.definitions = tuple(one for one in self.definitions if one.form_name in self.fields)
        self.fields[names[0]].required = True

    def everything(self) -> list[Any]:
        """All its fields, added ones like the others."""
        return [self[name] for name in self.fields]


def by_pipeline(stages: list[Stage], own: int) -> list[tuple[Any, Any]]:
    """Choices: the stages of the deal's own pipeline, then those of every other under its name."""
    found: list[tuple[Any, Any]] = [(one.pk, one.name) for one in stages if one.pipeline_id == own]
    for way, rows in groupby((one for one in stages if one.pipeline_id != own), key=lambda one: one.pipeline):
        label = _("Other pipeline: %(name)s") % {"name": way}
        found.append((label, [(one.pk, one.name) for one in rows]))
    return found


class MoveForm(forms.Form):
    """To which stage, with what that stage asks for."""

    stage = forms.ModelChoiceField(queryset=Stage.objects.none(), label=_("Stage"), empty_label=None)

    def __init__(
        self, *args: Any, opportunity: Opportunity, user: Any, stage: Stage | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        everywhere = stages_to_go_to(opportunity)
        others = [found for found in everywhere if found.pipeline_id == opportunity.stage.pipeline_id]
        field: Any = self.fields["stage"]
        field.queryset = Stage.objects.filter(pk__in=[found.pk for found in everywhere]).select_related(
            "pipeline"
        )
        field.choices = by_pipeline(everywhere, opportunity.stage.pipeline_id)
        following = [found for found in others if found.position > opportunity.stage.position]
        chosen = stage or next(iter([*following, *reversed(others)]), opportunity.stage)
        self.initial["stage"] = chosen.pk
        self.opportunity, self.elsewhere = opportunity, []  # type: tuple[Opportunity, list[Blocker]]
        missing = opportunity.missing_for(chosen)
        donor = OpportunityForm(instance=opportunity, user=user) if missing else None
        for blocker in missing:
            self.ask(blocker, donor)

    def ask(self, blocker: Blocker, donor: Any) -> None:
        """Put the missing field right here; what is no field of the deal is said with the way to where it is added."""
        names = fields_for(self.opportunity, blocker.field)
        if not names:
            self.elsewhere.append(blocker)
        for name in names:
            self.fields[name] = donor.fields[name]
            self.fields[name].required = name == names[0]
            self.initial[name] = donor.initial.get(name)

    def answers(self) -> dict[str, Any]:
        """What was filled in beside the stage, as the action takes it."""
        said = {name: value for name, value in self.cleaned_data.items() if name != "stage"}
        return gathered(said, customfields.fields_of(Opportunity), self.opportunity.custom or {})


class ReopenForm(forms.Form):
    """Why a deal is open again."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
