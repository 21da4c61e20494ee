"""The deals and documents of a customer, the newest first, as far as the reader may see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.models import Activity
from catalog.models import Currency
from customers.family import family_ids
from customers.models import Account, Contact
from invoices.models import Invoice
from opportunities.models import Opportunity
from orders.models import Order
from people.access import grant_for, kind_of
from quotes.models import Quote
from reports.customer_figures import list_of, of_customer

MOST = 20
SPOKEN = ("call", "email", "appointment", "meeting")  # activities in which somebody was reached
NAMED = ("account", "contact", "currency")
DOCUMENTS: tuple[tuple[Any, Any, str, str], ...] = (
    (Quote, gettext_lazy("Quotes"), "quotes:list", "expires_on"),
    (Order, gettext_lazy("Orders"), "orders:list", "ordered_on"),
    (Invoice, gettext_lazy("Invoices"), "invoices:list", "due_on"),
)


@dataclass(frozen=True, slots=True)
class Group:
    """The newest records of one kind; ``more`` says that the list behind it goes on."""

    label: Any
    kind: str
    rows: list[Any]
    more: bool
    url: str
    day: str


def deals(user: Any, customer: Account | Contact, *, whole: bool = False) -> Group:
    """The customer's deals, those that are open first; one query."""
    found = of_customer(user, Opportunity, customer, whole=whole).select_related(*NAMED, "stage", "owner")
    first = Case(When(status="open", then=0), default=1)
    rows = list(found.order_by(first, F("estimated_close_on").asc(nulls_last=True), "-id")[: MOST + 1])
    link = list_of("opportunities:list", customer, whole=whole)
    return Group(_("Deals"), "opportunity", rows[:MOST], len(rows) > MOST, link, "estimated_close_on")


def documents(user: Any, customer: Account | Contact, *, whole: bool = False) -> list[Group]:
    """Quotes, orders and invoices of the customer; one query a kind."""
    groups = []
    for model, words, page, day in DOCUMENTS:
        if not grant_for(user, kind_of(model)).allows("view"):
            continue
        found = of_customer(user, model, customer, whole=whole).select_related(*NAMED)
        rows = list(found.order_by("-id")[: MOST + 1])
        link = list_of(page, customer, whole=whole)
        groups.append(Group(words, kind_of(model), rows[:MOST], len(rows) > MOST, link, day))
    return groups


def last_contact(user: Any, customer: Account | Contact) -> datetime | None:
    """When somebody last spoke with the customer, or with a person there; whoever sees the customer sees that."""
    of_account, of_contact = (ContentType.objects.get_for_model(model) for model in (Account, Contact))
    about = Q(regarding_type=of_contact, regarding_id=customer.pk)
    if isinstance(customer, Account):
        people = customer.contacts.values("pk")
        about = Q(regarding_type=of_account, regarding_id=customer.pk) | Q(
            regarding_type=of_contact, regarding_id__in=people
        )
    done = Activity.objects.filter(about, status=Activity.Status.COMPLETED, kind__in=SPOKEN)
    found: datetime | None = done.order_by("-done_at").values_list("done_at", flat=True).first()
    return found


def base_code(user: Any = None) -> str:
    """The currency the organization reports in."""
    return Currency.objects.filter(is_base=True).values_list("code", flat=True).first() or ""


def family_size(account: Account) -> int:
    """How many accounts the roll-up takes in."""
    return Account.objects.filter(pk__in=family_ids(account.pk)).count()
