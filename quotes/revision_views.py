"""Pages between two quotes: what changed from one to the other, and taking lines over from an earlier one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from kernel.http import HtmxRequest, page
from people.access import require, visible
from quotes import actions
from quotes.actions.taking import lines_for_today
from quotes.models import Quote
from quotes.selectors import RELATED, comparable, sources_of
from quotes.selectors import compare as compared
from quotes.views import quote_of

MOST_OTHERS = 30


@require_GET
def compare(request: HtmxRequest, ref: str) -> HttpResponse:
    """The quote beside another one: ``?with=0`` says which revision, else the one before."""
    quote = quote_of(request, ref)
    others = others_of(request, quote)
    asked = request.GET.get("with", str(quote.revision - 1))
    before = next((one for one in others if one.number == quote.number and str(one.revision) == asked), None)
    return shown(
        request, quote, before or (None if "with" in request.GET else next(iter(others), None)), others
    )


@require_GET
def compare_with(request: HtmxRequest, ref: str, other: str) -> HttpResponse:
    """The quote beside exactly this other one: another revision, or another quote of its deal."""
    quote = quote_of(request, ref)
    before = get_object_or_404(visible(request.user, comparable(quote)), **Quote.ref_filter(other))
    return shown(request, quote, before, others_of(request, quote))


def others_of(request: HtmxRequest, quote: Quote) -> list[Quote]:
    """The quotes it may be compared with, the latest revisions of its own number first."""
    found = visible(request.user, comparable(quote)).order_by("-id")[:MOST_OTHERS]
    return sorted(found, key=lambda one: (one.number != quote.number, -one.revision, -one.pk))


def shown(request: HtmxRequest, quote: Quote, before: Quote | None, others: list[Quote]) -> HttpResponse:
    context: dict[str, Any] = {"quote": quote, "before": before, "others": others}
    if before is not None:
        context["comparison"] = compared(before, quote)
    return page(request, "quotes/compare.html", context)


@require_http_methods(["GET", "POST"])
def get_products(request: HtmxRequest, ref: str) -> HttpResponse:
    """Add the products of the deal, or those of another quote at today's prices."""
    quote = quote_of(request, ref)
    require(request.user, "change", quote)
    asked = (request.POST or request.GET).get("source", "")
    if request.method == "POST" and asked:
        found = visible(request.user, Quote.objects.by_ref(asked)).select_related(*RELATED)
        source: Quote = get_object_or_404(found)
        left_out = lines_for_today(source, quote).left_out
        actions.get_products(quote, by=request.user, source=source)
        say_what_came(request, source, left_out)
        return redirect(quote)
    if request.method == "POST":
        actions.get_products(quote, by=request.user)
        messages.success(request, _("The products of the opportunity were added."))
        return redirect(quote)
    text = request.GET.get("q", "")[:200].replace("\0", "")
    sources = visible(request.user, sources_of(quote, text)).order_by("-id")[:MOST_OTHERS]
    context = {"quote": quote, "sources": list(sources), "text": text}
    return page(request, "quotes/get_products.html", context)


def say_what_came(request: HtmxRequest, source: Quote, left_out: list[str]) -> None:
    messages.success(request, _("The lines of %(number)s were added at today's prices.") % {"number": source})
    if left_out:
        text = ngettext(
            "This one could not be added: %(what)s.", "These could not be added: %(what)s.", len(left_out)
        )
        messages.warning(request, text % {"what": ", ".join(left_out)})
