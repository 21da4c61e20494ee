"""Pages of accounts and contacts: fetch, call one action, show."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from customers import actions
from customers.fields import option_list
from customers.forms import AccountForm, ContactForm
from customers.models import Account, Contact
from customers.tables import AccountTable, ContactTable
from duplicates.asking import asks_about, made_another
from kernel.forms import attempt, keep, posted, status_of
from kernel.http import HtmxRequest, page
from people.access import may, require, visible


@require_GET
def accounts(request: HtmxRequest) -> HttpResponse:
    """The companies one may see."""
    found = AccountTable.page(request, visible(request.user, Account.objects.all()))
    return page(
        request, "customers/accounts.html", {"accounts": found, "may_add": may(request.user, "add", Account)}
    )


def account_new(request: HtmxRequest) -> HttpResponse:
    """Take a company into the books."""
    require(request.user, "add", Account)
    form = AccountForm(posted(request), user=request.user)
    if form.is_valid() and not asks_about(request, form):
        made = attempt(form, lambda: actions.create_account(by=request.user, **form.cleaned_data))
        if made:
            made_another(request, made)
            messages.success(request, _("Account %(name)s created.") % {"name": made.name})
            return redirect(made)
    return page(
        request, "customers/account_form.html", {"form": form, "account": None}, status=status_of(form)
    )


def account_edit(request: HtmxRequest, ref: str) -> HttpResponse:
    """Change what is known of a company."""
    shown = account_of(request, ref)
    require(request.user, "change", shown)
    form = AccountForm(posted(request), instance=shown, user=request.user)
    if form.is_valid():

        def again() -> AccountForm:
            return AccountForm(instance=account_of(request, ref), user=request.user)

        if keep(request, form, again=again, change=partial(actions.change_account, by=request.user)):
            messages.success(request, _("Account saved."))
            return redirect(shown)
    return page(
        request, "customers/account_form.html", {"form": form, "account": shown}, status=status_of(form)
    )


@require_GET
def account_options(request: HtmxRequest) -> HttpResponse:
    """Suggestions while somebody types a company's name."""
    return options(request, "account")


@require_GET
def contacts(request: HtmxRequest) -> HttpResponse:
    """The people one may see."""
    found = ContactTable.page(request, visible(request.user, Contact.objects.all()))
    return page(
        request, "customers/contacts.html", {"contacts": found, "may_add": may(request.user, "add", Contact)}
    )


def contact_new(request: HtmxRequest) -> HttpResponse:
    """Take a person into the books, perhaps at an account that the address names."""
    require(request.user, "add", Contact)
    employer = visible(request.user, Account.objects.by_ref(request.GET.get("account", ""))).first()
    form = ContactForm(posted(request), user=request.user, initial={"account": employer})
    if form.is_valid() and not asks_about(request, form):
        made = attempt(form, lambda: actions.create_contact(by=request.user, **form.cleaned_data))
        if made:
            made_another(request, made)
            messages.success(request, _("Contact %(name)s created.") % {"name": made.name})
            return redirect(made)
    return page(
        request, "customers/contact_form.html", {"form": form, "contact": None}, status=status_of(form)
    )


def contact_edit(request: HtmxRequest, ref: str) -> HttpResponse:
    """Change what is known of a person."""
    shown = contact_of(request, ref)
    require(request.user, "change", shown)
    form = ContactForm(posted(request), instance=shown, user=request.user)
    if form.is_valid():

        def again() -> ContactForm:
            return ContactForm(instance=contact_of(request, ref), user=request.user)

        if keep(request, form, again=again, change=partial(actions.change_contact, by=request.user)):
            messages.success(request, _("Contact saved."))
            return redirect(shown)
    return page(
        request, "customers/contact_form.html", {"form": form, "contact": shown}, status=status_of(form)
    )


@require_GET
def contact_options(request: HtmxRequest) -> HttpResponse:
    """Suggestions while somebody types a person's name."""
    return options(request, "contact")


def options(request: HtmxRequest, kind: str) -> HttpResponse:
    """The field sends itself under its own name, whatever form it stands in."""
    typed = next(iter(request.GET.values()), "")
    return HttpResponse(
        option_list(kind, str(typed)[:100], request.user), headers={"Cache-Control": "no-store"}
    )


def account_of(request: HtmxRequest, ref: str) -> Account:
    related = (
        "parent",
        "primary_contact",
        "currency",
        "payment_terms",
        "price_list",
        "territory",
        "owner",
        "team",
    )
    found = visible(request.user, Account.objects.by_ref(ref)).select_related(*related)
    shown: Account = get_object_or_404(found)
    return shown


def contact_of(request: HtmxRequest, ref: str) -> Contact:
    found = visible(request.user, Contact.objects.by_ref(ref)).select_related("account", "owner", "team")
    shown: Contact = get_object_or_404(found)
    return shown
