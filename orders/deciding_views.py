"""Pages of the steps by which quotes and deals become orders; they stand at the address of the quote or the deal."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.writing import as_seen
from opportunities.models import Opportunity
from orders import actions
from orders.actions.placing import refuse_if_erp_owns_orders
from orders.forms import AcceptForm, WinForm
from orders.models import Order
from orders.winning_plan import plan_of
from people.access import require, visible
from quotes.models import Quote
from quotes.selectors import RELATED as OF_QUOTES
from quotes.selectors import open_quotes
from quotes.views import lose_opportunity


def accept_quote(request: HtmxRequest, ref: str) -> HttpResponse:
    """The customer said yes: say under which number, and the order is made."""
    found = visible(request.user, Quote.objects.by_ref(ref)).select_related(*OF_QUOTES)
    quote: Quote = as_seen(get_object_or_404(found), request.POST)
    require(request.user, "accept", quote)
    form = AcceptForm(posted(request), quote=quote)
    if form.is_valid():
        said = form.cleaned_data
        order = attempt(form, lambda: actions.accept_quote(quote, by=request.user, **said))
        if order:
            messages.success(request, _("Quote accepted: order %(number)s is made.") % {"number": order})
            return redirect(order)
    others = open_quotes(quote.opportunity).exclude(pk=quote.pk) if quote.opportunity else []
    context = {"form": form, "quote": quote, "others": list(others)}
    return page(request, "orders/accept_quote.html", context, status=status_of(form))


def close_opportunity(request: HtmxRequest, ref: str) -> HttpResponse:
    """One address for winning and losing: ``?as=won`` or ``?as=lost``."""
    return (
        lose_opportunity(request, ref) if request.GET.get("as") == "lost" else win_opportunity(request, ref)
    )


def win_opportunity(request: HtmxRequest, ref: str) -> HttpResponse:
    """Win the deal; given a quote, its order is made in the same stroke."""
    opportunity = opportunity_of(request, ref)
    require(request.user, "win", opportunity)
    plan = plan_of(opportunity, request.user, asked=(request.POST or request.GET).get("quote"))
    form = WinForm(posted(request), plan=plan)
    if form.is_valid():
        said = form.said()
        done = attempt(form, lambda: (actions.win_opportunity(opportunity, by=request.user, **said),))
        if done:
            order = done[0]
            messages.success(request, _("%(deal)s is won.") % {"deal": opportunity})
            return redirect(order or opportunity)
    context = {"form": form, "opportunity": opportunity, "plan": plan}
    return page(request, "orders/win_opportunity.html", context, part=("winning",), status=status_of(form))


@require_http_methods(["GET", "POST"])
def from_opportunity(request: HtmxRequest, ref: str) -> HttpResponse:
    """Order what the opportunity holds, without a quote in between."""
    opportunity = opportunity_of(request, ref)
    require(request.user, "add", Order)
    refuse_if_erp_owns_orders()
    if request.method == "POST":
        order = actions.order_from_opportunity(opportunity, by=request.user)
        messages.success(request, _("Order %(number)s created from the opportunity.") % {"number": order})
        return redirect(order)
    context = {"opportunity": opportunity, "count": opportunity.lines.count()}
    return page(request, "orders/from_opportunity.html", context)


def opportunity_of(request: HtmxRequest, ref: str) -> Opportunity:
    found = visible(request.user, Opportunity.objects.by_ref(ref)).select_related(
        "account", "contact", "currency"
    )
    opportunity: Opportunity = get_object_or_404(found)
    return as_seen(opportunity, request.POST)
