"""Money out: credit paid back to the customer, and payments that were booked by mistake."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoices.actions.making import lock
from invoices.actions.settlement import pay_back, refuse_bad_amount, refuse_future, take_back
from invoices.actions.settling import lock_all
from invoices.models import Allocation, Invoice, Payment
from kernel import history
from kernel.errors import Conflict, DomainError
from kernel.lifecycle import check_step
from kernel.numbering import next_number
from people.access import require
from people.models import User


@transaction.atomic
def refund_payment(
    payment: Payment, *, by: User, amount: Decimal, paid_on: dt.date | None = None, method: str = "",
    reference: str = "", note: str = "",
) -> Payment:  # fmt: skip
    """Pay kept credit back to the customer: a payment of the opposite sign, which is returned."""
    payment = Payment.objects.select_for_update(of=("self",)).select_related("currency").get(pk=payment.pk)
    require(by, "refund", payment)
    refuse_pulled(payment)
    refuse_bad_amount(amount, payment.currency)
    if amount > payment.unallocated:
        raise DomainError(_("That is more than is left of it."), code="more_than_left", field="amount")
    refund = made(payment, amount, paid_on, method=method, reference=reference, note=note)
    pay_back(refund, amount, on=refund.received_on, payment=payment)
    history.record(payment, "refunded", by=by, note=f"{refund.number} {note}".strip())
    history.record(refund, "paid_back", by=by, note=payment.number)
    return refund


@transaction.atomic
def refund_credit_note(
    credit: Invoice, *, by: User, amount: Decimal, paid_on: dt.date | None = None, method: str = "",
    reference: str = "", note: str = "",
) -> Payment:  # fmt: skip
    """Pay what is left of a credit note back to the customer."""
    credit = lock(credit)
    check_step(credit.may_be_refunded, by=by)
    require(by, "refund", Payment)
    refuse_bad_amount(amount, credit.currency)
    if amount > -credit.balance:
        raise DomainError(_("That is more than is left of it."), code="more_than_left", field="amount")
    refund = made(credit, amount, paid_on, method=method, reference=reference, note=note)
    pay_back(refund, amount, on=refund.received_on, credit_note=credit)
    history.record(credit, "refunded", by=by, note=f"{refund.number} {note}".strip())
    history.record(refund, "paid_back", by=by, note=str(credit))
    return refund


@transaction.atomic
def reverse_payment(
    payment: Payment, *, by: User, reason: str, reversed_on: dt.date | None = None
) -> Payment:
    """Take back a payment that was booked by mistake, by entries of the opposite sign; nothing is deleted.

    What it settled is owed again. One of which a part was paid back is reversed after that refund only.
    """
    entries = list(entries_of(payment))
    lock_all(Q(pk__in={e.invoice_id for e in entries} | {e.credit_note_id for e in entries}))
    payment = Payment.objects.select_for_update(of=("self",)).select_related("currency").get(pk=payment.pk)
    require(by, "reverse", payment)
    refuse_pulled(payment)
    if not reason.strip():
        raise DomainError(_("Say why it was a mistake."), code="no_reason", field="reason")
    if payment.reverses_id or payment.is_reversed:
        raise DomainError(_("It is reversed already."), code="reversed", field="payment")
    fresh = list(entries_of(payment))
    if {e.pk for e in fresh} != {e.pk for e in entries}:
        raise Conflict(_("Somebody else used this payment meanwhile. Look at it again."))
    if payment.amount > 0 and any(entry.refund_id for entry in fresh):
        raise DomainError(
            _("Part of it was paid back. Reverse that first."), code="was_refunded", field="payment"
        )
    on = reversed_on or timezone.localdate()
    refuse_future(on, "reversed_on")
    for entry in fresh:
        take_back(current(entry, payment), by=by, on=on)
    return undone(payment, by=by, reason=reason, on=max(on, payment.received_on))


def entries_of(payment: Payment) -> list[Allocation]:
    """The entries that still stand: what a payment settled, or what a refund took from."""
    mine = Q(payment=payment) if payment.amount > 0 else Q(refund=payment)
    found = Allocation.objects.filter(mine, reverses=None, reversal=None).select_related("payment")
    return list(found.order_by("id"))


def current(entry: Allocation, payment: Payment) -> Allocation:
    """The entry with its records as they stand now, locked; those of the payment in hand are the one object."""
    if entry.invoice_id:
        entry.invoice = lock(Invoice(pk=entry.invoice_id))
    if entry.credit_note_id:
        entry.credit_note = lock(Invoice(pk=entry.credit_note_id))
    if entry.payment_id == payment.pk:
        entry.payment = payment
    elif entry.payment_id:
        entry.payment = Payment.objects.select_for_update().get(pk=entry.payment_id)
    return entry


def undone(payment: Payment, *, by: User, reason: str, on: dt.date) -> Payment:
    """The payment of the opposite sign that makes the sum nothing."""
    opposite = Payment.objects.create(
        number=next_number("payment"), account=payment.account, contact=payment.contact, currency=payment.currency,
        amount=-payment.amount, unallocated=max(-payment.amount, Decimal(0)), received_on=on, method=payment.method,
        reference=payment.reference, note=reason[:200], reverses=payment,
    )  # fmt: skip
    if payment.amount > 0:
        pay_back(opposite, payment.amount, on=on, payment=payment)
    else:
        pay_back(payment, opposite.amount, on=on, payment=opposite)
    history.record(payment, "reversed", by=by, note=f"{opposite.number} {reason}")
    history.record(opposite, "reversed", by=by, note=payment.number)
    return opposite


def made(source: Payment | Invoice, amount: Decimal, paid_on: dt.date | None, **said: str) -> Payment:
    """The money that leaves, as a payment of the opposite sign."""
    paid_on = paid_on or timezone.localdate()
    refuse_future(paid_on, "paid_on")
    return Payment.objects.create(
        number=next_number("payment"), account=source.account, contact=source.contact, currency=source.currency,
        amount=-amount, received_on=paid_on, **said,
    )  # fmt: skip


def refuse_pulled(payment: Payment) -> None:
    if payment.managed_by:
        raise DomainError(_("It comes from the ERP and is changed there."), code="component_owned_by_erp")
