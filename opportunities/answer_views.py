"""One thing of a deal said in place: what its stage asks for, or the next step."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kernel.forms import keep, posted, status_of
from kernel.http import HtmxRequest, page
from opportunities import actions
from opportunities.checklist import fields_for, page_for
from opportunities.forms import AnswerForm
from opportunities.views import opportunity_of
from people.access import require


def answer(request: HtmxRequest, ref: str, field: str) -> HttpResponse:
    """Fill in what a stage asks for; what is no field of the deal is added on a page of its own."""
    opportunity = opportunity_of(request, ref)
    require(request.user, "change", opportunity)
    names = fields_for(opportunity, field)
    if not names:
        if elsewhere := page_for(opportunity, field):
            return redirect(elsewhere)
        raise Http404
    form = AnswerForm(posted(request), instance=opportunity, user=request.user, names=names)
    if form.is_valid():

        def again() -> AnswerForm:
            return AnswerForm(instance=opportunity_of(request, ref), user=request.user, names=names)

        if keep(request, form, again=again, change=partial(actions.change_opportunity, by=request.user)):
            messages.success(request, _("%(field)s saved.") % {"field": form.fields[names[0]].label})
            # From a dialog the page below is loaded anew, which an address with a place in the page would not do.
            return redirect(opportunity if request.htmx else f"{opportunity.get_absolute_url()}#asked")
    context = {"form": form, "opportunity": opportunity, "name": field}
    return page(request, "opportunities/answer.html", context, status=status_of(form))
