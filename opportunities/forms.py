"""The shape of what people say about opportunities."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.fields import CustomerField
from customers.forms import offer
from kernel.forms import RecordForm, plain, use_native_picker
from leads.forms import AssignForm
from opportunities.models import Opportunity, Stage
from opportunities.selectors import stages_of

__all__ = ["AssignForm", "MoveForm", "OpportunityForm"]


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


class MoveForm(forms.Form):
    """To which stage, with what that stage asks for."""

    stage = forms.ModelChoiceField(queryset=Stage.objects.none(), label=_("Stage"), empty_label=None)

    def __init__(
        self, *args: Any, opportunity: Opportunity, stage: Stage | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        others = [found for found in stages_of(opportunity) if found.pk != opportunity.stage_id]
        field: Any = self.fields["stage"]
        field.queryset = Stage.objects.filter(pk__in=[found.pk for found in others]).order_by("position")
        following = [found for found in others if found.position > opportunity.stage.position]
        chosen = stage or next(iter([*following, *reversed(others)]), opportunity.stage)
        self.initial["stage"] = chosen.pk
        for blocker in opportunity.missing_for(chosen):
            self.ask(opportunity, blocker.field)

    def ask(self, opportunity: Opportunity, name: str) -> None:
        """Put the missing field right here."""
        model_field = {"amount": "estimated_revenue"}.get(name, name)
        if name == "lines":
            return
        found: Any = Opportunity._meta.get_field(model_field)
        if found.is_relation:
            return
        asked = found.formfield(required=True)
        use_native_picker(asked)
        value = getattr(opportunity, model_field)
        if value:
            asked.initial = plain(value) if isinstance(asked, forms.DecimalField) else value
        self.fields[model_field] = asked

    def answers(self) -> dict[str, Any]:
        """What was filled in beside the stage."""
        return {name: value for name, value in self.cleaned_data.items() if name != "stage"}
