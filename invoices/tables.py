"""The list of invoices."""

import operator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.filters import OF_CUSTOMER
from customers.tables import CUSTOMER, KEEPING, OWNER, customer_column
from invoices.ageing import BUCKETS, bucket_condition, late_condition
from invoices.models import Invoice, Payment
from kernel.tables import BooleanFilter, ChoiceFilter, Column, Filter, OwnerFilter, StatusFilter, Table


class AgeFilter(Filter):
    """How late what is owed is: ``?age=31-60``."""

    def choices(self) -> list[tuple[str, Any]]:
        return [
            ("open", _("Open")),
            ("late", _("Late")),
            *((name, label) for name, label, _first, _last in BUCKETS),
        ]

    def narrow(self, queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        owed = queryset.filter(balance__gt=0, kind=Invoice.Kind.INVOICE, number__isnull=False)
        if value == "open":
            return owed
        today = timezone.localdate()
        return owed.filter(late_condition(today) if value == "late" else bucket_condition(value, today))


class InvoiceTable(Table):
    """Invoices and credit notes, the newest first."""

    name, model, place = "invoices", Invoice, "invoices:list"
    title = _("Invoices")
    columns = (
        Column("number", _("Number"), sort=True, main=True, source=str),
        customer_column(),
        Column("total", _("Total"), kind="money", sort=True),
        Column("balance", _("Open"), kind="money", sort=True),
        Column("due_on", _("Due"), kind="date", sort=True),
        Column("status", _("Status"), kind="badge"),
        Column("issued_on", _("Issued"), kind="date", sort=True),
        Column("owner", _("Owner")),
        Column("kind", _("Kind"), shown=False),
        Column("name", _("Name"), shown=False),
        Column("status_reason", _("Reason"), shown=False),
        Column("amount_paid", _("Paid"), kind="money", shown=False),
        Column("discount_percent", _("Discount"), kind="percent", shown=False),
        Column("net_amount", _("Net"), kind="money", shown=False, filter="pre_freight_amount",
               parts=("pre_freight_amount", "freight"), join=operator.add),
        Column("total_tax", _("Tax"), kind="money", shown=False),
        Column("price_list", _("Price list"), shown=False),
        Column("bill_to_city", _("City"), shown=False),
        Column("bill_to_country", _("Country"), shown=False),
        Column("order.number", _("Order"), kind="link", shown=False),
        Column("payment_terms", _("Payment terms"), shown=False),
        Column("canceled_on", _("Canceled"), kind="date", shown=False),
        Column("erp_id", _("ERP no."), shown=False),
        *KEEPING,
    )  # fmt: skip
    searched = ("number", "name")
    filters = (
        StatusFilter(Invoice.Status),
        OwnerFilter(),
        ChoiceFilter("kind", _("Kind"), Invoice.Kind),
        AgeFilter("age", _("Age")),
        *OF_CUSTOMER,
    )
    default_order = "-id"
    related = ("account", "contact", "currency")
    reads = (
        "public_id", "number", "kind", "total", "balance", "currency", "currency__code", "due_on", "status",
        "status_reason", "issued_on", *CUSTOMER, *OWNER,
    )  # fmt: skip


class PaymentTable(Table):
    """Money received and paid back, the newest first."""

    name, model, place = "payments", Payment, "invoices:payments"
    title = _("Payments")
    columns = (
        Column("number", _("Number"), sort=True, main=True),
        Column("received_on", _("Received"), kind="date", sort=True),
        customer_column(),
        Column("amount", _("Amount"), kind="money", sort=True),
        Column("unallocated", _("Kept as credit"), kind="money", sort=True),
        Column("method", _("Method")),
        Column("reference", _("Reference")),
    )
    filters = (
        BooleanFilter("kept", _("Kept as credit"), Q(unallocated__gt=0)),
        BooleanFilter("out", _("Paid back or reversed"), Q(amount__lt=0)),
        BooleanFilter("erp", _("Booked in the ERP"), ~Q(managed_by=""), _("Booked here")),
    )
    default_order = "-id"
    related = ("account", "contact", "currency")
