"""Pages of orders: fetch, call one action, show. How a quote or a deal becomes one is in deciding_views."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from catalog.editor import Lines, editor_of_lines
from catalog.line_views import FOR_A_CELL, blank_rows, edit_lines, is_one_edit
from catalog.price_effect import RECONSIDER, ask_about_prices, price_effect
from customers.models import Account, Contact
from kernel.forms import attempt, keep, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.jinja import url
from kernel.lifecycle import steps as lifecycle_steps
from kernel.ownership import owner_of
from kernel.writing import as_seen
from orders import actions
from orders.actions.changing import AFFECT_PRICES
from orders.actions.placing import refuse_if_erp_owns_orders
from orders.forms import OrderForm, meant
from orders.models import Order
from orders.models.preflight import preflight
from orders.selectors import (
    RELATED,
    credit_for,
    has_erp,
    kept_by,
    lines_with_progress,
    progress_of,
    requests_of,
    same_number_warnings,
    shipments_of,
    steps_of,
)
from orders.tables import ErpOrderTable, OrderTable
from people.access import may, require, visible


@require_GET
def index(request: HtmxRequest) -> HttpResponse:
    """The orders one may see."""
    table = ErpOrderTable if has_erp() else OrderTable
    found = table.page(request, visible(request.user, Order.objects.all()))
    from_erp = owner_of("orders") == "erp"
    context = {
        "orders": found,
        "from_erp": from_erp,
        "may_add": not from_erp and may(request.user, "add", Order),
    }
    return page(request, "orders/list.html", context)


@require_GET
def detail(request: HtmxRequest, ref: str) -> HttpResponse:
    """All there is about an order; while it is active its lines are edited in place."""
    return show(request, order_of(request, ref))


def show(
    request: HtmxRequest, order: Order, *, lines: Lines | None = None, status: int = 200
) -> HttpResponse:
    may_change = order.is_editable and may(request.user, "change", order)
    in_erp, to_erp = kept_by()
    so_far = under_way(order, request.user)
    labels: list[Any] = []
    if may_change:
        lines = lines or editor_of_lines(order, url("orders:lines", order.ref), blank=blank_rows(request))
    else:
        lines, labels = lines_with_progress(order, has_days=bool(so_far["progress"]["has_days"]))
    context = {
        "order": order,
        "steps": steps_of(order, request.user),
        "lines": lines,
        "labels": labels,
        "checks": preflight(order) if may_change else None,
        "credit": credit_for(request.user, order) if may_change else None,
        "doubles": same_number_warnings(order, partial(visible, request.user)),
        "may_add": not in_erp and may(request.user, "add", Order),
        "may_change": may_change,
        "knows_erp": bool(order.managed_by or order.is_pulled or order.erp_number),
        "goes_to_erp": may_change and to_erp,
        **so_far,
    }
    return page(request, "orders/detail.html", context, status=status)


def under_way(order: Order, user: Any) -> dict[str, Any]:
    """What there is to show of an order once it is confirmed."""
    if order.status == Order.Status.ACTIVE:
        return {"progress": {"has_days": False}, "requests": [], "answers": [], "shipments": []}
    requests = requests_of(order)
    waiting = next((one for one in requests if one.status == "open"), None)
    return {
        "progress": progress_of(order),
        "requests": requests,
        "answers": lifecycle_steps(waiting, user) if waiting else [],
        "shipments": shipments_of(order),
    }


@require_GET
def same_number(request: HtmxRequest) -> HttpResponse:
    """A hint while an order is filled in: the customer's number is on another order already."""
    order = meant(request.GET, request.user)
    found = same_number_warnings(order, partial(visible, request.user)) if order else []
    return page(request, "orders/same_number.html", {"doubles": found}, part="hint")


