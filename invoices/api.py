"""Invoices and payments through the API."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail, ValidationError

from catalog.bodies import new_lines, wanted
from catalog.explained import Explained
from customers.bodies import with_customers_terms, with_owners_team
from customers.models import Account
from invoices import actions
from invoices.actions.settling import KEEP, REFUSE
from invoices.bodies import (
    AllocateBody,
    CancelInvoiceBody,
    ConfirmBody,
    CreditBody,
    InvoiceBody,
    InvoiceLinesBody,
    InvoiceOrderBody,
    InvoiceRow,
    PayBody,
    PaymentBody,
    PaymentRow,
)
from invoices.ledger_api import AccountLedger, LedgerSteps, PaymentSteps
from invoices.models import Invoice, Payment
from invoices.origins import origin_of
from invoices.printing import invoice_pdf
from kernel.api import choice, day, exact, search, since
from kernel.errors import DomainError
from kernel.paper import Printed
from opportunities.models import Opportunity
from orders.models import Order
from people.removing_api import Removing
from people.resources import RecordViewSet, owned_by, pointing_at, verb


def shares(given: Iterable[Mapping[str, Any]] | None) -> dict[UUID, Decimal] | None:
    """Quantities by line id, or none for all; a line is named once."""
    if given is None:
        return None
    found = {one["line"]: one["quantity"] for one in given}
    if len(found) < len(list(given)):
        raise ValidationError({"quantities": [ErrorDetail(str(_("Each line is named once.")), "repeated")]})
    return found


def with_excess(said: dict[str, Any]) -> dict[str, Any]:
    """What is too much: ``excess`` says it, ``keep_excess`` said it before there was a third way."""
    keep = said.pop("keep_excess", False)
    return {"excess": KEEP if keep else REFUSE} | said


class InvoiceViewSet(LedgerSteps, Explained, Printed, Removing, RecordViewSet):
    """What customers owe, and credit notes."""

    body = InvoiceBody
    origin_of = staticmethod(origin_of)
    row = InvoiceRow
    printing = staticmethod(invoice_pdf)
    # Canceling gives quantities back: the order is held before the invoice, as every action does.
    locked_first = ("order",)
    filters = {
        "q": search(),
        "kind": choice("kind", Invoice.Kind.choices, "Kind"),
        "status": choice("status", Invoice.Status.choices, "Status"),
        "status_reason": choice("status_reason", Invoice.Reason.choices, "Status reason"),
        "owner": owned_by(),
        "account": pointing_at("account", Account, "Account"),
        "opportunity": pointing_at("opportunity", Opportunity, "Opportunity"),
        "order": pointing_at("order", Order, "Order"),
        "number": exact("number", "Number."),
        "erp_number": exact("number", "Number; an invoice of the ERP has the ERP's."),
        "due_by": day("due_on__lte", "Due on this day or before."),
        "updated_since": since("updated_at", "Changed at this moment or later."),
    }
    ordering = {
        name: name
        for name in ("created_at", "updated_at", "number", "total", "balance", "due_on", "issued_on")
    }

    def make(self, values: dict[str, Any]) -> Invoice:
        lines = new_lines(values.pop("lines", ()))
        return actions.create_invoice(by=self.by, lines=lines, **with_customers_terms(values))

    def alter(self, record: Invoice, values: dict[str, Any]) -> Invoice:
        lines = values.pop("lines", None)
        if values or lines is None:
            record = actions.change_invoice(record, by=self.by, **with_owners_team(values))
        if lines is not None:
            record = actions.set_invoice_lines(record, wanted(lines), by=self.by)
        return record

    @verb(InvoiceLinesBody)
    def lines(self, invoice: Invoice, *, lines: list[Any]) -> Invoice:
        """Make the lines of a new invoice exactly these."""
        return actions.set_invoice_lines(invoice, wanted(lines), by=self.by)

    @verb(ConfirmBody)
    def confirm(self, invoice: Invoice, **said: Any) -> Invoice:
        """Give the invoice its number; it never changes afterwards."""
        return actions.confirm_invoice(invoice, by=self.by, **said)

    @verb(PayBody, gives=PaymentBody, made=True)
    def pay(self, invoice: Invoice, **said: Any) -> Payment:
        """Note money received for the invoice; the payment is answered."""
        return actions.record_payment(invoice, by=self.by, **with_excess(said))

    @verb(CreditBody, gives=InvoiceBody, made=True)
    def credit(self, invoice: Invoice, *, quantities: Any = None, **said: Any) -> Invoice:
        """Correct a confirmed invoice by a credit note, which is answered."""
        return actions.credit_invoice(invoice, by=self.by, quantities=shares(quantities), **said)

    @verb(CancelInvoiceBody)
    def cancel(self, invoice: Invoice, *, note: str = "") -> Invoice:
        """Call the invoice off; what it billed can be invoiced again."""
        return actions.cancel_invoice(invoice, by=self.by, note=note)


class PaymentViewSet(PaymentSteps, RecordViewSet):
    """Money received."""

    body = PaymentBody
    row = PaymentRow
    http_method_names = ["get", "post", "head", "options"]
    filters = {
        "account": pointing_at("account", Account, "Account"),
        "number": exact("number", "Number."),
        "reference": exact("reference", "Reference."),
        "updated_since": since("updated_at", "Changed at this moment or later."),
    }
    ordering = {name: name for name in ("created_at", "received_on", "amount", "number")}

    def make(self, values: dict[str, Any]) -> Payment:
        return actions.record_payment(values.pop("invoice"), by=self.by, **with_excess(values))

    def alter(self, record: Payment, values: dict[str, Any]) -> Payment:
        raise DomainError(_("A payment is not changed."), code="read_only")

    @verb(AllocateBody)
    def allocate(self, payment: Payment, *, invoice: Invoice, amount: Decimal) -> Payment:
        """Use a customer's credit for one of the customer's invoices."""
        actions.allocate_payment(payment, invoice, by=self.by, amount=amount)
        return payment


class InvoicingSteps:
    """The step of an order that bills it."""

    @verb(InvoiceOrderBody, gives=InvoiceBody, made=True)
    def invoice(self: Any, order: Order, *, quantities: Any = None) -> Invoice:
        """Bill the order, all of it or part; the invoice is answered."""
        return actions.invoice_from_order(order, by=self.by, quantities=shares(quantities))


__all__ = ["AccountLedger", "InvoiceViewSet", "InvoicingSteps", "PaymentViewSet"]
