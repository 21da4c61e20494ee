"""An order in the words that cross the border: our figures as they stand, our codes as the ERP calls them."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from catalog.documents import COUNTED
from integrations import journal
from integrations.adapters.documents import FREIGHT_KEY
from integrations.adapters.protocol import AddressDoc, ErpError, OrderDoc, OrderLineDoc, PartyDoc
from integrations.models import CodeMapping, Connection, ExternalReference
from kernel.customfields.facts import for_erp
from kernel.errors import DomainError
from kernel.models import OutboxMessage
from orders.models import Order, OrderLine

Codes = dict[str, dict[str, str]]


def order_of(message: OutboxMessage) -> Order:
    """The order a message is about, read afresh."""
    order = Order.objects.filter(public_id=message.aggregate_id).select_related(
        "account", "contact", "currency", "payment_terms", "freight_tax_code"
    ).first()  # fmt: skip
    if order is None:
        raise DomainError(_("The order no longer exists."), code="gone")
    return order


def is_pointless(order: Order, reference: ExternalReference, message: OutboxMessage) -> bool:
    """Whether a canceled order may stay here, because the ERP can't have heard of it."""
    unknown_there = not reference.remote_id and not journal.was_ever_sent(message)
    return order.status == Order.Status.CANCELED and unknown_there


def order_doc(order: Order, connection: Connection, *, key: str) -> OrderDoc:
    """The whole order as the ERP will store it."""
    codes = mapped_codes(connection)
    lines = order.lines.filter(kind__in=COUNTED).select_related("product", "unit", "tax_code")
    docs = [line_doc(line, codes) for line in lines]
    if order.freight:
        docs.append(freight_doc(order, codes))
    return OrderDoc(
        external_key=key,
        version=order.version,
        number=order.number,
        customer=party_doc(order, codes),
        currency=order.currency.code,
        order_date=order.ordered_on,
        requested_date=order.requested_delivery_on,
        payment_terms=called(codes, "payment_terms", order.payment_terms.code) if order.payment_terms else "",
        customer_po=order.customer_po,
        lines=docs,
        total_net=order.net_amount,
        total_tax=order.total_tax,
        total_gross=order.total,
        extra=for_erp(order),
    )


def line_doc(line: OrderLine, codes: Codes) -> OrderLineDoc:
    net = line.net - line.header_discount
    return OrderLineDoc(
        line_key=str(line.key),
        product_code=called(codes, "products", line.product.sku) if line.product else "",
        description=line.description,
        quantity=line.quantity,
        unit=called(codes, "units", line.unit.code) if line.unit else "",
        unit_price=line.unit_price,
        discount_amount=line.quantity * line.unit_price - net,
        tax_code=called(codes, "taxes", line.tax_code.code) if line.tax_code else "",
        tax_rate=line.tax_rate,
        net_amount=net,
        tax_amount=line.tax,
    )


def freight_doc(order: Order, codes: Codes) -> OrderLineDoc:
    tax = order.freight_tax_code
    return OrderLineDoc(
        line_key=FREIGHT_KEY,
        product_code="",
        description=_("Freight"),
        quantity=Decimal(1),
        unit="",
        unit_price=order.freight,
        tax_code=called(codes, "taxes", tax.code) if tax else "",
        tax_rate=order.freight_tax_rate,
        net_amount=order.freight,
        tax_amount=order.freight_tax,
    )


def party_doc(order: Order, codes: Codes) -> PartyDoc:
    """The customer, by the code both sides know: the ERP's own where we have it, else our number."""
    customer: Any = order.customer
    own_code = getattr(customer, "erp_code", "") or customer.number
    return PartyDoc(
        code=called(codes, "customers", own_code),
        name=customer.name,
        tax_number=getattr(customer, "tax_number", ""),
        email=customer.email,
        bill_to=address_doc(order, "bill_to"),
        ship_to=address_doc(order, "ship_to"),
    )


def address_doc(order: Order, which: str) -> AddressDoc:
    parts = {name: getattr(order, f"{which}_{name}") for name in ("name", "street", "city", "country")}
    return AddressDoc(**parts, postal_code=getattr(order, f"{which}_postcode"))


def mapped_codes(connection: Connection) -> Codes:
    """What our codes are called in this ERP, by kind."""
    codes: Codes = defaultdict(dict)
    for row in CodeMapping.objects.filter(connection=connection):
        codes[row.kind][row.local_code] = row.remote_code
    return codes


def called(codes: Codes, kind: str, code: str) -> str:
    """A code as the ERP calls it; without a mapping, the same."""
    return codes.get(kind, {}).get(code, code)


def excerpt(doc: OrderDoc) -> str:
    """The figures of an order in a few words, for the attempt log."""
    return (
        f"{doc.external_key} v{doc.version} {doc.customer.code}: {len(doc.lines)} lines, "
        f"net {doc.total_net}, tax {doc.total_tax}, gross {doc.total_gross} {doc.currency}"
    )


def in_words(error: ErpError) -> str:
    """What the ERP said, and of which line where that does not say it already."""
    said = error.text or type(error).__name__
    return "\n".join([said, *(f"{key}: {text}" for key, text in error.lines.items() if text not in said)])
