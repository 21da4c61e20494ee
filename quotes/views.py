"""Pages of quotes: fetch, call one action, show. Accepting is a page of the orders."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalog.documents import COUNTED
from catalog.editor import Lines, editor_of_lines, table_of_lines
from catalog.line_views import FOR_A_CELL, blank_rows, edit_lines, is_one_edit
from catalog.price_effect import RECONSIDER, ask_about_prices, price_effect
from customers.models import Account, Contact
from kernel import shown
from kernel.forms import attempt, keep, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.jinja import url
from kernel.lifecycle import steps
from kernel.ownership import owner_of
from kernel.writing import as_seen
from opportunities.models import Opportunity, orders_in_the_way
from people.access import may, require, visible
from quotes import actions
from quotes.actions.drafting import AFFECT_PRICES, pricing_day, refuse_if_erp_owns_quotes
from quotes.actions.sharing import open_links
from quotes.approvals import standing
from quotes.forms import CloseForm, LoseForm, QuoteForm
from quotes.models import Quote
from quotes.selectors import RELATED, open_quotes, revisions
from quotes.tables import QuoteTable


@require_GET
def index(request: HtmxRequest) -> HttpResponse:
    """The quotes one may see."""
    found = QuoteTable.page(request, visible(request.user, Quote.objects.all()))
    from_erp = owner_of("quotes") == "erp"
    context = {
        "quotes": found,
        "from_erp": from_erp,
        "may_add": not from_erp and may(request.user, "add", Quote),
    }
    return page(request, "quotes/list.html", context)


@require_GET
def detail(request: HtmxRequest, ref: str) -> HttpResponse:
    """All there is about a quote; a draft's lines are edited in place."""
    return show(request, quote_of(request, ref))


def show(
    request: HtmxRequest, quote: Quote, *, lines: Lines | None = None, status: int = 200
) -> HttpResponse:
    may_change = quote.is_editable and may(request.user, "change", quote)
    known = {}
    if lines is None:
        where = url("quotes:lines", quote.ref)
        lines = (
            editor_of_lines(quote, where, blank=blank_rows(request)) if may_change else table_of_lines(quote)
        )
        known["has_lines"] = any(row.kind in COUNTED for row in lines.rows)
    shown.show(quote, **known)
    context = {
        "quote": quote,
        "steps": steps(quote, request.user),
        "lines": lines,
        "revisions": revisions(quote),
        "may_change": may_change,
        "may_add": may(request.user, "add", Quote),
        "standing": standing(quote, request.user),
        "links": links_to_show(quote, request.user),
    }
    return page(request, "quotes/detail.html", context, status=status)


def new(request: HtmxRequest) -> HttpResponse:
    """Make an offer from nothing, perhaps to the customer that the address names."""
    require(request.user, "add", Quote)
    refuse_if_erp_owns_quotes()
    initial = {
        "account": visible(request.user, Account.objects.by_ref(request.GET.get("account", ""))).first(),
        "contact": visible(request.user, Contact.objects.by_ref(request.GET.get("contact", ""))).first(),
    }
    form = QuoteForm(posted(request), user=request.user, initial=initial)
    if form.is_valid():
        made = attempt(form, lambda: actions.create_quote(by=request.user, **form.said()))
        if made:
            messages.success(
                request, _("Quote %(number)s created. Add what it offers.") % {"number": made.ref}
            )
            return redirect(made)
    return page(request, "quotes/form.html", {"form": form, "quote": None}, status=status_of(form))


def edit(request: HtmxRequest, ref: str) -> HttpResponse:
    """Change the header of a draft."""
    quote = quote_of(request, ref)
    require(request.user, "change", quote)
    form = QuoteForm(posted(request), instance=quote, user=request.user)
    if form.is_valid() and RECONSIDER not in request.POST:
        effect = price_effect(quote, form.cleaned_data, names=AFFECT_PRICES, day=pricing_day)
        if asked := ask_about_prices(request, quote, effect):
            return asked

        def again() -> QuoteForm:
            return QuoteForm(instance=quote_of(request, ref), user=request.user)

        if keep(request, form, again=again, change=partial(actions.change_quote, by=request.user)):
            messages.success(request, _("Quote saved."))
            return redirect(quote)
    return page(request, "quotes/form.html", {"form": form, "quote": quote}, status=status_of(form))


