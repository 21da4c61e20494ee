"""Pages of money: payments, kept credit, what it is used for, refunds and reversals."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from activities.selectors import timeline
from catalog.rates import base_currency
from customers.models import Account
from invoices import actions
from invoices.forms import CustomerPaymentForm, NoteForm, RefundForm, ReverseForm, UseCreditForm
from invoices.models import Invoice, Payment
from invoices.selectors import Credit, credits_of, kept_by_currency, open_invoices_of
from invoices.tables import PaymentTable
from invoices.views import invoice_of
from kernel.formats import day_text, money
from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.lifecycle import check_step
from people.access import may, require, visible

OF_PAYMENTS = ("account", "contact", "currency", "reverses", "reversal")


@require_GET
def payments(request: HtmxRequest) -> HttpResponse:
    """The payments, with what is kept as credit."""
    require(request.user, "view", Payment)
    mine = visible(request.user, Payment.objects.all())
    context = {"payments": PaymentTable.page(request, mine), "kept": kept_by_currency(mine)}
    return page(request, "invoices/payments.html", context)


@require_GET
def payment(request: HtmxRequest, ref: str) -> HttpResponse:
    """All there is about a payment, and what can be done with it."""
    found = payment_of(request, ref)
    used = found.allocations.select_related("invoice__currency", "refund", "reverses", "reversal")
    taken = found.taken_from.select_related("payment", "credit_note", "reverses", "reversal")
    ours, user = not found.managed_by, request.user
    undone = found.reverses_id is not None or found.is_reversed
    context = {
        "payment": found, "used": list(used.order_by("-id")[:200]), "taken": list(taken.order_by("-id")[:200]),
        "may_use": ours and found.unallocated > 0 and may(user, "allocate", found),
        "may_refund": ours and found.unallocated > 0 and may(user, "refund", found),
        "may_reverse": ours and not undone and may(user, "reverse", found), "entries": timeline(found),
    }  # fmt: skip
    return page(request, "invoices/payment.html", context)


def use_payment(request: HtmxRequest, ref: str) -> HttpResponse:
    """Settle one of the customer's invoices with kept credit."""
    found = payment_of(request, ref)
    require(request.user, "allocate", found)
    owed = open_invoices_of(found)
    form = use_form(request, _("Invoice"), [(one.ref, owed_words(one)) for one in owed], left=found.unallocated,
                    first=owed[0].balance if owed else Decimal(0))  # fmt: skip
    if form.is_valid():
        target = next(one for one in owed if one.ref == form.cleaned_data["choice"])
        amount = form.cleaned_data["amount"]
        if attempt(form, lambda: actions.allocate_payment(found, target, by=request.user, amount=amount)):
            messages.success(request, _("%(invoice)s is settled with it.") % {"invoice": target})
            return redirect(target)
    return use_page(request, form, found, found.unallocated, found.currency.code)


def use_credit(request: HtmxRequest, ref: str) -> HttpResponse:
    """Settle an invoice with the customer's credit, or use a credit note's for an invoice."""
    invoice = invoice_of(request, ref)
    if invoice.kind == Invoice.Kind.CREDIT_NOTE:
        return use_note(request, invoice)
    check_step(invoice.may_use_credit, by=request.user)
    found = credits_of(invoice)
    choices = [(one.source.ref, credit_words(one, invoice)) for one in found]
    form = use_form(
        request, _("Credit"), choices, left=invoice.balance, first=found[0].left if found else Decimal(0)
    )
    if form.is_valid():
        chosen = next(one for one in found if one.source.ref == form.cleaned_data["choice"])
        if attempt(form, lambda: settle_with(chosen, invoice, request.user, form.cleaned_data["amount"])):
            messages.success(request, _("%(invoice)s is settled with it.") % {"invoice": invoice})
            return redirect(invoice)
    return use_page(request, form, invoice, invoice.balance, invoice.currency.code)


def use_note(request: HtmxRequest, note: Invoice) -> HttpResponse:
    """Settle one of the customer's invoices with what is left of a credit note."""
    require(request.user, "pay", note)
    owed = open_invoices_of(note)
    form = use_form(request, _("Invoice"), [(one.ref, owed_words(one)) for one in owed], left=-note.balance,
                    first=owed[0].balance if owed else Decimal(0))  # fmt: skip
    if form.is_valid():
        target = next(one for one in owed if one.ref == form.cleaned_data["choice"])
        amount = form.cleaned_data["amount"]
        if attempt(form, lambda: actions.allocate_credit_note(note, target, by=request.user, amount=amount)):
            messages.success(request, _("%(invoice)s is settled with it.") % {"invoice": target})
            return redirect(target)
    return use_page(request, form, note, -note.balance, note.currency.code)


def use_form(
    request: HtmxRequest, label: str, choices: list[tuple[str, str]], *, left: Decimal, first: Decimal
) -> UseCreditForm:
    return UseCreditForm(posted(request), label=label, choices=choices, amount=min(left, first))


