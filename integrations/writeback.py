"""What comes back from an ERP, written into our documents through their own actions, figures verbatim."""

import hashlib
import json
from dataclasses import asdict
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext

from integrations.adapters.documents import FREIGHT_KEY
from integrations.adapters.protocol import (
    FoundOrder,
    InvoiceDoc,
    InvoiceLineDoc,
    OrderState,
    PaymentDoc,
    RemoteRef,
    ShipmentDoc,
)
from integrations.models import Connection, ExternalReference
from invoices.actions import ErpInvoice, ErpInvoiceLine, ErpPayment, take_erp_invoice
from kernel.errors import DomainError
from orders.actions import Delivery, cancel_order, record_erp_state, record_fulfillment
from orders.models import Order

State = ExternalReference.State

ORDER_TYPE = "orders.order"
INVOICE_TYPE = "invoices.invoice"
LARGEST = Decimal(10) ** 11  # Fifteen digits, four of them after the point.
STATUS_OF_PHASE = {"draft": "draft", "open": "accepted", "archived": "done", "canceled": "canceled"}


def record_found_order(connection: Connection, order: Order, found: FoundOrder, *, by: Any) -> None:
    """The ERP's number, state and totals, as it answered to a step of ours."""
    record_erp_state(
        order,
        by=by,
        number=short(found.ref.number or found.ref.id),
        status=STATUS_OF_PHASE.get(found.phase, short(found.phase)),
        erp_total_net=amount(found.total_net),
        erp_total_tax=amount(found.total_tax),
        erp_total=amount(found.total_gross),
        url=link_to(connection, found.ref),
    )


def apply(connection: Connection, document: OrderState | InvoiceDoc, *, by: Any) -> bool:
    """Take over one document of the ERP; False if it is none of ours or brings nothing new.

    Runs in the caller's transaction; being told the same twice changes nothing the second time.
    """
    if isinstance(document, OrderState):
        return apply_order(connection, document, by=by)
    return apply_invoice(connection, document, by=by)


def apply_order(connection: Connection, state: OrderState, *, by: Any) -> bool:
    """The state and the deliveries of an order that we sent."""
    reference = order_reference(connection, remote_id=state.ref.id, key=state.external_key)
    if reference is None or not reference.remote_id or not is_news(reference, state):
        return False
    order = order_with(reference)
    record_erp_state(
        order,
        by=by,
        number=short(state.ref.number or state.ref.id),
        status=short(state.status),
        erp_total_net=amount(state.total_net),
        erp_total_tax=amount(state.total_tax),
        erp_total=amount(state.total_gross),
        url=link_to(connection, state.ref),
    )
    take_progress(order, state, by=by)
    remember(reference, state.ref, state.status, fingerprint(state))
    return True


def apply_invoice(connection: Connection, doc: InvoiceDoc, *, by: Any) -> bool:
    """An invoice or credit note that the ERP made for one of our orders."""
    reference = ExternalReference.objects.filter(
        connection=connection, local_type=INVOICE_TYPE, remote_type=doc.ref.type, remote_id=doc.ref.id
    ).first()  # fmt: skip
    if reference and not is_news(reference, doc):
        return False
    order = order_of_invoice(connection, doc)
    if order is None or doc.status == "draft":
        return False
    invoice = take_erp_invoice(invoice_of(connection, doc), by=by, order=order)
    if reference is None:
        reference = ExternalReference(
            connection=connection, component="invoices", local_type=INVOICE_TYPE, local_id=invoice.public_id
        )
    remember(reference, doc.ref, doc.status, fingerprint(doc))
    return True


def invoice_of(connection: Connection, doc: InvoiceDoc) -> ErpInvoice:
    """The invoice in the words of our own action, every figure as the ERP gave it."""
    return ErpInvoice(
        connection=connection.code,
        erp_id=doc.ref.id,
        number=short(doc.number),
        kind=doc.kind,
        erp_status=short(doc.status_text or doc.status),
        currency=doc.currency,
        issued_on=doc.issued_on,
        due_on=doc.due_on,
        net=amount(doc.total_net),
        tax=amount(doc.total_tax),
        total=amount(doc.total_gross),
        amount_paid=amount(doc.amount_paid),
        balance=amount(doc.balance),
        lines=[invoice_line_of(line) for line in doc.lines],
        payments=[payment_of(payment) for payment in doc.payments],
        is_canceled=doc.status == "canceled",
        credits_erp_id=doc.origin_ids[0] if doc.origin_ids else "",
    )


def invoice_line_of(line: InvoiceLineDoc) -> ErpInvoiceLine:
    is_ours = line.line_key and line.line_key != FREIGHT_KEY
    return ErpInvoiceLine(
        description=line.description[:500],
        quantity=line.quantity,
        unit_price=amount(line.unit_price),
        net=amount(line.net_amount),
        tax=amount(line.tax_amount or Decimal(0)),
        tax_rate=line.tax_rate or Decimal(0),
        line_key=UUID(line.line_key) if is_ours else None,
    )


