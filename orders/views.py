"""Pages of orders: fetch, call one action, show. How a quote or a deal becomes one is in deciding_views."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from activities.selectors import planned, timeline
from catalog.editor import Lines, editor_of_lines
from catalog.line_views import FOR_A_CELL, blank_rows, edit_lines, is_one_edit
from customers.models import Account, Contact
from kernel.forms import attempt, keep, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.jinja import url
from kernel.ownership import destination, owner_of
from kernel.writing import as_seen
from orders import actions
from orders.actions.placing import refuse_if_erp_owns_orders
from orders.forms import CancelForm, FulfillForm, OrderForm
from orders.models import Order
from orders.selectors import RELATED, has_erp, lines_with_progress, open_lines, shipments_of, steps_of
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
    labels: list[Any] = []
    if may_change:
        lines = lines or editor_of_lines(order, url("orders:lines", order.ref), blank=blank_rows(request))
    else:
        lines, labels = lines_with_progress(order)
    context = {
        "order": order,
        "steps": steps_of(order, request.user),
        "lines": lines,
        "labels": labels,
        "shipments": shipments_of(order),
        "entries": timeline(order),
        "planned": planned(order),
        "may_change": may_change,
        "knows_erp": bool(order.managed_by or order.is_pulled or order.erp_number),
        "goes_to_erp": may_change and bool(destination("orders")),
    }
    return page(request, "orders/detail.html", context, status=status)


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
    return page(request, "orders/form.html", {"form": form, "order": None}, status=status_of(form))


def edit(request: HtmxRequest, ref: str) -> HttpResponse:
    """Change the header of an order while it is active."""
    order = order_of(request, ref)
    require(request.user, "change", order)
    form = OrderForm(posted(request), instance=order, user=request.user)
    if form.is_valid():

        def again() -> OrderForm:
            return OrderForm(instance=order_of(request, ref), user=request.user)

        if keep(request, form, again=again, change=partial(actions.change_order, by=request.user)):
            messages.success(request, _("Order saved."))
            return redirect(order)
    return page(request, "orders/form.html", {"form": form, "order": order}, status=status_of(form))


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


def fulfill(request: HtmxRequest, ref: str) -> HttpResponse:
    """Note what left for the customer."""
    order = order_of(request, ref)
    require(request.user, "fulfill_completely", order)
    blocked = next((one for one in steps_of(order, request.user) if one.name == "fulfill"), None)
    form = FulfillForm(posted(request), order=order, lines=open_lines(order))
    if form.is_valid():
        said = form.cleaned_data
        names = ("delivery_note", "carrier", "tracking", "shipped_on")
        delivery = actions.Delivery(quantities=form.quantities(), **{name: said[name] for name in names})
        if attempt(form, lambda: actions.fulfill_order(order, by=request.user, delivery=delivery)):
            messages.success(
                request, _("Delivery note %(note)s is on the order.") % {"note": delivery.delivery_note}
            )
            return redirect(order)
    context = {"form": form, "order": order, "step": blocked}
    return page(request, "orders/fulfill.html", context, status=status_of(form))


def cancel(request: HtmxRequest, ref: str) -> HttpResponse:
    """Call the order off, and say why."""
    order = order_of(request, ref)
    require(request.user, "cancel", order)
    form = CancelForm(posted(request))
    if (
        form.is_valid()
        and attempt(form, lambda: actions.cancel_order(order, by=request.user, **form.cleaned_data))
        is not None
    ):
        messages.success(request, _("Order %(number)s is canceled.") % {"number": order})
        return redirect(order)
    return page(request, "orders/cancel.html", {"form": form, "order": order}, status=status_of(form))


def order_of(request: HtmxRequest, ref: str, *, along: Sequence[str] = RELATED) -> Order:
    order: Order = get_object_or_404(visible(request.user, Order.objects.by_ref(ref)).select_related(*along))
    return as_seen(order, request.POST)
