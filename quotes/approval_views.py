"""Pages of approvals: what waits, asking, agreeing and refusing."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.jinja import url
from kernel.writing import whole_number
from people.access import require
from quotes import actions
from quotes.approvals import standing, waiting_approvals, words
from quotes.forms import AskForm, DecisionForm
from quotes.models import Quote
from quotes.views import quote_of

MOST_WAITING = 100


@require_GET
def index(request: HtmxRequest) -> HttpResponse:
    """The requests that wait for this person, the oldest first."""
    require(request.user, "approve", Quote)
    found = list(waiting_approvals(request.user)[: MOST_WAITING + 1])
    context = {
        "waiting": [(one, words(one.excesses, request.user)) for one in found[:MOST_WAITING]],
        "has_more": len(found) > MOST_WAITING,
    }
    return page(request, "quotes/approvals.html", context)


def ask(request: HtmxRequest, ref: str) -> HttpResponse:
    """Ask somebody else to agree, and say why they should."""
    quote = quote_of(request, ref)
    require(request.user, "activate", quote)
    form = AskForm(posted(request))
    if form.is_valid():
        said = form.cleaned_data
        if attempt(form, lambda: actions.ask_approval(quote, by=request.user, **said)):
            messages.success(request, _("An approval was asked for."))
            return redirect(quote)
    context = {"form": form, "quote": quote, "standing": standing(quote, request.user)}
    return page(request, "quotes/ask_approval.html", context, status=status_of(form))


@require_POST
def approve(request: HtmxRequest, ref: str) -> HttpResponse:
    """Agree to what was asked for."""
    quote = quote_of(request, ref)
    require(request.user, "approve", quote)
    note, seen = request.POST.get("note", ""), whole_number(request.POST.get("approval", ""))
    actions.approve_quote(quote, by=request.user, note=note[:2000].replace("\0", ""), approval=seen)
    messages.success(request, _("%(number)s is approved: it may be activated.") % {"number": quote})
    return back_to(request, quote)


def reject(request: HtmxRequest, ref: str) -> HttpResponse:
    """Refuse it, and say why."""
    quote = quote_of(request, ref)
    require(request.user, "approve", quote)
    form = DecisionForm(posted(request))
    if form.is_valid():
        said = form.cleaned_data
        if attempt(form, lambda: actions.reject_quote(quote, by=request.user, **said)):
            messages.success(request, _("%(number)s is not approved.") % {"number": quote})
            return back_to(request, quote)
    context = {"form": form, "quote": quote, "standing": standing(quote, request.user)}
    return page(request, "quotes/reject_approval.html", context, status=status_of(form))


def back_to(request: HtmxRequest, quote: Quote) -> HttpResponse:
    """Whoever decides from a list goes on with that list."""
    place = {"list": url("quotes:approvals"), "team": url("reports:team")}.get(request.POST.get("from", ""))
    return redirect(place or quote)
