"""Pages of what goes to customers: invoices by e-mail, reminders, and those that are proposed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers.models import Account
from invoices import actions
from invoices.actions.mailing import overdue_of
from invoices.forms import MailForm
from invoices.letters import Letter, customer_letter, invoice_letter, reminder_letter
from invoices.models import Invoice, Reminder
from invoices.selectors import RELATED, suggested_level
from invoices.views import invoice_of
from kernel.errors import DomainError
from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.lifecycle import check_step
from people.access import require, visible


def send(request: HtmxRequest, ref: str) -> HttpResponse:
    """Send the invoice by e-mail, with its PDF."""
    invoice = invoice_of(request, ref)
    check_step(invoice.may_be_sent, by=request.user)
    form = mail_form(request, invoice_letter(invoice, by=request.user))
    if (
        form.is_valid()
        and attempt(form, lambda: actions.send_invoice(invoice, by=request.user, **form.cleaned_data))
        is not None
    ):
        messages.success(request, _("%(invoice)s is on its way.") % {"invoice": invoice})
        return redirect(invoice)
    context = {"form": form, "invoice": invoice, "level": None}
    return page(request, "invoices/mail.html", context, status=status_of(form))


def remind(request: HtmxRequest, ref: str) -> HttpResponse:
    """Remind the customer of an overdue invoice, in the words of the next level."""
    invoice = invoice_of(request, ref)
    check_step(invoice.may_be_reminded, by=request.user)
    level = suggested_level(invoice)
    if level is None:
        raise DomainError(_("Every level of reminders is used for it."), code="all_levels_used")
    form = mail_form(request, reminder_letter(invoice, level, by=request.user))
    if (
        form.is_valid()
        and attempt(form, lambda: actions.remind_invoice(invoice, by=request.user, **form.cleaned_data))
        is not None
    ):
        messages.success(request, _("The reminder is on its way."))
        return redirect(invoice)
    context = {"form": form, "invoice": invoice, "level": level}
    return page(request, "invoices/mail.html", context, status=status_of(form))


def remind_customer(request: HtmxRequest, ref: str) -> HttpResponse:
    """Remind a customer of everything that is overdue, by one e-mail."""
    account = get_object_or_404(visible(request.user, Account.objects.by_ref(ref)))
    require(request.user, "remind", Invoice)
    late = list(overdue_of(account, request.user).select_related(*RELATED).order_by("due_on", "id"))
    levels = [level for one in late if (level := suggested_level(one))]
    if not levels:
        raise DomainError(_("Nothing of this customer is overdue."), code="not_overdue")
    highest = max(levels, key=lambda level: level.level)
    form = mail_form(request, customer_letter(late, highest, by=request.user))
    if (
        form.is_valid()
        and attempt(form, lambda: actions.remind_customer(account, by=request.user, **form.cleaned_data))
        is not None
    ):
        messages.success(request, _("The reminder is on its way."))
        return redirect("invoices:statement", account.ref)
    context = {"form": form, "account": account, "invoices": late, "level": highest}
    return page(request, "invoices/remind_customer.html", context, status=status_of(form))


@require_GET
def reminders(request: HtmxRequest) -> HttpResponse:
    """The reminders that are proposed, and the last that were sent."""
    require(request.user, "remind", Invoice)
    mine = visible(request.user, Invoice.objects.all())
    found = Reminder.objects.filter(invoice__in=mine).select_related(
        "level", "by", "invoice__account", "invoice__contact", "invoice__currency"
    )
    waiting = found.filter(sent_at=None, dismissed_at=None, invoice__balance__gt=0)
    context = {
        "proposed": list(waiting.order_by("due_on", "id")[:200]),
        "sent": list(found.filter(sent_at__isnull=False).order_by("-sent_at")[:50]),
    }
    return page(request, "invoices/reminders.html", context)


@require_POST
def dismiss(request: HtmxRequest, pk: int) -> HttpResponse:
    """Leave a proposed reminder out."""
    mine = visible(request.user, Invoice.objects.all())
    reminder = get_object_or_404(Reminder.objects.select_related("invoice"), pk=pk, invoice__in=mine)
    actions.dismiss_reminder(reminder, by=request.user)
    messages.success(request, _("The reminder is left out."))
    return redirect("invoices:reminders")


def mail_form(request: HtmxRequest, letter: Letter) -> MailForm:
    """The letter, to be looked at before it goes."""
    said = {"to": letter.to, "subject": letter.subject, "body": letter.body}
    return MailForm(posted(request), initial=said)
