"""The list of quotes."""

import operator
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.filters import OF_CUSTOMER
from customers.tables import CUSTOMER, KEEPING, OWNER, customer_column
from kernel.tables import BooleanFilter, Column, Editing, Filter, OwnerFilter, Table
from quotes.models import Quote


class PastFilter(BooleanFilter):
    """Rows whose day lies before today: ``?expired=yes``."""

    def __init__(self, name: str, label: Any, day: str, condition: Q) -> None:
        super().__init__(name, label, condition)
        self.day = day

    def narrow(self, queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        return super().narrow(queryset, value, user).filter(**{f"{self.day}__lt": timezone.localdate()})


class StageFilter(Filter):
    """Where an offer stands between us and the customer, as tabs."""

    is_tabs = True

    def __init__(self) -> None:
        super().__init__("status", _("Status"))

    def choices(self) -> Iterable[tuple[str, Any]]:
        return [
            ("draft", _("Draft")),
            ("active", _("Active")),
            ("sent", _("Sent")),
            ("viewed", _("Viewed")),
            ("won", _("Accepted")),
            ("expired", _("Expired")),
            ("lost", _("Lost")),
        ]

    def narrow(self, queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        past = Q(status="active", expires_on__lt=timezone.localdate())
        conditions = {
            "sent": Q(status="active", status_reason="open"),
            "viewed": Q(status="active", last_viewed_at__isnull=False),
            # Between its last day and the clock of the next morning an offer is still active.
            "expired": Q(status="closed", status_reason="expired") | past,
            "lost": Q(status="closed", status_reason="lost"),
        }
        return queryset.filter(conditions.get(value) or Q(status=value))


def ref_of(number: str, revision: int) -> str:
    """What a quote is called, from its columns; see ``Quote.ref``."""
    return f"{number}-r{revision}" if revision else number


class QuoteTable(Table):
    """Offers, the newest first."""

    name, model, place = "quotes", Quote, "quotes:list"
    title = _("Quotes")
    columns = (
        Column("ref", _("Number"), sort="number", main=True, parts=("number", "revision"), join=ref_of),
        Column("name", _("Name"), sort=True, edit="name"),
        customer_column(),
        Column("total", _("Total"), kind="money", sort=True),
        Column("status", _("Status"), kind="badge"),
        Column("last_viewed_at", _("Viewed"), kind="ago"),
        Column("expires_on", _("Expires"), kind="date", sort=True, edit="expires_on"),
        Column("owner", _("Owner")),
        Column("status_reason", _("Reason"), shown=False),
        Column("discount_percent", _("Discount"), kind="percent", shown=False),
        Column("net_amount", _("Net"), kind="money", shown=False, filter="pre_freight_amount",
               parts=("pre_freight_amount", "freight"), join=operator.add),
        Column("total_tax", _("Tax"), kind="money", shown=False),
        Column("price_list", _("Price list"), shown=False),
        Column("bill_to_city", _("City"), shown=False),
        Column("bill_to_country", _("Country"), shown=False),
        Column("opportunity.number", _("Opportunity"), kind="link", shown=False),
        Column("payment_terms", _("Payment terms"), shown=False),
        Column("requested_delivery_on", _("Requested delivery"), kind="date", shown=False),
        Column("sent_at", _("Sent"), kind="datetime", shown=False),
        Column("closed_on", _("Closed"), kind="date", shown=False),
        *KEEPING,
    )  # fmt: skip
    searched = ("number", "name")
    editing = Editing("quotes.actions.change_quote", "quotes.forms.QuoteForm")
    filters = (
        StageFilter(),
        OwnerFilter(),
        BooleanFilter("sent", _("Sent"), Q(status_reason="open")),
        PastFilter("expired", _("Past its date"), "expires_on", Q(status="active")),
        *OF_CUSTOMER,
    )
    default_order = "-id"
    related = ("account", "contact", "currency")
    reads = (
        "number", "revision", "name", "total", "currency", "currency__code", "status", "status_reason", "expires_on",
        "last_viewed_at",
        *CUSTOMER, *OWNER,
    )  # fmt: skip
