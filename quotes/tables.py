"""The list of quotes."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.tables import CUSTOMER, OWNER
from kernel.tables import BooleanFilter, Column, OwnerFilter, StatusFilter, Table
from quotes.models import Quote


class PastFilter(BooleanFilter):
    """Rows whose day lies before today: ``?expired=yes``."""

    def __init__(self, name: str, label: Any, day: str, condition: Q) -> None:
        super().__init__(name, label, condition)
        self.day = day

    def narrow(self, queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        return super().narrow(queryset, value, user).filter(**{f"{self.day}__lt": timezone.localdate()})


class QuoteTable(Table):
    """Offers, the newest first."""

    title = _("Quotes")
    columns = (
        Column("ref", _("Number"), sort="number", main=True),
        Column("name", _("Name"), sort=True),
        Column("customer", _("Customer"), sort="account__name"),
        Column("total", _("Total"), kind="money", sort=True),
        Column("status", _("Status"), kind="badge"),
        Column("expires_on", _("Expires"), kind="date", sort=True),
        Column("owner", _("Owner")),
    )
    filters = (
        StatusFilter(Quote.Status),
        OwnerFilter(),
        BooleanFilter("sent", _("Sent"), Q(status_reason="open")),
        PastFilter("expired", _("Past its date"), "expires_on", Q(status="active")),
    )
    default_order = "-id"
    related = ("account", "contact", "currency")
    reads = (
        "number", "revision", "name", "total", "currency", "currency__code", "status", "status_reason", "expires_on",
        *CUSTOMER, *OWNER,
    )  # fmt: skip
