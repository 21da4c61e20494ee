"""The shape of what people say about invoices and payments."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.forms import figures
from catalog.numbers import FigureField
from invoices.models import Invoice
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
    """Money received: how much, when, how."""

    amount = FigureField(label=_("Amount"), max_digits=15, decimal_places=4)
    received_on = forms.DateField(label=_("Received on"), widget=forms.DateInput(DAY, format="%Y-%m-%d"))
    method = forms.CharField(
        label=_("Method"), max_length=40, required=False, help_text=_("Such as bank transfer, card or cash.")
    )
    reference = forms.CharField(label=_("Reference"), max_length=100, required=False)
    keep_excess = forms.BooleanField(
        label=_("Keep what is too much as the customer's credit"), required=False,
    )  # fmt: skip

    def __init__(self, *args: Any, invoice: Invoice, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["amount"] = round(invoice.balance, invoice.currency.digits)
        self.initial["received_on"] = timezone.localdate()


class CreditForm(QuantitiesForm):
    """What is taken back: all that is left of the invoice, or so much of each line."""

    extent = forms.ChoiceField(
        label=_("Credit"), initial="whole", widget=forms.RadioSelect,
        choices=[
            ("whole", _("The whole invoice, as far as it is not credited yet")),
            ("lines", _("Only these quantities")),
        ],
    )  # fmt: skip
    note = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        return super().clean() if self.cleaned_data.get("extent") == "lines" else self.cleaned_data

    def wanted(self) -> dict[str, Any]:
        """What the action is told."""
        by_line = self.cleaned_data["extent"] == "lines"
        return {"quantities": self.quantities() if by_line else None, "note": self.cleaned_data["note"]}


class FromOrderForm(QuantitiesForm):
    """How much of each line of an order is invoiced now."""

    def __init__(self, *args: Any, lines: Sequence[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, lines=lines, offered=[line.quantity_to_invoice for line in lines], **kwargs)
