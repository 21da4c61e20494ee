"""What customers owe: payments, credit notes, what they settle, and what is still open."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast

from django.db.models import Q

from invoices.models import Allocation, Instalment, Invoice, Payment
from reports.books.batches import Batch
from reports.books.checks import Wrong, check

ZERO = Decimal(0)
REBOOK = "Book the payment or the credit by its step, or take the entry back by its opposite"


def added_up(column: str, wanted: Q) -> dict[int, Decimal]:
    """Allocations by what they settle or draw on."""
    sums: dict[int, Decimal] = {}
    for pk, amount in Allocation.objects.filter(wanted).order_by().values_list(column, "amount"):
        sums[pk] = sums.get(pk, ZERO) + amount
    return sums


def ours(batch: Batch) -> Iterator[Any]:
    """Invoices whose ledger is kept here."""
    return (invoice for invoice in batch.documents if not invoice.is_pulled)


@check("payment_left", Payment, hint=REBOOK)
def payment_left(batch: Batch) -> Iterator[Wrong]:
    """What is left of a payment is its amount less what it settled; a refund took all it is."""
    used = added_up("payment_id", Q(payment__in=batch.ids))
    taken = added_up("refund_id", Q(refund__in=batch.ids))
    for payment in batch.documents:
        if payment.amount > 0:
            left = payment.amount - used.get(payment.pk, ZERO)
            if left != payment.unallocated:
                yield Wrong(payment, "what is kept as credit is off", left, payment.unallocated)
        elif payment.unallocated or taken.get(payment.pk, ZERO) != -payment.amount:
            yield Wrong(
                payment, "it was not taken from anything", -payment.amount, taken.get(payment.pk, ZERO)
            )


@check("settled", Invoice, hint=REBOOK)
def settled(batch: Batch) -> Iterator[Wrong]:
    """What counts as paid is the sum of what was allocated; of a credit note, of what it gave."""
    paid = added_up("invoice_id", Q(invoice__in=batch.ids))
    given = added_up("credit_note_id", Q(credit_note__in=batch.ids))
    for invoice in ours(batch):
        is_note = invoice.kind == Invoice.Kind.CREDIT_NOTE
        expected = -given.get(invoice.pk, ZERO) if is_note else paid.get(invoice.pk, ZERO)
        if expected != invoice.amount_paid:
            yield Wrong(invoice, "its paid amount is not what was allocated", expected, invoice.amount_paid)


@check("balance", Invoice, hint=REBOOK)
def balance(batch: Batch) -> Iterator[Wrong]:
    """Open is total less paid, and nothing before it is confirmed or after it is called off; never beyond."""
    for invoice in ours(batch):
        is_open = invoice.number is not None and invoice.status != Invoice.Status.CANCELED
        expected = invoice.total - invoice.amount_paid if is_open else ZERO
        if invoice.balance != expected:
            yield Wrong(invoice, "what is open of it is off", expected, invoice.balance)
        elif invoice.balance * invoice.total < 0:
            yield Wrong(invoice, "more was settled than it comes to", invoice.total, invoice.amount_paid)


@check("paid_status", Invoice, hint=REBOOK)
def paid_status(batch: Batch) -> Iterator[Wrong]:
    """Paid, in part or in full, is what something has settled."""
    for invoice in ours(batch):
        if invoice.kind == Invoice.Kind.CREDIT_NOTE or invoice.status == Invoice.Status.CANCELED:
            continue
        is_paid = invoice.status == Invoice.Status.PAID
        if is_paid != bool(invoice.amount_paid):
            yield Wrong(invoice, "its status does not fit what is paid", invoice.amount_paid, invoice.status)
        elif is_paid and (invoice.balance == 0) != (invoice.status_reason == Invoice.Reason.COMPLETE):
            yield Wrong(
                invoice, "its reason does not fit what is open", invoice.balance, invoice.status_reason
            )


@check("allocation", Invoice, hint=REBOOK)
def allocation(batch: Batch) -> Iterator[Wrong]:
    """What settles an invoice is of its customer and in its currency."""
    invoices = {invoice.pk: invoice for invoice in ours(batch)}
    rows = (
        Allocation.objects.filter(invoice__in=invoices)
        .select_related("payment", "credit_note")
        .order_by("pk")
    )
    for row in rows:
        invoice, source = invoices[row.invoice_id or 0], cast(Any, row.payment or row.credit_note)
        if source.currency_id != invoice.currency_id:
            yield Wrong(invoice, f"{source} is in another currency", invoice.currency_id, source.currency_id)
        if (source.account_id, source.contact_id) != (invoice.account_id, invoice.contact_id):
            yield Wrong(invoice, f"{source} is another customer's", invoice.customer, source.customer)


@check("credited", Invoice, hint="Call the credit note off that is too much")
def credited(batch: Batch) -> Iterator[Wrong]:
    """No more is credited than was invoiced."""
    notes: dict[int, Decimal] = {}
    live = Invoice.objects.filter(credits__in=batch.ids).exclude(status=Invoice.Status.CANCELED).order_by()
    for pk, total in live.values_list("credits_id", "total"):
        notes[pk] = notes.get(pk, ZERO) + total
    for invoice in ours(batch):
        if invoice.pk in notes and -notes[invoice.pk] > invoice.total:
            yield Wrong(invoice, "more is credited than it comes to", invoice.total, -notes[invoice.pk])


@check("instalments", Invoice, hint="Issue the invoice again, which makes its instalments anew")
def instalments(batch: Batch) -> Iterator[Wrong]:
    """Instalments sum to the invoice, each knowing what is due by then."""
    plans: dict[int, list[Instalment]] = {}
    for part in Instalment.objects.filter(invoice__in=batch.ids).order_by("position"):
        plans.setdefault(part.invoice_id, []).append(part)
    for invoice in batch.documents:
        upto = ZERO
        for part in plans.get(invoice.pk, ()):
            upto += part.amount
            if part.upto != upto:
                yield Wrong(
                    invoice, f"instalment {part.position}: what is due by then is off", upto, part.upto
                )
        if invoice.pk in plans and upto != invoice.total:
            yield Wrong(invoice, "its instalments do not come to its total", invoice.total, upto)
