"""The page of an account and of a contact: all there is around them, a tab at a time."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from customers.family import family_of
from customers.models import Account, Contact
from customers.people import people_of
from customers.points import points_of
from customers.selectors import switches
from customers.tax_numbers import check_tax_number
from customers.views import account_of, contact_of
from kernel.http import HtmxRequest, page
from kernel.models import ComponentOwnership
from people.access import grant_for, may, visible

TABS: tuple[tuple[str, Any], ...] = (
    ("overview", _("Overview")), ("deals", _("Deals")), ("documents", _("Documents")), ("people", _("People")),
    ("products", _("Products bought")), ("prices", _("Prices")), ("timeline", _("Timeline")), ("erp", _("ERP")),
)  # fmt: skip
FEW = 6  # people on the overview


@require_GET
def account(request: HtmxRequest, ref: str) -> HttpResponse:
    """All there is about a company."""
    shown = account_of(request, ref)
    whole = request.GET.get("whole") == "1"
    context = common(request, shown, whole=whole)
    if context["tab"] in ("overview", "people"):
        on_overview = context["tab"] == "overview"
        context["people"] = people_of(
            shown, request.user, whole=whole and not on_overview, words="" if on_overview else str(context["words"]),
            **({"most": FEW} if on_overview else {}),
        )  # fmt: skip
    if context["tab"] == "overview":
        context["family"] = family = family_of(shown, request.user)
        context["has_family"] = whole or any(member.account.parent_id == shown.pk for member in family)
        # What the account refers to is named only to those for whom it exists.
        context["parent"] = seen(request, shown.parent)
        context["primary"] = seen(request, shown.primary_contact)
    else:
        context["has_family"] = whole or shown.children.exists()
    context["tax"] = check_tax_number(shown.tax_number, shown.country)
    return page(request, "customers/account.html", {"account": shown, **context}, part=("tab", "document"))


@require_GET
def contact(request: HtmxRequest, ref: str) -> HttpResponse:
    """All there is about a person."""
    shown = contact_of(request, ref)
    context = common(request, shown, without=("people",))
    if context["tab"] == "overview":
        context["employer"] = seen(request, shown.account)
        ties = shown.affiliations.select_related("account").order_by("id")
        reached = visible(request.user, Account.objects.filter(pk__in=ties.values("account")))
        context["ties"] = list(ties.filter(account__in=reached))
    return page(request, "customers/contact.html", {"contact": shown, **context}, part=("tab", "document"))


def seen(request: HtmxRequest, record: Any) -> Any:
    """The record, if it exists for the reader."""
    return record if record is not None and may(request.user, "view", record) else None


def common(
    request: HtmxRequest, shown: Account | Contact, *, whole: bool = False, without: tuple[str, ...] = ()
) -> dict[str, Any]:
    """What both pages show: the tabs there are, the one that is open, and what may be done."""
    has_erp = ComponentOwnership.objects.current().exists()
    left_out = {*without, *(() if has_erp else ("erp",))}
    known = [(key, label) for key, label in TABS if key not in left_out]
    asked = request.GET.get("tab", "")
    tab = asked if asked in dict(known) else "overview"
    context: dict[str, Any] = {
        "tab": tab,
        "tabs_shown": [(key, label, address(shown, key, whole), None) for key, label in known],
        "whole": whole,
        "turn_url": address(shown, tab, not whole),
        "words": request.GET.get("q", "")[:100].replace("\0", ""),
        "steps": switches(shown, request.user),
        "may_change": may(request.user, "change", shown),
        "may_sell": grant_for(request.user, "opportunity").allows("add"),
    }
    if tab == "overview":
        context["points"] = points_of(shown)
        context["addresses"] = list(shown.addresses.all())
    return context


def address(shown: Account | Contact, tab: str, whole: bool) -> str:
    """The page with this tab open, with or without the accounts below."""
    query = {} if tab == "overview" else {"tab": tab}
    query |= {"whole": "1"} if whole else {}
    return f"{shown.get_absolute_url()}?{urlencode(query)}" if query else shown.get_absolute_url()