def use_page(
    request: HtmxRequest, form: UseCreditForm, record: Payment | Invoice, left: Decimal, code: str
) -> HttpResponse:
    context = {"form": form, "record": record, "left": left, "code": code}
    return page(request, "invoices/use_credit.html", context, status=status_of(form))


def settle_with(credit: Credit, invoice: Invoice, by: Any, amount: Decimal) -> Invoice:
    if isinstance(credit.source, Payment):
        return actions.allocate_payment(credit.source, invoice, by=by, amount=amount)
    return actions.allocate_credit_note(credit.source, invoice, by=by, amount=amount)


def refund(request: HtmxRequest, ref: str) -> HttpResponse:
    """Pay what is left of a credit note back."""
    note = invoice_of(request, ref)
    check_step(note.may_be_refunded, by=request.user)
    form = RefundForm(posted(request), left=-note.balance)
    if form.is_valid():
        made = attempt(form, lambda: actions.refund_credit_note(note, by=request.user, **form.cleaned_data))
        if made:
            messages.success(request, _("%(number)s is paid back.") % {"number": made})
            return redirect(note)
    return back_page(request, form, note, -note.balance)


def refund_payment(request: HtmxRequest, ref: str) -> HttpResponse:
    """Pay kept credit back."""
    found = payment_of(request, ref)
    require(request.user, "refund", found)
    form = RefundForm(posted(request), left=found.unallocated)
    if form.is_valid():
        made = attempt(form, lambda: actions.refund_payment(found, by=request.user, **form.cleaned_data))
        if made:
            messages.success(request, _("%(number)s is paid back.") % {"number": made})
            return redirect(found)
    return back_page(request, form, found, found.unallocated)


def back_page(
    request: HtmxRequest, form: RefundForm, record: Payment | Invoice, left: Decimal
) -> HttpResponse:
    context = {"form": form, "record": record, "left": left, "code": record.currency.code}
    return page(request, "invoices/refund.html", context, status=status_of(form))


def reverse(request: HtmxRequest, ref: str) -> HttpResponse:
    """Take back a payment that was booked by mistake."""
    found = payment_of(request, ref)
    require(request.user, "reverse", found)
    form = ReverseForm(posted(request))
    if form.is_valid():
        made = attempt(form, lambda: actions.reverse_payment(found, by=request.user, **form.cleaned_data))
        if made:
            messages.success(request, _("Payment %(number)s is reversed.") % {"number": found})
            return redirect(found)
    context = {"form": form, "payment": found}
    return page(request, "invoices/reverse.html", context, status=status_of(form))


def reissue(request: HtmxRequest, ref: str) -> HttpResponse:
    """Take an invoice back and go on with a draft like it."""
    invoice = invoice_of(request, ref)
    check_step(invoice.may_be_reissued, by=request.user)
    form = NoteForm(posted(request))
    if form.is_valid():
        draft = attempt(form, lambda: actions.reissue_invoice(invoice, by=request.user, **form.cleaned_data))
        if draft:
            messages.success(
                request, _("%(invoice)s is taken back; this draft stands in for it.") % {"invoice": invoice}
            )
            return redirect(draft)
    context = {"form": form, "invoice": invoice, "untouched": actions.is_untouched(invoice)}
    return page(request, "invoices/reissue.html", context, status=status_of(form))


def customer_payment(request: HtmxRequest, ref: str) -> HttpResponse:
    """Note money of a customer: the oldest invoices are settled first."""
    account = get_object_or_404(visible(request.user, Account.objects.by_ref(ref)))
    require(request.user, "add", Payment)
    usual = account.currency or base_currency()
    form = CustomerPaymentForm(posted(request), initial={"currency": usual.code})
    if form.is_valid():
        made = attempt(
            form,
            lambda: actions.record_customer_payment(by=request.user, account=account, **form.cleaned_data),
        )
        if made:
            messages.success(request, _("Payment %(number)s recorded.") % {"number": made})
            return redirect(made)
    context = {"form": form, "account": account}
    return page(request, "invoices/customer_payment.html", context, status=status_of(form))


def payment_of(request: HtmxRequest, ref: str) -> Payment:
    found: Payment = get_object_or_404(
        visible(request.user, Payment.objects.by_ref(ref)).select_related(*OF_PAYMENTS)
    )
    return found


def owed_words(invoice: Invoice) -> str:
    owed = money(invoice.balance, invoice.currency.code)
    return _("%(number)s: %(owed)s, due %(day)s") % {
        "number": invoice, "owed": owed, "day": day_text(invoice.due_on) if invoice.due_on else "–",
    }  # fmt: skip


def credit_words(credit: Credit, invoice: Invoice) -> str:
    return _("%(number)s: %(left)s left") % {
        "number": credit.source, "left": money(credit.left, invoice.currency.code),
    }  # fmt: skip
