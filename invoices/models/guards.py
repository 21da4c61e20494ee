"""What must hold before an invoice takes a step, in the words people see."""

from django.utils.translation import gettext_lazy as _

from kernel.lifecycle import Guard

# A credit note may give back nothing but the freight that is left.
has_lines = Guard(
    "no_lines",
    _("it has no lines"),
    lambda invoice: invoice.lines.exists() or (invoice.kind == "credit_note" and invoice.freight != 0),
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
