"""Where a deal counts in the forecast, whatever its stage says."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.writing import stated_version
from opportunities import actions
from opportunities.models import Opportunity, Stage
from opportunities.views import opportunity_of
from people.access import require


class JudgeForm(forms.Form):
    """The category in which the deal counts; empty: as its stage says."""

    forecast = forms.ChoiceField(label=gettext_lazy("Forecast category"), required=False)

    def __init__(self, *args: object, opportunity: Opportunity, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        usual = _("As the stage says: %(category)s") % {"category": opportunity.stage.get_forecast_display()}
        field = self.fields["forecast"]
        field.choices = [("", usual), *Stage.Forecast.choices]  # type: ignore[attr-defined]
        self.initial["forecast"] = opportunity.forecast if opportunity.is_judged else ""


def judge(request: HtmxRequest, ref: str) -> HttpResponse:
    """Say in which category of the forecast the deal counts, or leave it to the stage."""
    opportunity = opportunity_of(request, ref)
    require(request.user, "judge", opportunity)
    form = JudgeForm(posted(request), opportunity=opportunity)
    if form.is_valid():
        category, version = form.cleaned_data["forecast"] or None, stated_version(request.POST)
        judged = attempt(
            form,
            lambda: actions.judge_opportunity(
                opportunity, by=request.user, forecast=category, version=version
            ),
        )
        if judged:
            text = _("%(deal)s counts as %(category)s now.")
            messages.success(
                request, text % {"deal": judged.number, "category": judged.get_forecast_display()}
            )
            return redirect(judged)
    context = {"form": form, "opportunity": opportunity}
    return page(request, "opportunities/judge.html", context, status=status_of(form))
