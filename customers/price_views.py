"""The page on which one asks what something would cost."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from catalog.models import Currency, PriceList, Unit
from catalog.numbers import FigureField
from catalog.rates import base_currency
from catalog.rows import OneProductField
from customers.fields import CustomerField
from customers.simulator import Question, simulate
from kernel.forms import attempt
from kernel.http import HtmxRequest, page
from people.access import hidden_fields

DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class PriceForm(forms.Form):
    """How much of what, for whom, when."""

    product = OneProductField(help_text=_("SKU or name."))
    quantity = FigureField(label=_("Quantity"), max_digits=15, decimal_places=5, required=False)
    unit = forms.ModelChoiceField(
        label=_("Unit"), queryset=Unit.objects.order_by("group", "factor"), required=False,
        to_field_name="code", empty_label=_("The product's own"),
    )  # fmt: skip
    account = CustomerField("account", label=_("Account"))
    on = forms.DateField(label=_("On"), required=False, widget=DAY)
    currency = forms.ModelChoiceField(
        label=_("Currency"), queryset=Currency.objects.order_by("code"), required=False,
        to_field_name="code", empty_label=_("The customer's"),
    )  # fmt: skip
    price_list = forms.ModelChoiceField(
        label=_("Price list"), queryset=PriceList.objects.filter(is_active=True).order_by("name"), required=False,
        to_field_name="public_id", empty_label=_("The usual one"),
    )  # fmt: skip

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account: Any = self.fields["account"]
        account.serve(user)
        self.initial.setdefault("on", timezone.localdate())
        self.initial.setdefault("quantity", 1)

    def asked(self) -> Question:
        """What was filled in; what was left empty is for the usual rules."""
        return Question(
            **{name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        )


@require_GET
def prices(request: HtmxRequest) -> HttpResponse:
    """What so much of a product costs a customer, with every step that leads there; asked by the address alone."""
    hidden = hidden_fields(request.user, "product")
    form = PriceForm(request.GET if "product" in request.GET else None, user=request.user)
    answer = None
    if form.is_valid():
        answer = attempt(form, lambda: simulate(form.asked(), shows_costs="current_cost" not in hidden))
    context = {"form": form, "answer": answer, "base": base_currency()}
    return page(request, "customers/prices.html", context)
