"""Pages of invoices: fetch, call one action, show."""

import datetime as dt
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from catalog.editor import Lines, editor_of_lines, table_of_lines
from catalog.line_views import blank_rows, edit_lines
from catalog.rates import base_currency
from customers.models import Account, Contact
from invoices import actions
from invoices.actions.left import left_of
from invoices.actions.making import refuse_if_erp_owns_invoices
from invoices.ageing import ageing
from invoices.forms import CreditForm, FromOrderForm, InvoiceForm, PayForm
from invoices.models import Invoice, Payment
from invoices.selectors import RELATED, allocations_of, early_discount, plan, reminders_of
from invoices.tables import InvoiceTable
from kernel.forms import attempt, keep, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.jinja import url
from kernel.lifecycle import Step, check_step, steps
from kernel.ownership import owner_of
from kernel.writing import as_seen
from orders.models import Order
from orders.selectors import RELATED as OF_ORDERS
from people.access import may, require, visible

MOST_AGO, FARTHEST = 1900, 9000  # years; beyond them days cannot be counted back and forth


@require_GET
def index(request: HtmxRequest) -> HttpResponse:
    """The invoices one may see, under what is owed by lateness."""
    mine = visible(request.user, Invoice.objects.all())
    found = InvoiceTable.page(request, mine)
    from_erp = owner_of("invoices") == "erp"
    buckets = ageing(mine)
    context = {
        "invoices": found,
        "buckets": buckets,
        "owed": sum((bucket.amount for bucket in buckets), Decimal(0)),
        "today": timezone.localdate(),
        "base": base_currency(),
        "from_erp": from_erp,
        "may_see_payments": may(request.user, "view", Payment),
        "may_remind": may(request.user, "remind", Invoice),
        "may_add": not from_erp and may(request.user, "add", Invoice),
    }
    return page(request, "invoices/list.html", context)


@require_GET
def detail(request: HtmxRequest, ref: str) -> HttpResponse:
    """All there is about an invoice; a new one's lines are edited in place."""
    return show(request, invoice_of(request, ref))


def show(
    request: HtmxRequest, invoice: Invoice, *, lines: Lines | None = None, status: int = 200
) -> HttpResponse:
    notes = Invoice.objects.select_related("currency").order_by("-id")
    prefetch_related_objects([invoice], Prefetch("credit_notes", queryset=notes))
    may_change = (
        invoice.status_reason == Invoice.Reason.NEW
        and not invoice.is_pulled
        and may(request.user, "change", invoice)
    )
    edits_lines = invoice.is_editable and may_change
    if lines is None and edits_lines:
        lines = editor_of_lines(invoice, url("invoices:lines", invoice.ref), blank=blank_rows(request))
    context = {
        "invoice": invoice,
        "steps": steps_of(invoice, request.user),
        "lines": lines or table_of_lines(invoice),
        "allocations": allocations_of(invoice),
        "credit_notes": list(invoice.credit_notes.all()),
        "plan": plan(invoice),
        "reminders": reminders_of(invoice),
        "may_see_payments": may(request.user, "view", Payment),
        "today": timezone.localdate(),
        "may_change": may_change,
        "edits_lines": edits_lines,
        "days_late": (timezone.localdate() - invoice.due_on).days
        if invoice.is_overdue and invoice.due_on
        else 0,
    }
    return page(request, "invoices/detail.html", context, status=status)


def new(request: HtmxRequest) -> HttpResponse:
    """Make an invoice from nothing; refused where the ERP makes them."""
    require(request.user, "add", Invoice)
    refuse_if_erp_owns_invoices()
    initial = {
        "account": visible(request.user, Account.objects.by_ref(request.GET.get("account", ""))).first(),
        "contact": visible(request.user, Contact.objects.by_ref(request.GET.get("contact", ""))).first(),
    }
    form = InvoiceForm(posted(request), user=request.user, initial=initial)
    if form.is_valid():
        made = attempt(form, lambda: actions.create_invoice(by=request.user, **form.said()))
        if made:
            messages.success(request, _("A draft invoice was created. Add its lines, then confirm it."))
            return redirect(made)
    return page(request, "invoices/form.html", {"form": form, "invoice": None}, status=status_of(form))


def edit(request: HtmxRequest, ref: str) -> HttpResponse:
    """Change the header of a new invoice."""
    invoice = invoice_of(request, ref)
    require(request.user, "change", invoice)
    form = InvoiceForm(posted(request), instance=invoice, user=request.user)
    if form.is_valid():

        def again() -> InvoiceForm:
            return InvoiceForm(instance=invoice_of(request, ref), user=request.user)

        if keep(request, form, again=again, change=partial(actions.change_invoice, by=request.user)):
            messages.success(request, _("Invoice saved."))
            return redirect(invoice)
    return page(request, "invoices/form.html", {"form": form, "invoice": invoice}, status=status_of(form))


