"""The shape of what people say in a forecast: about one deal, a call, targets."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.forms import plain, use_native_picker
from opportunities.models import Opportunity, Stage

MOST_DIGITS: Any = {"max_digits": 15, "decimal_places": 4}


class DealForm(forms.Form):
    """What a review changes about a deal, in its row."""

    judgement = forms.ChoiceField(label=_("Category"), required=False)
    estimated_close_on = forms.DateField(label=_("Close date"), required=False)
    estimated_revenue = forms.DecimalField(label=_("Amount"), min_value=Decimal(0), **MOST_DIGITS)

    def __init__(self, data: Any = None, *, deal: Opportunity) -> None:
        super().__init__(data, auto_id=f"id_{deal.number}_%s")
        as_stage = _("%(category)s, as its stage") % {"category": deal.stage.get_forecast_display()}
        judged: Any = self.fields["judgement"]
        judged.choices = [("", as_stage), *Stage.Forecast.choices]
        self.initial = {
            "judgement": deal.forecast if deal.is_judged else "",
            "estimated_close_on": deal.estimated_close_on,
            "estimated_revenue": plain(deal.estimated_revenue),
        }
        if deal.revenue_mode == Opportunity.Revenue.SYSTEM_CALCULATED:
            del self.fields["estimated_revenue"]
        for field in self.fields.values():
            use_native_picker(field)
            field.widget.attrs |= {"form": f"deal-{deal.number}", "aria-label": f"{field.label}, {deal.name}"}

    def said(self) -> dict[str, Any]:
        """What the action takes; no judgement means as the stage says."""
        return self.cleaned_data | {"judgement": self.cleaned_data["judgement"] or None}


class CallForm(forms.Form):
    """What somebody says will be won, and why."""

    amount = forms.DecimalField(label=_("Call"), min_value=Decimal(0), **MOST_DIGITS)
    note = forms.CharField(
        label=_("Why"),
        max_length=500,
        help_text=_("One line that you and others will read in a month's time."),
    )


class ResetForm(forms.Form):
    """Why a call is taken back."""

    note = forms.CharField(label=_("Why is it taken back?"), max_length=500)