def payment_of(payment: PaymentDoc) -> ErpPayment:
    return ErpPayment(
        erp_id=payment.ref.id,
        amount=amount(payment.amount),
        received_on=payment.paid_on or timezone.localdate(),
        reference=payment.reference[:100],
    )


def order_of_invoice(connection: Connection, doc: InvoiceDoc) -> Order | None:
    """The first order of ours that the invoice bills."""
    for key in doc.external_keys:
        if reference := order_reference(connection, key=key):
            return order_with(reference)
    for remote_id in doc.order_ids:
        if reference := order_reference(connection, remote_id=remote_id):
            return order_with(reference)
    return None


def order_with(reference: ExternalReference) -> Order:
    order: Order = Order.objects.get(public_id=reference.local_id)
    return order


def order_reference(
    connection: Connection, *, remote_id: str = "", key: str = ""
) -> ExternalReference | None:
    """The bond of an order, by its key or by the ERP's id; locked until the caller's commit."""
    known = ExternalReference.objects.select_for_update().filter(connection=connection, local_type=ORDER_TYPE)
    by_key = known.filter(external_key=key).first() if key else None
    return by_key or (known.filter(remote_id=remote_id).first() if remote_id else None)


def bury_reference(connection: Connection, stream: str, remote_id: str) -> None:
    """The ERP says plainly that a document no longer exists: keep ours, and say so."""
    gone = ExternalReference.objects.filter(
        connection=connection, component=stream, remote_id=remote_id, state=State.LINKED
    )
    gone.update(state=State.TOMBSTONED, tombstoned_at=timezone.now())


def remember(reference: ExternalReference, ref: RemoteRef, status: str, digest: str) -> None:
    """What we now know of the document, so that the same news is not news again."""
    reference.state = State.LINKED
    reference.remote_type = ref.type
    reference.remote_id = ref.id
    reference.remote_number = short(ref.number)
    reference.remote_version = ref.version[:120]
    reference.remote_modified_at = ref.modified_at
    reference.remote_state = status[:40]
    reference.pulled_hash = digest
    reference.last_pulled_at = timezone.now()
    reference.save()


def is_news(reference: ExternalReference, document: OrderState | InvoiceDoc) -> bool:
    """Whether the document differs from what was taken over last, and is not older."""
    known, told = reference.remote_modified_at, document.ref.modified_at
    if known and told and told < known:
        return False
    return reference.pulled_hash != fingerprint(document)


def fingerprint(document: OrderState | InvoiceDoc) -> str:
    """A hash of everything the ERP said; payments that leave the version untouched change it too."""
    text = json.dumps(asdict(document), cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def take_progress(order: Order, state: OrderState, *, by: Any) -> None:
    """What was shipped, backordered and canceled; canceled there is canceled here, while it can be."""
    order.refresh_from_db()
    if state.status == "canceled":
        untouched = order.fulfillment == Order.Progress.NONE and order.billing == Order.Progress.NONE
        if order.status == Order.Status.SUBMITTED and untouched:
            cancel_order(order, by=by, reason=Order.Reason.OTHER, note=gettext("Canceled in the ERP"))
        return
    ours = [line for line in state.lines if line.line_key != FREIGHT_KEY]
    record_fulfillment(
        order,
        by=by,
        deliveries=[delivery_of(one) for one in state.shipments],
        canceled={UUID(line.line_key): line.canceled for line in ours},
        backordered={UUID(line.line_key): line.backordered for line in ours},
    )


def delivery_of(doc: ShipmentDoc) -> Delivery:
    """A shipment of the ERP by our line keys; freight is no goods."""
    quantities = {UUID(line.line_key): line.quantity for line in doc.lines if line.line_key != FREIGHT_KEY}
    return Delivery(
        delivery_note=short(doc.number or doc.id),
        quantities=quantities,
        carrier=short(doc.carrier),
        tracking=doc.tracking[:100],
        shipped_on=doc.shipped_on or timezone.localdate(),
    )


def amount(figure: Decimal) -> Decimal:
    """A figure of the ERP, verbatim, unless no document can hold it."""
    if not figure.is_finite() or abs(figure) >= LARGEST:
        raise DomainError(gettext("The ERP gives %s as an amount.") % figure, code="no_amount")
    return figure


def short(text: str) -> str:
    """A number or word of the ERP in the length that numbers and words have."""
    return text[:60].replace("\x00", "")


def link_to(connection: Connection, ref: RemoteRef) -> str:
    """Where people see the document in the ERP, if the connection knows the pattern."""
    pattern = str(connection.options.get("order_url", ""))
    return pattern.replace("{id}", ref.id).replace("{number}", ref.number)[:300]