def lines(request: HtmxRequest, ref: str) -> HttpResponse:
    """Take what the line editor says."""
    invoice = invoice_of(request, ref)

    def shown(document: Invoice, **more: Any) -> HttpResponse:
        return show(request, document, **more)

    return edit_lines(request, invoice, action=actions.set_invoice_lines, show=shown)


@require_POST
def confirm(request: HtmxRequest, ref: str) -> HttpResponse:
    """Give the invoice its number."""
    invoice = actions.confirm_invoice(invoice_of(request, ref), by=request.user)
    messages.success(request, _("Invoice %(number)s is confirmed.") % {"number": invoice})
    return redirect(invoice)


@require_POST
def cancel(request: HtmxRequest, ref: str) -> HttpResponse:
    """Call the invoice off."""
    invoice = actions.cancel_invoice(invoice_of(request, ref), by=request.user)
    messages.success(request, _("%(invoice)s is canceled.") % {"invoice": invoice})
    return redirect(invoice)


@require_POST
def book(request: HtmxRequest, ref: str) -> HttpResponse:
    """Its services are planned."""
    return redirect(actions.book_invoice(invoice_of(request, ref), by=request.user))


@require_POST
def install(request: HtmxRequest, ref: str) -> HttpResponse:
    """Its services are done."""
    return redirect(actions.install_invoice(invoice_of(request, ref), by=request.user))


def pay(request: HtmxRequest, ref: str) -> HttpResponse:
    """Note money received for the invoice."""
    invoice = invoice_of(request, ref)
    check_step(invoice.settle, by=request.user)
    discount = early_discount(invoice, timezone.localdate())
    form = PayForm(posted(request), invoice=invoice, discount=discount)
    if form.is_valid():
        paid = attempt(form, lambda: actions.record_payment(invoice, by=request.user, **form.cleaned_data))
        if paid:
            messages.success(request, _("Payment %(number)s recorded.") % {"number": paid})
            return redirect(invoice)
    return page(request, "invoices/pay.html", {"form": form, "invoice": invoice}, status=status_of(form))


def credit(request: HtmxRequest, ref: str) -> HttpResponse:
    """Correct the invoice by a credit note."""
    invoice = invoice_of(request, ref)
    check_step(invoice.may_be_credited, by=request.user)
    rows = [line for line in invoice.lines.select_related("product", "unit") if not line.is_text]
    left = left_of(invoice, rows)
    form = CreditForm(
        posted(request), invoice=invoice, lines=rows, offered=[left[line.position].quantity for line in rows]
    )
    if form.is_valid():
        note = attempt(form, lambda: actions.credit_invoice(invoice, by=request.user, **form.wanted()))
        if note:
            messages.success(request, _("Credit note %(number)s is made.") % {"number": note})
            return redirect(note)
    return page(request, "invoices/credit.html", {"form": form, "invoice": invoice}, status=status_of(form))


def from_order(request: HtmxRequest, ref: str) -> HttpResponse:
    """Invoice what is ready of an order."""
    found = visible(request.user, Order.objects.by_ref(ref)).select_related(*OF_ORDERS)
    order: Order = as_seen(get_object_or_404(found), request.POST)
    check_step(order.may_be_invoiced, by=request.user)
    rows = list(order.lines.select_related("product", "unit"))
    for line in rows:
        line.order = order
    form = FromOrderForm(posted(request), lines=[line for line in rows if line.quantity_to_invoice > 0])
    if form.is_valid():
        made = attempt(
            form, lambda: actions.invoice_from_order(order, by=request.user, quantities=form.quantities())
        )
        if made:
            messages.success(request, _("A draft invoice was made. Confirm it to give it its number."))
            return redirect(made)
    return page(request, "invoices/from_order.html", {"form": form, "order": order}, status=status_of(form))


def steps_of(invoice: Invoice, user: Any) -> list[Step]:
    """The buttons to draw: a credit note is no invoice that waits to be paid, so it shows none of those steps."""
    shown = steps(invoice, user)
    return [step for step in shown if not any(blocker.code == "credit_note" for blocker in step.blockers)]


def invoice_of(request: HtmxRequest, ref: str) -> Invoice:
    invoice: Invoice = get_object_or_404(
        visible(request.user, Invoice.objects.by_ref(ref)).select_related(*RELATED)
    )
    return as_seen(invoice, request.POST)


def day_of(text: str) -> dt.date | None:
    """The day that an address names; nothing if it names none."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if MOST_AGO < day.year < FARTHEST else None
