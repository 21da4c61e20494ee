"""The list of quotes."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.filters import OF_CUSTOMER
from customers.tables import CUSTOMER, OWNER
from kernel.tables import BooleanFilter, Column, Filter, OwnerFilter, Table


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


class QuoteTable(Table):
    """Offers, the newest first."""

    title = _("Quotes")
    columns = (
        Column("ref", _("Number"), sort="number", main=True),
        Column("name", _("Name"), sort=True),
        Column("customer", _("Customer"), sort="account__name"),
        Column("total", _("Total"), kind="money", sort=True),
        Column("status", _("Status"), kind="badge"),
        Column("last_viewed_at", _("Viewed"), kind="ago"),
        Column("expires_on", _("Expires"), kind="date", sort=True),
        Column("owner", _("Owner")),
    )
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
