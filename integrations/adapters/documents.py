"""The canonical documents that cross the border between the CRM and any ERP, in the CRM's words.

Amounts are `Decimal`, dates are `date`, moments are aware UTC `datetime`. What comes from an ERP is kept
verbatim:
an adapter may rename and re-type a figure, it never rounds or recomputes one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

ZERO = Decimal(0)
FREIGHT_KEY = "freight"


@dataclass(frozen=True, slots=True)
class RemoteRef:
    """Where a document lives in the ERP: `number` is what people there say, `version` changes with every
    write.
    """

    type: str
    id: str
    number: str = ""
    version: str = ""
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AddressDoc:
    """A postal address as written on an envelope; `country` is ISO 3166 alpha-2."""

    street: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class PartyDoc:
    """The customer of an order; `code` is the business key both sides know the customer by."""

    code: str
    name: str
    tax_number: str = ""
    email: str = ""
    bill_to: AddressDoc = AddressDoc()
    ship_to: AddressDoc = AddressDoc()


@dataclass(frozen=True, slots=True)
class OrderLineDoc:
    """One line of an order as the CRM priced it.

    `line_key` is the stable id of the line and never its position. An empty `product_code` means a write-
    in line;
    freight is a line of its own with the key `freight`. `discount_amount` is everything taken off the
    line (its own
    discount and its share of the header discount), so quantity * unit_price - discount_amount =
    net_amount before rounding.
    `tax_rate` is in percent.
    """

    line_key: str
    product_code: str
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    net_amount: Decimal
    tax_amount: Decimal
    discount_amount: Decimal = ZERO
    tax_code: str = ""
    tax_rate: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class OrderDoc:
    """An order as the CRM sends it: one create of header and lines together.

    `external_key` is ours and never reused; `customer_po` is the customer's own purchase order number.
    `order_date` and `payment_terms` are local; `extra` holds custom fields by name.
    """

    external_key: str
    version: int
    customer: PartyDoc
    currency: str
    order_date: date
    lines: Sequence[OrderLineDoc]
    total_net: Decimal
    total_tax: Decimal
    total_gross: Decimal
    number: str = ""
    prices_include_tax: bool = False
    requested_date: date | None = None
    payment_terms: str = ""
    customer_po: str = ""
    note: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """A trace of an order in the ERP; `phase` is draft, open, archived or canceled.

    The totals are the ERP's own. `content_hash` is comparable with `content_hash(doc)` before adopting.
    """

    ref: RemoteRef
    phase: str
    content_hash: str
    total_net: Decimal
    total_tax: Decimal
    total_gross: Decimal


@dataclass(frozen=True, slots=True)
class OrderLineState:
    """What happened to one order line in the ERP: quantities so far, and the ERP's own amounts when it gives
    them.
    """

    line_key: str
    remote_id: str
    ordered: Decimal
    shipped: Decimal = ZERO
    canceled: Decimal = ZERO
    backordered: Decimal = ZERO
    invoiced: Decimal = ZERO
    net_amount: Decimal | None = None
    tax_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ShipmentLineDoc:
    """How much of one order line went out with a shipment."""

    line_key: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class ShipmentDoc:
    """Goods that left the house, with what the customer needs to find them."""

    id: str
    number: str
    shipped_on: date | None
    carrier: str = ""
    tracking: str = ""
    lines: Sequence[ShipmentLineDoc] = ()


@dataclass(frozen=True, slots=True)
class OrderState:
    """An order as the ERP has it now.

    `status` is draft, accepted, processing, done, canceled or exception (people in the ERP must act);
    `fulfillment` and `billing` are none, partial or complete. `status_text` is the ERP's own word.
    """

    ref: RemoteRef
    external_key: str
    status: str
    fulfillment: str
    billing: str
    currency: str
    total_net: Decimal
    total_tax: Decimal
    total_gross: Decimal
    lines: Sequence[OrderLineState]
    shipments: Sequence[ShipmentDoc] = ()
    status_text: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceLineDoc:
    """One invoiced line; `line_key` is empty when it belongs to no line of ours."""

    line_key: str
    remote_id: str
    product_code: str
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    net_amount: Decimal
    tax_amount: Decimal | None = None
    tax_code: str = ""
    tax_rate: Decimal | None = None
    order_line_id: str = ""


@dataclass(frozen=True, slots=True)
class TaxDoc:
    """One tax of an invoice as a whole; some ERPs tax the document and not its lines."""

    code: str
    rate: Decimal | None
    base: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PaymentDoc:
    """Money received (or, when negative, given back) for one invoice."""

    ref: RemoteRef
    invoice_id: str
    invoice_number: str
    amount: Decimal
    currency: str
    paid_on: date | None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceDoc:
    """An issued invoice or credit note, verbatim.

    `kind` is invoice or credit_note (amounts of a credit note are negative, `origin_ids` names what it
    credits);
    `status` is draft, open, partly_paid, paid, credited or canceled. `external_keys` are the keys of our
    orders in it.
    """

    ref: RemoteRef
    kind: str
    number: str
    status: str
    currency: str
    customer_code: str
    order_ids: Sequence[str]
    external_keys: Sequence[str]
    issued_on: date | None
    due_on: date | None
    total_net: Decimal
    total_tax: Decimal
    total_gross: Decimal
    amount_paid: Decimal
    balance: Decimal
    lines: Sequence[InvoiceLineDoc]
    payments: Sequence[PaymentDoc] = ()
    taxes: Sequence[TaxDoc] = ()
    credit_note_ids: Sequence[str] = ()
    origin_ids: Sequence[str] = ()
    status_text: str = ""


RemoteDocument = OrderState | InvoiceDoc | PaymentDoc


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a stream was read; rows equal to it are read again, so nothing at the border is lost."""

    modified_at: datetime | None = None
    last_id: str = ""
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class ChangePage:
    """One page of changes. `next_cursor` may be stored only after the rows are; `server_time` is the ERP's
    clock.
    """

    rows: Sequence[RemoteDocument]
    next_cursor: Cursor
    has_more: bool
    server_time: datetime


@dataclass(frozen=True, slots=True)
class Notification:
    """A hint that something changed; no `remote_id` means "read the whole stream again"."""

    message_id: str
    stream: str
    remote_id: str | None
    change: str
    occurred_at: datetime | None
