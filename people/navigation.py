"""The way around: which pages stand in the sidebar and in the Create menu of this person."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kernel.jinja import url
from people.access import Scope, grant_for


@dataclass(frozen=True)
class Place:
    """One entry: a page, the letter that leads there, and the kind of record whose grant opens it."""

    page: str
    label: Any
    icon: str
    key: str
    kind: str = ""
    starts_group: bool = False
    on_phone: bool = False  # stands in the bottom bar of phones rather than under "More"


@dataclass(frozen=True)
class Entry:
    """A place as the templates draw it."""

    url: str
    label: Any
    icon: str
    key: str
    current: bool
    starts_group: bool
    on_phone: bool


PLACES = (
    Place("reports:my-day", _("My day"), "sun", "h", on_phone=True),
    Place("reports:team", _("Team"), "users-round", "z", "team"),
    Place("reports:overview", _("Overview"), "layout-dashboard", "v"),
    Place("leads:list", _("Leads"), "user-plus", "l", "lead", starts_group=True, on_phone=True),
    Place("opportunities:list", _("Opportunities"), "target", "o", "opportunity"),
    Place("opportunities:board", _("Board"), "square-kanban", "e", "opportunity", on_phone=True),
    Place("forecasts:forecast", _("Forecast"), "trending-up", "f", "opportunity"),
    Place("quotes:list", _("Quotes"), "file-text", "q", "quote"),
    Place("orders:list", _("Orders"), "package", "r", "order"),
    Place("invoices:list", _("Invoices"), "receipt", "i", "invoice"),
    Place("reports:reports", _("Reports"), "chart-column", "n"),
    Place("customers:accounts", _("Accounts"), "building-2", "a", "account", starts_group=True),
    Place("customers:contacts", _("Contacts"), "users", "c", "contact"),
    Place("activities:list", _("Activities"), "calendar-check", "t", "activity", on_phone=True),
    Place("activities:calendar", _("Calendar"), "calendar", "d", "activity"),
    Place("catalog:products", _("Products"), "box", "p", "product", starts_group=True),
    Place("catalog:price-lists", _("Price lists"), "tags", "b", "pricelist"),
    Place("integrations:sync", _("Sync"), "refresh-cw", "s", "outboxmessage", starts_group=True),
    Place("people:mails", _("E-mails"), "mail", "m", "outgoingmail"),
    Place("people:fields", _("Fields"), "list-plus", "y", "settings"),
    Place("pipeline-settings:pipelines", _("Pipelines"), "route", "w", "settings"),
    Place("imports:list", _("Imports"), "upload", "u", "importrun"),
    Place("duplicates:list", _("Duplicates"), "copy", "k"),
    Place("people:bin", _("Recycle bin"), "trash-2", "x"),
)

MAKERS = (
    Place("leads:new", _("Lead"), "user-plus", "l", "lead"),
    Place("opportunities:new", _("Opportunity"), "target", "o", "opportunity"),
    Place("quotes:new", _("Quote"), "file-text", "q", "quote"),
    Place("orders:new", _("Order"), "package", "r", "order"),
    Place("invoices:new", _("Invoice"), "receipt", "i", "invoice"),
    Place("customers:account-new", _("Account"), "building-2", "a", "account"),
    Place("customers:contact-new", _("Contact"), "users", "c", "contact"),
    Place("activities:new", _("Activity"), "calendar-check", "t", "activity"),
    Place("catalog:product-new", _("Product"), "box", "p", "product"),
)


def nav(request: HttpRequest) -> list[Entry]:
    """The sidebar, in the order of the chain: what this person may see."""
    # A page draws it three times: at the side, below, and under "More".
    if (drawn := getattr(request, "_nav", None)) is None:
        open_ones = _open(PLACES, "view", request)
        # The board lies within the opportunities by its address; only the nearest place is where one is.
        here = max(
            (address for _place, address in open_ones if _leads_to(address, request)), key=len, default=""
        )
        drawn = [_entry(place, address, current=address == here) for place, address in open_ones]
        request._nav = drawn  # type: ignore[attr-defined]
    return drawn


def create_menu(request: HttpRequest) -> list[Entry]:
    """What this person may create from anywhere."""
    return [_entry(place, address) for place, address in _open(MAKERS, "add", request)]


def _open(places: tuple[Place, ...], verb: str, request: HttpRequest) -> list[tuple[Place, str]]:
    found = []
    for place in places:
        grant = grant_for(request.user, place.kind)
        allowed = not place.kind or (grant.allows(verb) and grant.scope != Scope.NONE)
        if allowed and (address := url(place.page)):
            found.append((place, address))
    return found


def _leads_to(address: str, request: HttpRequest) -> bool:
    """Whether one is on this page or on one within it."""
    return request.path == address if address == "/" else request.path.startswith(address)


def _entry(place: Place, address: str, *, current: bool = False) -> Entry:
    return Entry(address, place.label, place.icon, place.key, current, place.starts_group, place.on_phone)
