"""What the API says of invoices and payments and is told of them."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from catalog.bodies import LINE_FIELDS, LINE_READ_ONLY, MOST_LINES, LineBody, LinesBody, RefList
from customers.bodies import (
    ADDRESSES,
    DOCUMENT_HELPS,
    MONEY,
    MONEY_READ_ONLY,
    PARTIES,
    STATE,
    CodeRef,
    DocumentBody,
    LinkedId,
    OwnerRef,
    PaymentTerms,
    TeamRef,
)
from invoices.actions.settling import KEEP, NEXT, REFUSE
from invoices.models import Allocation, Instalment, Invoice, InvoiceLine, Payment
from kernel.bodies import RecordBody, Ref, Refusing, StepBody, many

# Dynamics 365 Sales: (statecode, statuscode).
CODES = {
    ("active", "new"): (0, 1),
    ("active", "partially_shipped"): (0, 2),
    ("active", "billed"): (0, 4),
    ("active", "booked"): (0, 5),
    ("active", "installed"): (0, 6),
    ("paid", "complete"): (2, 100001),
    ("paid", "partial"): (2, 100002),
    ("canceled", "canceled"): (3, 100003),
}
ERP = ("managed_by", "is_pulled", "erp_status", "erp_synced_at")


class InvoiceLineBody(LineBody):
    """An invoiced item; negative on a credit note."""

    order_line = LinkedId(source="order_line.key")

    helps = {**LineBody.helps, "order_line": "Id of the order line it bills."}

    class Meta:
        model = InvoiceLine
        fields: tuple[str, ...] = (*LINE_FIELDS, "order_line")
        read_only_fields = LINE_READ_ONLY
        list_serializer_class = RefList


class AllocationBody(Refusing, serializers.ModelSerializer[Any]):
    """Part of a payment or credit note that settles an invoice."""

    invoice = LinkedId(source="invoice.public_id", help_text="Id of the invoice that is settled.")
    refund = LinkedId(source="refund.public_id", help_text="Id of the payment that pays it back instead.")
    payment = LinkedId(source="payment.public_id", help_text="Id of the payment it comes from.")
    credit_note = LinkedId(source="credit_note.public_id", help_text="Id of the credit note it comes from.")

    class Meta:
        model = Allocation
        fields: tuple[str, ...] = ("invoice", "refund", "payment", "credit_note", "amount", "on", "at")
        extra_kwargs = {
            "amount": {
                "help_text": "How much of it, in the invoice's currency; negative takes an earlier one back."
            },
            "on": {"help_text": "Day from which it counts."},
            "at": {"help_text": "When it was booked."},
        }


class InstalmentBody(Refusing, serializers.ModelSerializer[Any]):
    """Part of an invoice that is due on a day of its own."""

    class Meta:
        model = Instalment
        fields: tuple[str, ...] = ("position", "due_on", "amount")
        extra_kwargs = {
            "position": {"help_text": "Which one it is."},
            "due_on": {"help_text": "Day by which it is to be paid."},
            "amount": {"help_text": "How much, in the invoice's currency."},
        }


class InvoiceRow(DocumentBody):
    """An invoice or credit note without its lines."""

    owner = OwnerRef("invoice")
    team = TeamRef("invoice")
    order = LinkedId(source="order.public_id")
    opportunity = LinkedId(source="opportunity.public_id")
    credits = LinkedId(source="credits.public_id")
    payment_terms = CodeRef(PaymentTerms)

    codes = CODES
    related = (*DocumentBody.related, "order", "opportunity", "credits", "payment_terms")
    helps = {
        **DOCUMENT_HELPS,
        "kind": "Invoice, or credit note with negative amounts.",
        "number": "Number; null until it is confirmed.",
        "order": "Id of the order it bills.",
        "credits": "Id of the invoice that this credit note corrects.",
        "issued_on": "Day of the invoice.",
        "due_on": "Day by which it, or its oldest unpaid instalment, is to be paid.",
        "amount_paid": "How much of it is settled.",
        "balance": "How much of it is still owed.",
        "is_overdue": "Whether it should have been paid by now.",
        "is_pulled": "Whether it was made in the ERP.",
        "erp_status": "Its status in the ERP, verbatim.",
        "erp_synced_at": "When the ERP last spoke of it.",
        "allocations": "What settles it.",
        "instalments": "In which parts it is due; empty: all of it on `due_on`.",
        "canceled_on": "Day from which it is owed no more because it was canceled.",
        "bills_again": "Whether a credit note freed its quantities to be invoiced again.",
        "is_early_discount": "Whether a credit note is an early-payment discount.",
    }

    class Meta:
        model = Invoice
        fields: tuple[str, ...] = (
            "id", "number", "version", "created_at", "updated_at", "kind", "name", *STATE, "order", "opportunity",
            "credits", *PARTIES, *MONEY, "payment_terms", "issued_on", "due_on", "canceled_on",
            "amount_paid", "balance", "is_overdue", "bills_again", "is_early_discount", *ERP, *ADDRESSES, "custom",
        )  # fmt: skip
        read_only_fields = (
            *MONEY_READ_ONLY, *ERP, "number", "kind", "status", "status_reason", "issued_on", "canceled_on",
            "amount_paid", "balance", "is_overdue", "bills_again", "is_early_discount",
        )  # fmt: skip
        validators: list[Any] = []


class InvoiceBody(InvoiceRow):
    """An invoice or credit note with its lines and what settles it."""

    lines = many(InvoiceLineBody, required=False, max_length=MOST_LINES)
    allocations = many(AllocationBody, read_only=True)
    instalments = many(InstalmentBody, read_only=True)

    prefetched = (
        "lines__product", "lines__unit", "lines__tax_code", "lines__order_line", "allocations__payment",
        "allocations__credit_note", "allocations__invoice", "allocations__refund", "instalments",
    )  # fmt: skip

    class Meta(InvoiceRow.Meta):
        fields: tuple[str, ...] = (
            *InvoiceRow.Meta.fields, "lines", "allocations", "instalments", "explanation",
        )  # fmt: skip


class InvoiceLinesBody(LinesBody):
    lines = many(InvoiceLineBody, max_length=MOST_LINES)


class LineShare(Refusing):
    """So much of one line."""

    line = serializers.UUIDField(help_text="Id of the line.")
    quantity = serializers.DecimalField(
        max_digits=15, decimal_places=5, min_value=Decimal(0), help_text="How many, in the line's unit."
    )


class InvoiceOrderBody(StepBody):
    """How much of an order is billed."""

    quantities = many(LineShare, required=False, max_length=MOST_LINES,
        help_text="Quantities by order line; left out: all that the payment terms allow now.",
    )  # fmt: skip


class ConfirmBody(StepBody):
    """When an invoice is issued."""

    issued_on = serializers.DateField(required=False, help_text="Day of the invoice; today by default.")


class ExcessField(serializers.ChoiceField):
    """What becomes of money that is more than owed."""

    def __init__(self, **options: Any) -> None:
        help_text = (
            "What becomes of what is more than owed: refuse it, keep it, or settle the next oldest invoices."
        )
        super().__init__([REFUSE, KEEP, NEXT], **{"help_text": help_text, **options})


class PayBody(StepBody):
    """Money that was received."""

    amount = serializers.DecimalField(
        max_digits=15, decimal_places=4, help_text="Amount in the invoice's currency."
    )
    received_on = serializers.DateField(
        required=False, help_text="Day on which it arrived; today by default."
    )
    method = serializers.CharField(
        required=False, allow_blank=True, max_length=40, help_text="How it was paid."
    )
    reference = serializers.CharField(
        required=False, allow_blank=True, max_length=100, help_text="What the bank statement says."
    )
    keep_excess = serializers.BooleanField(
        required=False,
        help_text="Keep what is more than owed as the customer's credit; the same as `excess: keep`.",
    )
    excess = ExcessField(required=False)
    take_discount = serializers.BooleanField(
        required=False, help_text="Grant the early-payment discount first, by a credit note."
    )


class CreditBody(StepBody):
    """What is taken back."""

    quantities = many(LineShare, required=False, max_length=MOST_LINES,
        help_text="Quantities by invoice line; left out: all that is left.",
    )  # fmt: skip
    amount = serializers.DecimalField(required=False, max_digits=15, decimal_places=4,
        help_text="An amount, tax included, spread over lines, freight and tax; instead of quantities.",
    )  # fmt: skip
    freight = serializers.BooleanField(
        required=False, help_text="Whether quantities take the freight back too; the whole does."
    )
    bill_again = serializers.BooleanField(
        required=False, help_text="Whether the order's quantities are free to be invoiced again."
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class CancelInvoiceBody(StepBody):
    """Why an invoice is called off."""

    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class PaymentRow(RecordBody):
    """Money received, without what it settles."""

    account = LinkedId(source="account.public_id", help_text="Id of the account that paid.")
    contact = LinkedId(source="contact.public_id", help_text="Id of the contact that paid.")
    reverses = LinkedId(source="reverses.public_id", help_text="Id of the payment that it takes back.")
    currency = serializers.CharField(source="currency.code", read_only=True)
    invoice = Ref(Invoice, write_only=True, help_text="Invoice it is for, by id or number.")
    keep_excess = serializers.BooleanField(
        required=False, write_only=True,
        help_text="Keep what is more than owed as the customer's credit; the same as `excess: keep`.",
    )  # fmt: skip
    excess = ExcessField(required=False, write_only=True)

    related = ("account", "contact", "currency", "reverses")
    helps = {
        "amount": "Amount in its currency.",
        "unallocated": "How much of it settles nothing yet.",
        "received_on": "Day on which it arrived.",
        "method": "How it was paid.",
        "reference": "What the bank statement says.",
        "note": "Remark, such as why it was reversed.",
        "managed_by": "The ERP connection that booked it; empty: it was booked here.",
        "allocations": "What it settles.",
    }

    class Meta:
        model = Payment
        fields: tuple[str, ...] = (
            "id", "number", "version", "created_at", "updated_at", "account", "contact", "currency", "amount",
            "unallocated", "received_on", "method", "reference", "note", "reverses", "managed_by", "invoice",
            "keep_excess", "excess",
        )  # fmt: skip
        read_only_fields = ("number", "unallocated", "managed_by", "note")
        validators: list[Any] = []


class PaymentBody(PaymentRow):
    """Money received, with what it settles."""

    allocations = many(AllocationBody, read_only=True)

    prefetched = (
        "allocations__invoice", "allocations__credit_note", "allocations__payment", "allocations__refund",
    )  # fmt: skip

    class Meta(PaymentRow.Meta):
        fields: tuple[str, ...] = (*PaymentRow.Meta.fields, "allocations")


class AllocateBody(StepBody):
    """What a customer's credit is used for."""

    invoice = Ref(Invoice, help_text="Invoice to settle, by id or number.")
    amount = serializers.DecimalField(
        max_digits=15, decimal_places=4, help_text="Amount in the payment's currency."
    )
