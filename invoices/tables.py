"""The list of invoices."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.tables import CUSTOMER, OWNER
from invoices.ageing import BUCKETS, bucket_condition
from invoices.models import Invoice
from kernel.tables import ChoiceFilter, Column, Filter, OwnerFilter, StatusFilter, Table


class AgeFilter(Filter):
    """How late what is owed is: ``?age=31-60``."""

    def choices(self) -> list[tuple[str, Any]]:
        return [(name, label) for name, label, _first, _last in BUCKETS]

    def narrow(self, queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        owed = queryset.filter(balance__gt=0, kind=Invoice.Kind.INVOICE)
        return owed.filter(bucket_condition(value, timezone.localdate()))


class InvoiceTable(Table):
    """Invoices and credit notes, the newest first."""

    title = _("Invoices")
    columns = (
        Column("number", _("Number"), sort=True, main=True, source=str),
        Column("customer", _("Customer"), sort="account__name"),
        Column("total", _("Total"), kind="money", sort=True),
        Column("balance", _("Open"), kind="money", sort=True),
        Column("due_on", _("Due"), kind="date", sort=True),
        Column("status", _("Status"), kind="badge"),
        Column("issued_on", _("Issued"), kind="date", sort=True),
        Column("owner", _("Owner")),
    )
    filters = (
        StatusFilter(Invoice.Status),
        OwnerFilter(),
        ChoiceFilter("kind", _("Kind"), Invoice.Kind),
        AgeFilter("age", _("Age")),
    )
    default_order = "-id"
    related = ("account", "contact", "currency")
    reads = (
        "public_id", "number", "kind", "total", "balance", "currency", "currency__code", "due_on", "status",
        "status_reason", "issued_on", *CUSTOMER, *OWNER,
    )  # fmt: skip
