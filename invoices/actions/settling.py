"""Money in: payments, what they settle, and credit that settles later invoices."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoices.actions.crediting import grant_early_discount
from invoices.actions.making import lock
from invoices.actions.settlement import allocate, refuse_bad_amount, refuse_future
from invoices.models import Invoice, Payment
from kernel import history
from kernel.errors import DomainError
from kernel.lifecycle import check_step
from kernel.numbering import next_number
from kernel.pricing import round_half_up
from people.access import require
from people.models import User

ZERO = Decimal(0)
REFUSE, KEEP, NEXT = "refuse", "keep", "next"


@transaction.atomic
def record_payment(
    invoice: Invoice, *, by: User, amount: Decimal, received_on: dt.date | None = None, method: str = "",
    reference: str = "", excess: str = REFUSE, take_discount: bool = False,
) -> Payment:  # fmt: skip
    """Note money received for the invoice.

    More than is owed is refused, kept as the customer's credit (``keep``), or settles the customer's next oldest
    invoices (``next``). With ``take_discount`` the early-payment discount is granted first, by a credit note.
    """
    others = lock_others(invoice) if excess == NEXT else []
    invoice = lock(invoice)
    check_step(invoice.settle, by=by)
    require(by, "add", Payment)
    refuse_bad_amount(amount, invoice.currency)
    received_on = received_on or timezone.localdate()
    refuse_future(received_on)
    if take_discount:
        grant_early_discount(invoice, by=by, paid=amount, received_on=received_on)
    if amount > invoice.balance and excess == REFUSE:
        raise too_much(amount, invoice)
    payment = Payment.objects.create(
        number=next_number("payment"), account=invoice.account, contact=invoice.contact, currency=invoice.currency,
        amount=amount, unallocated=amount, received_on=received_on, method=method, reference=reference,
    )  # fmt: skip
    for owed in (invoice, *others):
        if (part := min(payment.unallocated, owed.balance)) > 0:
            allocate(owed, part, by=by, on=received_on, payment=payment)
    history.record(payment, "received", by=by, note=str(invoice))
    return payment


@transaction.atomic
def record_customer_payment(
    *, by: User, amount: Decimal, currency: Any, account: Any = None, contact: Any = None,
    received_on: dt.date | None = None, method: str = "", reference: str = "",
) -> Payment:  # fmt: skip
    """Note money received from a customer: it settles the oldest invoices first, the rest stays as credit."""
    require(by, "add", Payment)
    whose = {"account": account, "contact": None if account else contact}
    if not any(whose.values()):
        raise DomainError(_("Say who paid."), code="no_customer", field="account")
    refuse_bad_amount(amount, currency)
    received_on = received_on or timezone.localdate()
    refuse_future(received_on)
    invoices = lock_all(Q(currency=currency, **whose), owed_only=True)
    payment = Payment.objects.create(
        number=next_number("payment"), **whose, currency=currency, amount=amount, unallocated=amount,
        received_on=received_on, method=method, reference=reference,
    )  # fmt: skip
    for owed in invoices:
        if (part := min(payment.unallocated, owed.balance)) > 0:
            check_step(owed.settle, by=by)
            allocate(owed, part, by=by, on=received_on, payment=payment)
    history.record(payment, "received", by=by)
    return payment


@transaction.atomic
def allocate_payment(payment: Payment, invoice: Invoice, *, by: User, amount: Decimal) -> Invoice:
    """Use a customer's credit for one of the customer's invoices."""
    invoice = lock(invoice)
    check_step(invoice.settle, by=by)
    payment = Payment.objects.select_for_update().get(pk=payment.pk)
    require(by, "allocate", payment)
    refuse_bad_amount(amount, invoice.currency)
    refuse_foreign(payment, invoice, "payment")
    if amount > min(payment.unallocated, invoice.balance):
        raise DomainError(_("That is more than is left or owed."), code="overpaid", field="amount")
    allocate(invoice, amount, by=by, on=max(timezone.localdate(), payment.received_on), payment=payment)
    return invoice


@transaction.atomic
def allocate_credit_note(note: Invoice, invoice: Invoice, *, by: User, amount: Decimal) -> Invoice:
    """Use what is left of a credit note for another invoice of the same customer and currency."""
    lock_all(Q(pk__in=[note.pk, invoice.pk]))
    note, invoice = lock(note), lock(invoice)
    check_step(invoice.settle, by=by)
    refuse_bad_amount(amount, invoice.currency)
    refuse_unusable_note(note)
    refuse_foreign(note, invoice, "credit_note")
    if amount > min(-note.balance, invoice.balance):
        raise DomainError(_("That is more than is left or owed."), code="overpaid", field="amount")
    allocate(invoice, amount, by=by, credit_note=note)
    history.record(note, "used", by=by, note=f"{amount} → {invoice}")
    return invoice


def lock_all(wanted: Q, *, owed_only: bool = False) -> list[Invoice]:
    """These invoices, held in the order of their making so that nobody waits in a circle; the oldest debt first."""
    found = Invoice.objects.select_for_update(of=("self",)).filter(wanted)
    if owed_only:
        found = found.filter(kind=Invoice.Kind.INVOICE, balance__gt=0, number__isnull=False, is_pulled=False)
    held = list(found.select_related("currency", "account", "contact").order_by("id"))
    return sorted(held, key=lambda one: (one.due_on or dt.date.max, one.pk))


def lock_others(invoice: Invoice) -> list[Invoice]:
    """The customer's other open invoices, oldest first, held together with this one."""
    same = Q(account_id=invoice.account_id, contact_id=invoice.contact_id, currency_id=invoice.currency_id)
    owed = Q(kind=Invoice.Kind.INVOICE, balance__gt=0, number__isnull=False, is_pulled=False)
    return [one for one in lock_all(Q(pk=invoice.pk) | (same & owed)) if one.pk != invoice.pk]


def refuse_foreign(source: Payment | Invoice, invoice: Invoice, field: str) -> None:
    if (source.account_id, source.contact_id) != (invoice.account_id, invoice.contact_id):
        raise DomainError(_("It is another customer's."), code="foreign_payment", field=field)
    if source.currency_id != invoice.currency_id:
        raise DomainError(_("It is in another currency."), code="foreign_currency", field=field)


def refuse_unusable_note(note: Invoice) -> None:
    if note.kind != Invoice.Kind.CREDIT_NOTE or note.is_pulled or note.status == Invoice.Status.CANCELED:
        raise DomainError(
            _("Only a credit note made here has credit to use."), code="no_credit", field="credit_note"
        )


def too_much(amount: Decimal, invoice: Invoice) -> DomainError:
    text = _("%(amount)s is more than the %(balance)s owed.") % {
        "amount": amount, "balance": round_half_up(invoice.balance, invoice.currency.digits),
    }  # fmt: skip
    return DomainError(text, code="overpaid", field="amount")
