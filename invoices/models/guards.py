"""What must hold before an invoice takes a step, in the words people see."""

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from kernel.lifecycle import Guard

# A credit note may give back nothing but the freight that is left.
has_lines = Guard(
    "no_lines",
    _("it has no lines"),
    lambda invoice: (
        invoice.number is not None
        or invoice.lines.exists()
        or (invoice.kind == "credit_note" and invoice.freight != 0)
    ),
    field="lines",
)
is_ours = Guard(
    "component_owned_by_erp",
    _("it comes from the ERP and is changed there"),
    lambda invoice: not invoice.is_pulled,
)
is_draft = Guard("confirmed", _("it is confirmed already"), lambda invoice: invoice.number is None)
is_confirmed = Guard(
    "not_confirmed", _("it is not confirmed yet"), lambda invoice: invoice.number is not None
)
nothing_settled = Guard(
    "has_payments", _("payments or credit notes are booked on it"), lambda invoice: invoice.amount_paid == 0
)
is_an_invoice = Guard("credit_note", _("it is a credit note"), lambda invoice: invoice.kind == "invoice")
is_not_credited = Guard(
    "has_credit_notes",
    _("there are credit notes for it"),
    lambda invoice: invoice.creditable == invoice.total,
)
something_owed = Guard("nothing_owed", _("nothing is owed on it"), lambda invoice: invoice.balance > 0)
is_overdue = Guard("not_overdue", _("it is not overdue"), lambda invoice: invoice.is_overdue)
credit_is_left = Guard(
    "no_credit_left", _("nothing of its credit is left"),
    lambda invoice: invoice.kind == "credit_note" and invoice.balance < 0,
)  # fmt: skip


def bills_services(invoice: Any) -> bool:
    """Whether a line is a service; asked once, because the lines of a confirmed invoice never change."""
    known = invoice.__dict__
    if "_services" not in known and invoice.number is not None:
        known["_services"] = invoice.lines.filter(product__kind="service").exists()
    return bool(known.get("_services"))


has_services = Guard("no_services", _("it bills no service"), bills_services)


def has_credit(invoice: Any) -> bool:
    """Whether money or credit of its customer, in its currency, settles nothing yet."""
    if invoice.balance <= 0:
        return False
    whose = {
        "account_id": invoice.account_id,
        "contact_id": invoice.contact_id,
        "currency_id": invoice.currency_id,
    }
    payments = apps.get_model("invoices.Payment")._default_manager.filter(unallocated__gt=0, **whose)
    notes = type(invoice)._default_manager.filter(kind="credit_note", balance__lt=0, is_pulled=False, **whose)
    return payments.exists() or notes.exists()


customer_has_credit = Guard("no_credit", _("the customer has no credit"), has_credit)