def lines(request: HtmxRequest, ref: str) -> HttpResponse:
    """Take what the line editor says."""
    quote = quote_of(request, ref, along=FOR_A_CELL if is_one_edit(request) else RELATED)

    def shown(document: Quote, **more: Any) -> HttpResponse:
        return show(request, document, **more)

    return edit_lines(request, quote, action=actions.set_quote_lines, show=shown)


@require_POST
def activate(request: HtmxRequest, ref: str) -> HttpResponse:
    """Freeze the offer."""
    quote = actions.activate_quote(quote_of(request, ref), by=request.user)
    messages.success(
        request, _("Quote %(number)s is active: prices and terms are frozen.") % {"number": quote}
    )
    return redirect(quote)


@require_POST
def revise(request: HtmxRequest, ref: str) -> HttpResponse:
    """Open the next revision."""
    draft = actions.revise_quote(quote_of(request, ref), by=request.user)
    messages.success(
        request, _("%(number)s is a new draft; the earlier revision is closed.") % {"number": draft}
    )
    return redirect(draft)


@require_POST
def copy(request: HtmxRequest, ref: str) -> HttpResponse:
    """Make a new quote like this one."""
    draft = actions.copy_quote(quote_of(request, ref), by=request.user)
    messages.success(request, _("%(number)s is a copy, still a draft.") % {"number": draft})
    return redirect(draft)


def close(request: HtmxRequest, ref: str) -> HttpResponse:
    """End the offer, and say why."""
    quote = quote_of(request, ref)
    require(request.user, "close", quote)
    form = CloseForm(posted(request))
    if (
        form.is_valid()
        and attempt(form, lambda: actions.close_quote(quote, by=request.user, **form.cleaned_data))
        is not None
    ):
        messages.success(request, _("Quote %(number)s is closed.") % {"number": quote})
        return redirect(quote)
    return page(request, "quotes/close.html", {"form": form, "quote": quote}, status=status_of(form))


@require_http_methods(["GET", "POST"])
def from_opportunity(request: HtmxRequest, ref: str) -> HttpResponse:
    """Offer what the opportunity holds: its customer, its prices, its lines."""
    opportunity = opportunity_of(request, ref)
    require(request.user, "add", Quote)
    refuse_if_erp_owns_quotes()
    if request.method == "POST":
        quote = actions.quote_from_opportunity(opportunity, by=request.user)
        messages.success(request, _("Quote %(number)s created from the opportunity.") % {"number": quote.ref})
        return redirect(quote)
    context = {
        "opportunity": opportunity,
        "count": opportunity.lines.count(),
        "open": open_quotes(opportunity),
    }
    return page(request, "quotes/from_opportunity.html", context)


def lose_opportunity(request: HtmxRequest, ref: str) -> HttpResponse:
    """Give a deal up, with its offers, and say why."""
    opportunity = opportunity_of(request, ref)
    require(request.user, "lose", opportunity)
    form = LoseForm(posted(request))
    if form.is_valid():
        why = form.cleaned_data
        if attempt(form, lambda: actions.lose_opportunity(opportunity, by=request.user, **why)):
            messages.success(request, _("%(deal)s is lost.") % {"deal": opportunity})
            return redirect(opportunity)
    context = {
        "form": form, "opportunity": opportunity, "open": list(open_quotes(opportunity)),
        "held_by": orders_in_the_way(opportunity),
    }  # fmt: skip
    return page(request, "quotes/lose_opportunity.html", context, status=status_of(form))


def quote_of(request: HtmxRequest, ref: str, *, along: Sequence[str] = RELATED) -> Quote:
    found = visible(request.user, Quote.objects.by_ref(ref)).select_related(*along)
    if along is FOR_A_CELL:
        found = found.only("number", "revision", "version", "status", "status_reason", *along)
    quote: Quote = get_object_or_404(found)
    return as_seen(quote, request.POST)


def opportunity_of(request: HtmxRequest, ref: str) -> Opportunity:
    found = visible(request.user, Opportunity.objects.by_ref(ref)).select_related(
        "account", "contact", "currency"
    )
    opportunity: Opportunity = get_object_or_404(found)
    return as_seen(opportunity, request.POST)


def links_to_show(quote: Quote, user: Any) -> Any:
    """The open links, for those who may send it; a draft was never shown to anybody, so nothing is asked."""
    if not may(user, "send", quote):
        return None
    return () if quote.is_editable else open_links(quote)
