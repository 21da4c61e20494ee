"""The shape of what people say about invoices and payments."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.forms import figures
from catalog.models import Currency
from catalog.numbers import FigureField
from invoices.actions.settling import KEEP, NEXT, REFUSE
from invoices.models import Invoice
from kernel.formats import money
from kernel.forms import plain
from orders.forms import DAY, QuantitiesForm
from orders.models import OrderLine
from quotes.forms import HEADER, DocumentForm


class InvoiceForm(DocumentForm):
    """Everything one may say about a new invoice but its lines."""

    kind = "invoice"

    class Meta:
        model = Invoice
        fields = (*HEADER, "due_on", *Invoice.ADDRESS_FIELDS)
        formfield_callback = figures


class PayForm(forms.Form):
    """Money received: how much, when, how; and what becomes of what is too much."""

    amount = FigureField(label=_("Amount"), max_digits=15, decimal_places=4)
    received_on = forms.DateField(label=_("Received on"), widget=forms.DateInput(DAY, format="%Y-%m-%d"))
    method = forms.CharField(
        label=_("Method"), max_length=40, required=False, help_text=_("Such as bank transfer, card or cash.")
    )
    reference = forms.CharField(label=_("Reference"), max_length=100, required=False)
    take_discount = forms.BooleanField(label=_("Grant the early-payment discount"), required=False)
    excess = forms.ChoiceField(
        label=_("If it is more than is owed"), initial=REFUSE, required=False, widget=forms.RadioSelect,
        choices=[
            (REFUSE, _("It is a typing error: say so")),
            (NEXT, _("Settle the customer's next oldest invoices, keep the rest as credit")),
            (KEEP, _("Keep it as the customer's credit")),
        ],
    )  # fmt: skip

    def __init__(self, *args: Any, invoice: Invoice, discount: Decimal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        digits = invoice.currency.digits
        self.initial["amount"] = round(invoice.balance, digits)
        self.initial["received_on"] = timezone.localdate()
        if discount:
            self.fields["take_discount"].label = _("Grant the early-payment discount of %(discount)s") % {
                "discount": money(discount, invoice.currency.code)
            }
            self.fields["take_discount"].help_text = _("Then %(rest)s is to be paid.") % {
                "rest": money(invoice.balance - discount, invoice.currency.code)
            }
        elif not (invoice.payment_terms and invoice.payment_terms.early_percent):
            del self.fields["take_discount"]

    def clean_excess(self) -> str:
        return self.cleaned_data["excess"] or REFUSE


class CreditForm(QuantitiesForm):
    """What is taken back: all that is left of the invoice, so much of each line, or an amount."""

    extent = forms.ChoiceField(
        label=_("Credit"), initial="whole", widget=forms.RadioSelect,
        choices=[
            ("whole", _("The whole invoice, as far as it is not credited yet")),
            ("lines", _("Only these quantities")),
            ("amount", _("An amount, spread over all lines and their tax")),
        ],
    )  # fmt: skip
    amount = FigureField(label=_("Amount, tax included"), max_digits=15, decimal_places=4, required=False)
    freight = forms.BooleanField(label=_("Freight too"), required=False)
    bill_again = forms.BooleanField(
        label=_("Bill again"), required=False,
        help_text=_("The order's quantities are free to be invoiced again. Otherwise they stay credited."),
    )  # fmt: skip
    note = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, invoice: Invoice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if invoice.order_id is None:
            del self.fields["bill_again"]
        if not invoice.freight:
            del self.fields["freight"]

    def clean(self) -> dict[str, Any]:
        extent = self.cleaned_data.get("extent")
        if extent == "amount" and not self.errors and self.cleaned_data.get("amount") is None:
            self.add_error("amount", _("Say how much."))
        return super().clean() if extent == "lines" else self.cleaned_data

    def wanted(self) -> dict[str, Any]:
        """What the action is told."""
        said = self.cleaned_data
        found: dict[str, Any] = {"note": said["note"], "bill_again": said.get("bill_again", False)}
        if said["extent"] == "lines":
            found |= {"quantities": self.quantities(), "freight": said.get("freight", False)}
        elif said["extent"] == "amount":
            found["amount"] = said["amount"]
        return found


class UseCreditForm(forms.Form):
    """Which credit settles which invoice, and how much of it."""

    choice = forms.ChoiceField(label=_("Credit"), widget=forms.RadioSelect)
    amount = FigureField(label=_("Amount"), max_digits=15, decimal_places=4)

    def __init__(
        self, *args: Any, label: Any, choices: Sequence[tuple[str, str]], amount: Decimal, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["choice"]
        chosen.label, chosen.choices = label, choices
        self.initial.update(amount=plain(amount), choice=choices[0][0] if choices else "")


class RefundForm(forms.Form):
    """Money paid back: how much, when, how."""

    amount = FigureField(label=_("Amount"), max_digits=15, decimal_places=4)
    paid_on = forms.DateField(label=_("Paid on"), widget=forms.DateInput(DAY, format="%Y-%m-%d"))
    method = forms.CharField(label=_("Method"), max_length=40, required=False)
    reference = forms.CharField(label=_("Reference"), max_length=100, required=False)
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, left: Decimal, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(amount=plain(left), paid_on=timezone.localdate())


class ReverseForm(forms.Form):
    """Why a payment was a mistake."""

    reason = forms.CharField(label=_("Why it was a mistake"), max_length=200)
    reversed_on = forms.DateField(
        label=_("Counts from"), widget=forms.DateInput(DAY, format="%Y-%m-%d"),
        help_text=_("What was owed before that day stays as it was."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["reversed_on"] = timezone.localdate()


class NoteForm(forms.Form):
    """Why something is done."""

    note = forms.CharField(label=_("Reason"), max_length=200, required=False)


class MailForm(forms.Form):
    """An e-mail before it is sent."""

    to = forms.CharField(
        label=_("To"), max_length=900, help_text=_("Several addresses stand between commas.")
    )
    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(label=_("Text"), max_length=8000, widget=forms.Textarea(attrs={"rows": 9}))


class CustomerPaymentForm(forms.Form):
    """Money received from a customer, whatever it is for."""

    amount = FigureField(label=_("Amount"), max_digits=15, decimal_places=4)
    currency = forms.ModelChoiceField(
        label=_("Currency"), queryset=Currency.objects.all(), empty_label=None, to_field_name="code"
    )
    received_on = forms.DateField(label=_("Received on"), widget=forms.DateInput(DAY, format="%Y-%m-%d"))
    method = forms.CharField(label=_("Method"), max_length=40, required=False)
    reference = forms.CharField(label=_("Reference"), max_length=100, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["received_on"] = timezone.localdate()


class FromOrderForm(QuantitiesForm):
    """How much of each line of an order is invoiced now."""

    def __init__(self, *args: Any, lines: Sequence[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, lines=lines, offered=[line.quantity_to_invoice for line in lines], **kwargs)
