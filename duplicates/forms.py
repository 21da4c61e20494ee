"""Forms about duplicates."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from duplicates.models import DuplicateRule
from duplicates.rules import SIGNS, Rule


class RuleForm(forms.Form):
    """How loudly each sign speaks, in percent; 0 is silent."""

    name = forms.CharField(label=_("Name"), max_length=100)
    threshold = forms.IntegerField(
        label=_("Found from"), min_value=1, max_value=100, help_text=_("Percent; below it nothing is shown.")
    )
    response = forms.ChoiceField(
        label=_("When somebody makes one again"), choices=DuplicateRule.Response.choices
    )

    def __init__(self, *args: Any, rule: Rule, **kwargs: Any) -> None:
        response = DuplicateRule.Response.ASK if rule.asks else DuplicateRule.Response.HINT
        initial = {"name": rule.name, "threshold": round(rule.threshold * 100), "response": response}
        initial |= {f"sign_{sign}": round(rule.weights.get(sign, 0) * 100) for sign in SIGNS}
        super().__init__(*args, **{**kwargs, "initial": initial})
        for sign, label in SIGNS.items():
            self.fields[f"sign_{sign}"] = forms.IntegerField(
                label=str(label).capitalize(), min_value=0, max_value=99, required=False
            )

    @property
    def signs(self) -> list[Any]:
        """The fields of the signs, as the page lays them out."""
        return [self[f"sign_{sign}"] for sign in SIGNS]

    def weights(self) -> dict[str, float]:
        """What was said of each sign, from 0 to 1."""
        return {sign: (self.cleaned_data.get(f"sign_{sign}") or 0) / 100 for sign in SIGNS}

    def rule(self) -> Rule:
        """The rule as it would be."""
        weights = {sign: weight for sign, weight in self.weights().items() if weight}
        asks = self.cleaned_data["response"] == DuplicateRule.Response.ASK
        return Rule(weights, self.cleaned_data["threshold"] / 100, asks, self.cleaned_data["name"])

    def threshold_as_share(self) -> Decimal:
        return Decimal(self.cleaned_data["threshold"]) / 100