def new(request: HtmxRequest) -> HttpResponse:
    """Place an order from nothing, perhaps for the customer that the address names."""
    require(request.user, "add", Order)
    refuse_if_erp_owns_orders()
    initial = {
        "account": visible(request.user, Account.objects.by_ref(request.GET.get("account", ""))).first(),
        "contact": visible(request.user, Contact.objects.by_ref(request.GET.get("contact", ""))).first(),
    }
    form = OrderForm(posted(request), user=request.user, initial=initial)
    if form.is_valid():
        made = attempt(form, lambda: actions.create_order(by=request.user, **form.said()))
        if made:
            messages.success(request, _("Order %(number)s created. Add what was ordered.") % {"number": made})
            return redirect(made)
    return page(
        request, "orders/form.html", {"form": form, "order": None, "doubles": []}, status=status_of(form)
    )


def edit(request: HtmxRequest, ref: str) -> HttpResponse:
    """Change the header of an order while it is active."""
    order = order_of(request, ref)
    require(request.user, "change", order)
    form = OrderForm(posted(request), instance=order, user=request.user)
    if form.is_valid() and RECONSIDER not in request.POST:
        effect = price_effect(order, form.cleaned_data, names=AFFECT_PRICES, day=lambda one: one.ordered_on)
        if asked := ask_about_prices(request, order, effect):
            return asked

        def again() -> OrderForm:
            return OrderForm(instance=order_of(request, ref), user=request.user)

        if keep(request, form, again=again, change=partial(actions.change_order, by=request.user)):
            messages.success(request, _("Order saved."))
            return redirect(order)
    doubles = same_number_warnings(order, partial(visible, request.user))
    context = {"form": form, "order": order, "doubles": doubles}
    return page(request, "orders/form.html", context, status=status_of(form))


def lines(request: HtmxRequest, ref: str) -> HttpResponse:
    """Take what the line editor says."""
    order = order_of(request, ref, along=FOR_A_CELL if is_one_edit(request) else RELATED)

    def shown(document: Order, **more: Any) -> HttpResponse:
        return show(request, document, **more)

    return edit_lines(request, order, action=actions.set_order_lines, show=shown)


@require_POST
def submit(request: HtmxRequest, ref: str) -> HttpResponse:
    """Confirm the order for delivery."""
    order = actions.submit_order(order_of(request, ref), by=request.user)
    if order.managed_by:
        messages.success(
            request, _("Order %(number)s is submitted and on its way to the ERP.") % {"number": order}
        )
    else:
        messages.success(request, _("Order %(number)s is submitted.") % {"number": order})
    return redirect(order)


@require_POST
def hold(request: HtmxRequest, ref: str) -> HttpResponse:
    """Wait with the order."""
    order = actions.hold_order(order_of(request, ref), by=request.user)
    messages.success(request, _("Order %(number)s is pending.") % {"number": order})
    return redirect(order)


@require_POST
def resume(request: HtmxRequest, ref: str) -> HttpResponse:
    """Go on with the order."""
    order = actions.resume_order(order_of(request, ref), by=request.user)
    messages.success(request, _("Order %(number)s goes on.") % {"number": order})
    return redirect(order)


@require_POST
def lock(request: HtmxRequest, ref: str) -> HttpResponse:
    """Keep the agreed prices."""
    order = actions.lock_order(order_of(request, ref), by=request.user)
    messages.success(request, _("The prices of %(number)s are locked.") % {"number": order})
    return redirect(order)


@require_POST
def unlock(request: HtmxRequest, ref: str) -> HttpResponse:
    """Let prices follow the price list again."""
    order = actions.unlock_order(order_of(request, ref), by=request.user)
    messages.success(request, _("The prices of %(number)s follow the price list again.") % {"number": order})
    return redirect(order)


def order_of(request: HtmxRequest, ref: str, *, along: Sequence[str] = RELATED) -> Order:
    found = visible(request.user, Order.objects.by_ref(ref)).select_related(*along)
    if along is FOR_A_CELL:
        found = found.only("number", "prices_locked", "version", "status", "status_reason", *along)
    order: Order = get_object_or_404(found)
    return as_seen(order, request.POST)
