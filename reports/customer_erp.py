"""What the ERPs know of a customer: under which code, which documents, what they were told, and where figures drift."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Account, Contact
from integrations.models import CodeMapping, Connection, ExternalReference
from invoices.models import Invoice
from orders.models import Order
from people.access import visible

MOST = 20
LINKED = (ExternalReference.State.LINKED, ExternalReference.State.ARCHIVED)


@dataclass(frozen=True, slots=True)
class Code:
    """How one ERP calls the customer."""

    connection: Connection
    code: str
    is_mapped: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One field: as it stands here, as the ERP was told it last; ``drifted`` where they differ."""

    label: str
    here: str
    there: str

    @property
    def drifted(self) -> bool:
        return bool(self.there) and self.here != self.there


@dataclass(frozen=True, slots=True)
class Document:
    """A document of the customer that an ERP has, with both totals."""

    record: Any
    number: str
    state: str
    url: str
    ours: Decimal
    theirs: Decimal | None
    currency: str
    seen_at: datetime | None

    @property
    def drifted(self) -> bool:
        return self.theirs is not None and self.theirs != self.ours


@dataclass(frozen=True, slots=True)
class Known:
    """All of it; ``told_by`` is the order with which the ERP heard of the customer last."""

    codes: list[Code]
    rows: list[Row]
    told_by: Order | None
    told_at: datetime | None
    documents: list[Document]


def has_erp(user: Any = None) -> bool:
    """Whether an ERP is connected: without one no ERP word appears."""
    return Connection.objects.exists()


def known(user: Any, customer: Account | Contact) -> Known:
    """What the ERPs know of the customer, as far as the reader sees the documents; six queries at most."""
    which = {"contact": customer} if isinstance(customer, Contact) else {"account": customer}
    orders = visible(user, Order.objects.filter(**which).exclude(erp_number="")).select_related("currency")
    invoices = visible(user, Invoice.objects.filter(**which, is_pulled=True)).select_related("currency")
    found = [document_of(one) for one in orders.order_by("-id")[:MOST]]
    found += [document_of(one) for one in invoices.order_by("-id")[:MOST]]
    told_by, told_at = last_told(
        list(visible(user, Order.objects.filter(**which).exclude(managed_by="")).order_by("-id")[:MOST])
    )
    return Known(codes_of(customer), rows_of(customer, told_by) if told_by else [], told_by, told_at, found)


def codes_of(customer: Account | Contact) -> list[Code]:
    """The customer's code at each connection: mapped, entered on the account, or our own number."""
    own = getattr(customer, "erp_code", "") or customer.number
    mapped = CodeMapping.objects.filter(kind="customers", local_code=own).values_list(
        "connection", "remote_code"
    )
    there = dict(mapped)
    return [Code(one, there.get(one.pk, own), one.pk in there) for one in Connection.objects.order_by("name")]


def document_of(record: Any) -> Document:
    """An order or invoice as both sides have it; a pulled one has the ERP's figures only."""
    is_order = isinstance(record, Order)
    return Document(
        record, record.erp_number if is_order else record.number or "", record.erp_status,
        record.erp_url if is_order else "", record.total, record.erp_total if is_order else None,
        record.currency.code, record.erp_synced_at,
    )  # fmt: skip


def last_told(orders: list[Order]) -> tuple[Order | None, datetime | None]:
    """The order that was pushed last, and when."""
    by_id = {one.public_id: one for one in orders}
    pushed = ExternalReference.objects.filter(
        local_type=Order._meta.label_lower,
        local_id__in=list(by_id),
        state__in=LINKED,
        last_pushed_at__isnull=False,
    )
    newest = pushed.order_by("-last_pushed_at").values_list("local_id", "last_pushed_at").first()
    return (by_id[newest[0]], newest[1]) if newest else (None, None)


def rows_of(customer: Any, order: Order) -> list[Row]:
    """Name and address as they are now, beside what went out with the order."""
    labels = {
        "name": _("Name"), "street": _("Street"), "postcode": _("Postcode"), "city": _("City"), "region": _("Region"),
        "country": _("Country"),
    }  # fmt: skip
    book = {one.kind: one for one in customer.addresses.filter(is_default=True, kind="bill_to")}
    now = book.get("bill_to", customer)
    here = {"name": now.name or customer.name, **{part: getattr(now, part) for part in now.PARTS}}
    return [Row(label, here[name], getattr(order, f"bill_to_{name}")) for name, label in labels.items()]
