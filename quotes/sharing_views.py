"""Pages by which a quote goes to its customer: the letter, the links, and how the customer will see it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.lifecycle import check_step
from kernel.writing import whole_number
from people.access import require
from quotes import actions
from quotes.actions import sharing
from quotes.customer_headers import kept_private
from quotes.customer_sheet import CustomerSheet
from quotes.letters import usual_letter
from quotes.models import CustomerLink, Quote
from quotes.sharing_forms import LetterForm
from quotes.views import quote_of


@require_http_methods(["GET", "POST"])
def send(request: HtmxRequest, ref: str) -> HttpResponse:
    """Write to the customer; or, without an address, note that they have it by other means."""
    quote = quote_of(request, ref)
    require(request.user, "send", quote)
    if request.method == "POST" and "to" not in request.POST:
        return mark_as_sent(request, quote)
    check_step(quote.send, by=request.user)
    form = LetterForm.starting_from(usual_letter(quote, by=request.user), posted(request))
    if form.is_valid():
        written = attempt(form, lambda: sharing.send_by_mail(quote, form.letter(), by=request.user))
        if written:
            text = _("The e-mail to %(to)s leaves in %(count)s seconds; until then it can be canceled.")
            messages.success(request, text % {"to": written.to, "count": written.seconds_left})
            return redirect(quote)
    return page(request, "quotes/send.html", {"form": form, "quote": quote}, status=status_of(form))


def mark_as_sent(request: HtmxRequest, quote: Quote) -> HttpResponse:
    actions.send_quote(quote, by=request.user)
    messages.success(request, _("Quote %(number)s is marked as sent.") % {"number": quote})
    return redirect(quote)


@require_POST
def cancel_sending(request: HtmxRequest, ref: str) -> HttpResponse:
    """Take the e-mail back while it is held."""
    quote = quote_of(request, ref)
    sharing.cancel_sending(quote, by=request.user)
    messages.success(request, _("The e-mail was not sent."))
    return redirect(quote)


@require_POST
def make_link(request: HtmxRequest, ref: str) -> HttpResponse:
    """One more address for the customer."""
    quote = quote_of(request, ref)
    sharing.make_link(quote, by=request.user)
    messages.success(request, _("There is a new link; copy it from the page."))
    return redirect(f"{quote.get_absolute_url()}#links")


@require_POST
def revoke_link(request: HtmxRequest, ref: str) -> HttpResponse:
    """Close one address, or all of them; whoever opens it sees nothing any more."""
    quote = quote_of(request, ref)
    require(request.user, "send", quote)
    chosen = request.POST.get("link", "")
    found = CustomerLink.objects.filter(quote=quote, revoked_at=None).select_related("quote")
    if chosen:
        found = found.filter(pk=whole_number(chosen) or 0)
        get_object_or_404(found)
    for link in found:
        sharing.revoke_link(link, by=request.user)
    messages.success(request, _("It opens nothing any more."))
    return redirect(f"{quote.get_absolute_url()}#links")


@require_GET
def preview(request: HtmxRequest, ref: str) -> HttpResponse:
    """The page as the customer will see it; not counted, and nothing can be sent from it."""
    quote = quote_of(request, ref)
    if quote.customer is None:
        raise Http404
    sheet = CustomerSheet(quote)
    context: dict[str, Any] = {
        "w": sheet.words, "quote": quote, "sheet": sheet, "organization": sheet.organization, "preview": True,
        "state": "open", "may_accept": True, "compares": False, "recalculated": False, "done": "", "form": None,
        "asking": None,
    }  # fmt: skip
    with override(sheet.words.tag):
        return kept_private(render(request, "customer/quote.html", context))
