"""What the API says and is told of credit, refunds, e-mails, ageing and statements."""

from typing import Any

from rest_framework import serializers

from catalog.models import Currency
from customers.bodies import CodeRef
from invoices.models import Invoice, Payment
from kernel.bodies import Ref, StepBody, many

MONEY: dict[str, Any] = {"max_digits": 20, "decimal_places": 4}


class UseCreditBody(StepBody):
    """Which credit settles the invoice."""

    payment = Ref(Payment, required=False, help_text="Payment whose kept credit is used, by id or number.")
    credit_note = Ref(Invoice, required=False, help_text="Credit note whose rest is used, by id or number.")
    amount = serializers.DecimalField(
        max_digits=15, decimal_places=4, help_text="Amount in the invoice's currency."
    )


class RefundBody(StepBody):
    """Money that is paid back."""

    amount = serializers.DecimalField(max_digits=15, decimal_places=4, help_text="How much.")
    paid_on = serializers.DateField(required=False, help_text="Day it left; today by default.")
    method = serializers.CharField(
        required=False, allow_blank=True, max_length=40, help_text="How it was paid."
    )
    reference = serializers.CharField(
        required=False, allow_blank=True, max_length=100, help_text="What the bank statement says."
    )
    note = serializers.CharField(required=False, allow_blank=True, max_length=200, help_text="Remark.")


class ReverseBody(StepBody):
    """Why a payment was a mistake."""

    reason = serializers.CharField(max_length=200, help_text="Why it was a mistake.")
    reversed_on = serializers.DateField(
        required=False, help_text="Day from which it counts; today by default."
    )


class ReissueBody(StepBody):
    """Why an invoice is taken back."""

    note = serializers.CharField(required=False, allow_blank=True, max_length=200, help_text="Why.")


class MailBody(StepBody):
    """An e-mail; what is left out is said as usual."""

    to = serializers.CharField(
        required=False, max_length=900, help_text="Addresses; the customer's by default."
    )
    subject = serializers.CharField(required=False, max_length=200, help_text="Subject.")
    body = serializers.CharField(required=False, max_length=8000, help_text="Text.")


class CustomerPaymentBody(StepBody):
    """Money received from a customer; the oldest invoices are settled first."""

    amount = serializers.DecimalField(max_digits=15, decimal_places=4, help_text="How much.")
    currency = CodeRef(Currency, allow_null=False, help_text="Code of its currency.")
    received_on = serializers.DateField(required=False, help_text="Day it arrived; today by default.")
    method = serializers.CharField(
        required=False, allow_blank=True, max_length=40, help_text="How it was paid."
    )
    reference = serializers.CharField(
        required=False, allow_blank=True, max_length=100, help_text="What the bank statement says."
    )


# --- what is told ----------------------------------------------------------------------------------


class BucketBody(serializers.Serializer[Any]):
    """What is owed in one bucket of lateness."""

    name = serializers.CharField(help_text="Name of the bucket: not_due, 1-30, 31-60, 61-90, over-90.")
    amount = serializers.DecimalField(**MONEY, help_text="How much, in the currency of the row.")
    amount_base = serializers.DecimalField(**MONEY, help_text="How much, in base currency.")
    count = serializers.IntegerField(help_text="How many invoices and instalments.")


class AgeingRow(serializers.Serializer[Any]):
    """What one customer owes in one currency."""

    account = serializers.UUIDField(allow_null=True, help_text="Id of the account.")
    contact = serializers.UUIDField(
        allow_null=True, help_text="Id of the contact, where there is no account."
    )
    customer_name = serializers.CharField(help_text="Name of the customer.")
    currency = serializers.CharField(help_text="Code of the currency.")
    owed = serializers.DecimalField(**MONEY, help_text="All that is owed.")
    owed_base = serializers.DecimalField(**MONEY, help_text="All that is owed, in base currency.")
    credit = serializers.DecimalField(**MONEY, help_text="Payments and credit notes that settle nothing yet.")
    buckets = many(BucketBody, help_text="What is owed by lateness.")


class AgeingBody(serializers.Serializer[Any]):
    """Who owes what and how late, as of a day."""

    as_of = serializers.DateField(help_text="The day it speaks of.")
    base_currency = serializers.CharField(help_text="Code of the base currency.")
    owed_base = serializers.DecimalField(**MONEY, help_text="All that everybody owes, in base currency.")
    rows = many(AgeingRow, help_text="One row a customer and currency, who owes most first.")


class EntryBody(serializers.Serializer[Any]):
    """One entry of a statement."""

    on = serializers.DateField(help_text="The day it counts from.")
    kind = serializers.CharField(
        help_text="invoice, credit_note, payment, refund, reversal, cancellation or write_off."
    )
    number = serializers.CharField(help_text="Number of the document or payment.")
    reference = serializers.CharField(help_text="Name of the document, reference of the payment.")
    due_on = serializers.DateField(allow_null=True, help_text="Day by which an invoice is to be paid.")
    amount = serializers.DecimalField(**MONEY, help_text="How much more (or, negative, less) is owed by it.")
    balance = serializers.DecimalField(**MONEY, help_text="What is owed after it.")


class StatementBody(serializers.Serializer[Any]):
    """A customer's account in one currency."""

    currency = serializers.CharField(source="currency.code", help_text="Code of the currency.")
    since = serializers.DateField(help_text="First day.")
    until = serializers.DateField(help_text="Last day.")
    opening = serializers.DecimalField(**MONEY, help_text="What was owed before the first day.")
    closing = serializers.DecimalField(**MONEY, help_text="What was owed after the last day.")
    overdue = serializers.DecimalField(**MONEY, help_text="How much of it was overdue.")
    credit = serializers.DecimalField(**MONEY, help_text="Payments and credit notes that settle nothing yet.")
    entries = many(EntryBody, help_text="What happened, in order.")
