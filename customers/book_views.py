"""Tables to fill in: the addresses of a customer, how to reach them, and the further companies of a person."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from customers import book_actions as actions
from customers.book_forms import AddressesForm, CompaniesForm, PointsForm
from customers.models import Account, Contact
from customers.points import Point, points_of
from customers.selectors import role_names
from customers.views import account_of, contact_of
from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.jinja import url
from kernel.writing import stated_version
from people.access import require, visible


def account_points(request: HtmxRequest, ref: str) -> HttpResponse:
    """How to reach a company."""
    return points(request, account_of(request, ref))


def contact_points(request: HtmxRequest, ref: str) -> HttpResponse:
    """How to reach a person."""
    return points(request, contact_of(request, ref))


def account_addresses(request: HtmxRequest, ref: str) -> HttpResponse:
    """Where the bills and the goods of a company go."""
    return addresses(request, account_of(request, ref))


def contact_addresses(request: HtmxRequest, ref: str) -> HttpResponse:
    """Where the bills and the goods of a person go."""
    return addresses(request, contact_of(request, ref))


def points(request: HtmxRequest, customer: Account | Contact) -> HttpResponse:
    """Every e-mail address and phone number, as a table to fill in."""
    require(request.user, "change", customer)
    now = [
        {"kind": one.kind, "value": one.value, "label": one.label, "is_primary": one.is_primary}
        for one in points_of(customer)
    ]
    rows = PointsForm(posted(request), initial=now, prefix="points")
    if rows.is_valid():
        wanted = [Point(**said) for said in rows.values()]
        version = stated_version(request.POST)
        if attempt(rows, lambda: actions.set_points(customer, wanted, by=request.user, version=version)):
            messages.success(request, _("E-mails and phones saved."))
            return redirect(customer)
    hint = _("The primary one of each kind is what documents, e-mails and calls start with.")
    return show(
        request, customer, rows, _("E-mails and phones of %(customer)s") % {"customer": customer}, hint
    )


def addresses(request: HtmxRequest, customer: Account | Contact) -> HttpResponse:
    """The address book, as a table to fill in."""
    require(request.user, "change", customer)
    names = actions.AddressSaid.__dataclass_fields__
    now = [{name: getattr(one, name) for name in names} for one in customer.addresses.all()]
    rows = AddressesForm(posted(request), initial=now, prefix="addresses")
    if rows.is_valid():
        wanted = [actions.AddressSaid(**said) for said in rows.values()]
        version = stated_version(request.POST)
        if attempt(rows, lambda: actions.set_addresses(customer, wanted, by=request.user, version=version)):
            messages.success(request, _("Addresses saved."))
            return redirect(customer)
    hint = _(
        "Beside the address of the customer itself. The default for bills and the default for goods are what new "
        "quotes, orders and invoices start with."
    )
    return show(request, customer, rows, _("Addresses of %(customer)s") % {"customer": customer}, hint)


def contact_companies(request: HtmxRequest, ref: str) -> HttpResponse:
    """With which further companies a person has to do, as a table to fill in."""
    contact = contact_of(request, ref)
    require(request.user, "change", contact)
    seen = visible(request.user, Account.objects.filter(pk__in=contact.affiliations.values("account")))
    ties = contact.affiliations.filter(account__in=seen).select_related("account")
    now = [{"account": tie.account, "role": tie.role, "note": tie.note} for tie in ties]
    rows = CompaniesForm(posted(request), initial=now, prefix="companies", form_kwargs={"user": request.user})
    if rows.is_valid():
        wanted = [actions.Tie(**said) for said in rows.values()]
        version = stated_version(request.POST)
        if attempt(rows, lambda: actions.set_affiliations(contact, wanted, by=request.user, version=version)):
            messages.success(request, _("Companies saved."))
            return redirect(contact)
    hint = _("Companies the person has to do with, besides the account they belong to.")
    title = _("Further companies of %(contact)s") % {"contact": contact}
    return show(request, contact, rows, title, hint, roles=role_names())


def show(
    request: HtmxRequest, customer: Any, rows: Any, title: str, hint: str, *, roles: list[str] | None = None
) -> HttpResponse:
    kind = "accounts" if isinstance(customer, Account) else "contacts"
    words = _("Accounts") if kind == "accounts" else _("Contacts")
    context = {
        "title": title, "hint": hint, "rows": rows, "form": None, "version": customer.version, "submit": _("Save"),
        "cancel": customer.get_absolute_url(), "delete": "", "roles": roles or [],
        "crumbs_to": [(words, url(f"customers:{kind}")), (customer.name, customer.get_absolute_url())],
    }  # fmt: skip
    return page(request, "customers/rows_form.html", context, status=status_of(rows))
