"""Calling an invoice off, and making the draft that stands in for it."""

from django.db import transaction
from django.utils import timezone

from catalog.copying import carry_over
from catalog.documents import header_columns
from invoices.actions.billing import invoice_from_order
from invoices.actions.crediting import credit_invoice, move_billed
from invoices.actions.making import lock, refuse_if_erp_owns_invoices
from invoices.models import Invoice, InvoiceLine
from kernel import history, outbox
from kernel.customfields import carried
from kernel.lifecycle import advance, check_step
from orders.actions.changing import lock as lock_order
from people.access import require
from people.models import User


@transaction.atomic
def cancel_invoice(invoice: Invoice, *, by: User, note: str = "") -> Invoice:
    """Call the invoice off; what it billed of its order can be invoiced again. Its number stays used."""
    if invoice.order_id:
        lock_order(invoice.order)  # type: ignore[arg-type]
    invoice = lock(invoice)
    before = invoice.status
    advance(invoice.cancel, by=by, canceled_on=timezone.localdate())
    invoice.save()
    history.record(invoice, "canceled", by=by, from_status=before, note=note)
    if invoice.order_id and (invoice.kind == Invoice.Kind.INVOICE or invoice.bills_again):
        # The lines of a credit note are negative, so what it gave back is billed once more.
        move_billed(invoice, list(invoice.lines.all()), by=by, sign=-1)
    outbox.publish("invoice.canceled", invoice, by=by)
    return invoice


@transaction.atomic
def reissue_invoice(invoice: Invoice, *, by: User, note: str = "") -> Invoice:
    """Take a confirmed invoice back and make a draft like it, ready to be corrected; the draft is returned.

    What nothing has settled is called off; otherwise a credit note takes it back, and its money stays the customer's.
    """
    if invoice.order_id:
        lock_order(invoice.order)  # type: ignore[arg-type]
    invoice = lock(invoice)
    check_step(invoice.may_be_reissued, by=by)
    require(by, "add", Invoice)
    refuse_if_erp_owns_invoices()
    if is_untouched(invoice):
        cancel_invoice(invoice, by=by, note=note)
    else:
        credit_invoice(invoice, by=by, bill_again=invoice.order_id is not None, note=note)
    draft = copy_of_order(invoice, by) if invoice.order_id else copy_of(invoice)
    history.record(draft, "copied", by=by, note=str(invoice))
    history.record(invoice, "reissued", by=by, note=str(draft.public_id))
    return draft


def is_untouched(invoice: Invoice) -> bool:
    """Whether nothing has been settled or credited of it: then it is called off instead of credited."""
    return (
        invoice.status == Invoice.Status.ACTIVE
        and invoice.amount_paid == 0
        and invoice.creditable == invoice.total
    )


def copy_of_order(invoice: Invoice, by: User) -> Invoice:
    """A draft that bills the same quantities of the order."""
    order = lock_order(invoice.order)  # type: ignore[arg-type]
    keys = {line.pk: line for line in order.lines.all()}
    billed = {
        keys[line.order_line_id].key: line.quantity
        for line in invoice.lines.all()
        if line.order_line_id in keys and not line.is_text
    }
    for key, line in ((line.key, line) for line in keys.values()):
        line.order = order
        if key in billed:
            billed[key] = min(billed[key], line.quantity_to_invoice)
    return invoice_from_order(order, by=by, quantities=billed)


def copy_of(invoice: Invoice) -> Invoice:
    """A draft with the same customer, terms and lines; it is due by its own terms."""
    draft = Invoice(
        **header_columns(invoice), **invoice.addresses(), name=invoice.name, opportunity_id=invoice.opportunity_id,
        payment_terms_id=invoice.payment_terms_id, custom=carried(invoice, Invoice),
    )  # fmt: skip
    draft.save()
    carry_over(invoice.lines.all(), InvoiceLine, invoice_id=draft.pk)
    return draft
