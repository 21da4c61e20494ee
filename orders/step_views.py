"""Pages of the steps of an order: each says what will happen, asks what it needs, and calls one action."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.lifecycle import Step
from kernel.writing import stated_version
from orders import actions
from orders.forms import CancelForm
from orders.models import ChangeRequest, Order
from orders.selectors import (
    asked_preflight,
    consequences,
    credit_for,
    open_lines,
    requests_of,
    steps_of,
    wishable_lines,
)
from orders.step_forms import (
    AnswerForm,
    CloseRestForm,
    CopyForm,
    FulfillForm,
    OverrideForm,
    PromiseForm,
    RejectForm,
    WishForm,
)
from orders.views import order_of
from people.access import require


def step_named(request: HtmxRequest, order: Order, name: str) -> Step | None:
    """The step as it stands for this person, with what blocks it."""
    return next((one for one in steps_of(order, request.user) if one.name == name), None)


@require_GET
def preflight(request: HtmxRequest, ref: str) -> HttpResponse:
    """Everything that stands in the way of submitting, after a connected ERP was asked."""
    order = order_of(request, ref)
    context = {"order": order, "checks": asked_preflight(order), "credit": credit_for(request.user, order)}
    return page(request, "orders/preflight.html", context, part="checks")


def copy(request: HtmxRequest, ref: str) -> HttpResponse:
    """Order the same again."""
    order = order_of(request, ref)
    require(request.user, "add", Order)
    form = CopyForm(posted(request))
    if form.is_valid():
        said = form.cleaned_data
        keep, number = said["prices"] == "kept", said["customer_po"]
        made = attempt(
            form, lambda: actions.copy_order(order, by=request.user, keep_prices=keep, customer_po=number)
        )
        if made:
            messages.success(request, _("%(number)s is a new order with the same lines.") % {"number": made})
            return redirect(made)
    return page(request, "orders/copy.html", {"form": form, "order": order}, status=status_of(form))


def override_credit(request: HtmxRequest, ref: str) -> HttpResponse:
    """Let the order pass the customer's credit limit."""
    order = order_of(request, ref)
    require(request.user, "override_credit", order)
    form = OverrideForm(posted(request))
    if form.is_valid():
        said = form.cleaned_data
        if attempt(form, lambda: actions.override_credit(order, by=request.user, reason=said["reason"])):
            messages.success(request, _("The credit limit no longer stops this order."))
            return redirect(order)
    context = {"form": form, "order": order, "credit": credit_for(request.user, order)}
    return page(request, "orders/override_credit.html", context, status=status_of(form))


def fulfill(request: HtmxRequest, ref: str) -> HttpResponse:
    """Note what left for the customer, and what comes later."""
    order = order_of(request, ref)
    require(request.user, "fulfill_completely", order)
    step = step_named(request, order, "fulfill")
    form = FulfillForm(posted(request), order=order, lines=open_lines(order))
    if form.is_valid():
        said, ships = form.cleaned_data, form.quantities()
        names = ("delivery_note", "carrier", "tracking", "shipped_on")
        delivery = (
            actions.Delivery(quantities=ships, **{name: said[name] for name in names}) if ships else None
        )
        done = attempt(
            form,
            lambda: actions.fulfill_order(
                order, by=request.user, delivery=delivery, backordered=form.backordered()
            ),
        )
        if done:
            note = _("Delivery note %(note)s is on the order.") % {"note": said["delivery_note"]}
            messages.success(request, note if delivery else _("Noted what comes later."))
            return redirect(order)
    context = {"form": form, "order": order, "step": step}
    return page(request, "orders/fulfill.html", context, status=status_of(form))


def promise(request: HtmxRequest, ref: str) -> HttpResponse:
    """Promise days of delivery."""
    order = order_of(request, ref)
    require(request.user, "promise", order)
    form = PromiseForm(posted(request), order=order, lines=open_lines(order))
    if form.is_valid():
        on, version = form.cleaned_data["promised_delivery_on"], stated_version(request.POST)
        done = attempt(
            form,
            lambda: actions.promise_dates(
                order, by=request.user, promised_delivery_on=on, lines=form.days(), version=version
            ),
        )
        if done:
            messages.success(request, _("The promised dates are on the order."))
            return redirect(order)
    context = {"form": form, "order": order, "step": step_named(request, order, "promise")}
    return page(request, "orders/promise.html", context, status=status_of(form))


