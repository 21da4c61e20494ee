"""The shape of what people say about orders."""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.forms import figures
from catalog.numbers import FigureField
from customers.fields import NAMED
from kernel import formats
from kernel.jinja import url
from orders.actions.changing import AGREED
from orders.models import Order
from orders.winning_plan import Plan
from people.access import visible
from quotes.forms import HEADER, DocumentForm
from quotes.models import Quote

DAY = {"type": "date"}


class OrderForm(DocumentForm):
    """Everything one may say about an order but its lines."""

    kind = "order"

    class Meta:
        model = Order
        fields = (
            *HEADER, "customer_po", "ordered_on", "requested_delivery_on", "promised_delivery_on", "shipping_method",
            *Order.ADDRESS_FIELDS,
        )  # fmt: skip
        formfield_callback = figures

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["customer_po"].widget.attrs |= {
            "hx-get": url("orders:same-number"),
            "hx-trigger": "change",
            "hx-target": "next .same-number",
            "hx-include": "[name=account], [name=contact]",
            "hx-vals": json.dumps({"order": str(self.instance.public_id) if self.instance.pk else ""}),
            "hx-push-url": "false",
        }
        if self.instance.pk and self.instance.prices_locked:
            for name in AGREED:
                del self.fields[name]


def meant(data: Mapping[str, Any], user: Any) -> Order | None:
    """The order as far as it is filled in: enough to look for others under the same number."""
    named: dict[str, Any] = {name: find(str(data.get(name, "")), user) for name, find in NAMED.items()}
    if not any(named.values()):
        return None
    own = visible(user, Order.objects.by_ref(str(data.get("order", "")))).values_list("pk", flat=True).first()
    account = named["account"] or getattr(named["contact"], "account", None)
    return Order(
        pk=own, account=account, contact=named["contact"], customer_po=str(data.get("customer_po", ""))
    )


class AcceptForm(forms.Form):
    """The customer said yes: under which number, and is the deal won with it?"""

    customer_po = forms.CharField(label=_("Customer's order number"), max_length=60, required=False)
    wins = forms.BooleanField(label=_("The opportunity is won"), required=False, initial=True)

    def __init__(self, *args: Any, quote: Quote, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if quote.opportunity_id is None:
            del self.fields["wins"]


class WinForm(forms.Form):
    """With which quote a deal is won, for how much, and what becomes of order and other quotes."""

    quote = forms.ModelChoiceField(
        label=_("Accepted quote"), queryset=Quote.objects.none(), required=False, blank=True,
        widget=forms.RadioSelect, empty_label=_("None: no quote is accepted and no order is made"),
    )  # fmt: skip
    suggested = forms.DecimalField(required=False, widget=forms.HiddenInput)
    actual_revenue = FigureField(
        label=_("Actual revenue"), max_digits=15, decimal_places=4, required=False, min_value=0,
    )  # fmt: skip
    closed_on = forms.DateField(label=_("Won on"), widget=forms.DateInput(DAY, format="%Y-%m-%d"))
    then = forms.ChoiceField(label=_("Order"), required=False, widget=forms.RadioSelect)
    close_quotes_as = forms.ChoiceField(
        label=_("Close the other quotes as"), required=False, widget=forms.RadioSelect, initial="canceled",
        choices=[("canceled", _("canceled: superseded by what was agreed")), ("lost", _("lost"))],
    )  # fmt: skip

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        fields: dict[str, Any] = self.fields
        able = [one.quote.pk for one in plan.offers if one.can_win]
        fields["quote"].queryset = (
            Quote.objects.filter(pk__in=able).select_related("currency").order_by("-id")
        )
        fields["quote"].label_from_instance = lambda quote: (
            f"{quote.ref} · {quote.name} · {formats.money(quote.net_amount, quote.currency.code)}"
        )
        fields["actual_revenue"].widget.attrs["data-autofocus"] = True
        fields["then"].choices = self.ways()
        for name in ("then", "close_quotes_as"):  # whoever says nothing of them gets the usual
            fields[name].required = not self.is_bound or name in self.data
        self.initial.setdefault("closed_on", timezone.localdate())
        self.initial = {
            **self.initial,
            "quote": plan.chosen.pk if plan.chosen else None, "actual_revenue": plan.suggested,
            "suggested": plan.suggested, "then": fields["then"].choices[0][0],
        }  # fmt: skip

    def ways(self) -> list[tuple[str, Any]]:
        """What may become of the order; sending it to the ERP only where nothing stands in the way."""
        none = ("none", _("make none now"))
        if not self.plan.places_orders:
            return [none]
        found = [("order", _("create it from the quote, with all lines and the agreed prices"))]
        # Whoever insists on it where something is missing hears from the action what that is.
        if self.plan.can_submit or (self.is_bound and self.plan.pushes):
            found.append(("submit", _("create it and send it to the ERP at once")))
        return [*found, none]

    def said(self) -> dict[str, Any]:
        """What the action takes; an amount that was only suggested follows the quote that was chosen."""
        given = self.cleaned_data
        actual, quote = given["actual_revenue"], given["quote"]
        then = given["then"] or self.ways()[0][0]
        return {
            "quote": quote,
            "actual_revenue": None if actual == given["suggested"] else actual,
            "closed_on": given["closed_on"],
            "order": then != "none",
            "submit": bool(quote) and then == "submit",
            "close_quotes_as": given["close_quotes_as"] or "canceled",
        }


class CancelForm(forms.Form):
    """Why an order is called off."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[
            (Order.Reason.CUSTOMER_REQUEST, _("The customer asked for it")),
            (Order.Reason.NO_MONEY, _("The customer cannot pay")),
            (Order.Reason.OTHER, _("Something else")),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


class QuantitiesForm(forms.Form):
    """How much of each line; ``offered`` says up to how much, which is also what stands there at first."""

    def __init__(self, *args: Any, lines: Sequence[Any], offered: Iterable[Decimal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = list(zip(lines, offered, strict=True))
        for line, most in self.lines:
            self.fields[f"quantity_{line.key}"] = FigureField(
                label=line.description, required=False, min_value=0, max_digits=15, decimal_places=5,
                initial=most, max_value=most,
            )  # fmt: skip

    def rows(self) -> list[tuple[Any, Decimal, forms.BoundField]]:
        """Each line with what is offered of it and its field."""
        return [(line, most, self[f"quantity_{line.key}"]) for line, most in self.lines]

    def quantities(self) -> dict[UUID, Decimal]:
        """What was asked for, by line key."""
        asked = {line.key: self.cleaned_data.get(f"quantity_{line.key}") for line, _most in self.lines}
        return {key: quantity for key, quantity in asked.items() if quantity}

    def clean(self) -> dict[str, Any]:
        if not self.errors and not self.quantities():
            self.add_error(None, _("Choose at least one quantity."))
        return self.cleaned_data