def close_rest(request: HtmxRequest, ref: str) -> HttpResponse:
    """Give up what is still open."""
    order = order_of(request, ref)
    require(request.user, "close_rest", order)
    form = CloseRestForm(posted(request), lines=open_lines(order))
    if form.is_valid():
        asked, note = form.quantities(), form.cleaned_data["note"]
        if attempt(form, lambda: actions.close_rest(order, by=request.user, quantities=asked, note=note)):
            messages.success(request, _("What was given up is not delivered any more."))
            return redirect(order)
    context = {"form": form, "order": order, "step": step_named(request, order, "close-rest")}
    return page(request, "orders/close_rest.html", context, status=status_of(form))


def cancel(request: HtmxRequest, ref: str) -> HttpResponse:
    """Call the order off: first what follows from it, then why."""
    order = order_of(request, ref)
    require(request.user, "cancel", order)
    form = CancelForm(posted(request))
    if form.is_valid():
        said = form.cleaned_data
        if attempt(form, lambda: actions.cancel_order(order, by=request.user, **said)):
            messages.success(request, _("Order %(number)s is canceled.") % {"number": order})
            return redirect(order)
    context = {
        "form": form,
        "order": order,
        "step": step_named(request, order, "cancel"),
        "rest": step_named(request, order, "close-rest"),
        "effects": consequences(order),
    }
    return page(request, "orders/cancel.html", context, status=status_of(form))


# --- change requests --------------------------------------------------------------------------------


def request_change(request: HtmxRequest, ref: str) -> HttpResponse:
    """Put down what should change in a submitted order."""
    order = order_of(request, ref)
    require(request.user, "request_change", order)
    form = WishForm(posted(request), order=order, lines=wishable_lines(order))
    if form.is_valid():
        said = form.cleaned_data
        made = attempt(
            form,
            lambda: actions.request_change(
                order,
                by=request.user,
                text=said["text"],
                wishes=form.wishes(),
                requested_delivery_on=said["requested_delivery_on"],
            ),
        )
        if made:
            messages.success(request, _("The request waits for an answer; nothing has changed yet."))
            return redirect(order)
    context = {"form": form, "order": order, "step": step_named(request, order, "request-change")}
    return page(request, "orders/request_change.html", context, status=status_of(form))


def accept_change(request: HtmxRequest, ref: str) -> HttpResponse:
    """Do what was wished."""
    order = order_of(request, ref)
    require(request.user, "decide_change", order)
    wish = waiting(order)
    form = AnswerForm(posted(request), initial={"request": wish and wish.public_id})
    if form.is_valid():
        said = form.cleaned_data
        if attempt(form, lambda: actions.accept_change(order, by=request.user, **said)):
            messages.success(request, _("The change is accepted."))
            return redirect(order)
    context = {"form": form, "order": order, "wish": wish, "applies": actions.takes_changes(order)}
    return page(request, "orders/accept_change.html", context, status=status_of(form))


def reject_change(request: HtmxRequest, ref: str) -> HttpResponse:
    """Leave the order as it is, and say why."""
    order = order_of(request, ref)
    require(request.user, "decide_change", order)
    wish = waiting(order)
    form = RejectForm(posted(request), initial={"request": wish and wish.public_id})
    if form.is_valid():
        said = form.cleaned_data
        if attempt(form, lambda: actions.reject_change(order, by=request.user, **said)):
            messages.success(request, _("The request is rejected; the order stays as it is."))
            return redirect(order)
    context = {"form": form, "order": order, "wish": wish}
    return page(request, "orders/reject_change.html", context, status=status_of(form))


@require_POST
def withdraw_change(request: HtmxRequest, ref: str) -> HttpResponse:
    """Take the wish back."""
    order = order_of(request, ref)
    actions.withdraw_change(order, by=request.user)
    messages.success(request, _("The request is withdrawn."))
    return redirect(order)


def waiting(order: Order) -> ChangeRequest | None:
    """The request that waits for an answer, if there is one."""
    return next((one for one in requests_of(order) if one.status == ChangeRequest.Status.OPEN), None)
