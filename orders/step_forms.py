"""The shape of what people say when an order takes a step."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.numbers import FigureField
from orders.actions import Wish
from orders.forms import DAY, QuantitiesForm
from orders.models import Order, OrderLine


def day(label: Any, **more: Any) -> forms.DateField:
    """A day that may be left empty, asked for with the browser's calendar."""
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(DAY, format="%Y-%m-%d"), **more
    )


def words(label: Any, *, required: bool = False, **more: Any) -> forms.CharField:
    """A few sentences."""
    return forms.CharField(
        label=label, required=required, max_length=2000, widget=forms.Textarea({"rows": 3}), **more
    )


def figure(label: Any, initial: Decimal, **more: Any) -> FigureField:
    return FigureField(
        label=label, required=False, min_value=0, max_digits=15, decimal_places=5, initial=initial, **more
    )


class FulfillForm(QuantitiesForm):
    """What left for the customer on which delivery note, and what comes later."""

    delivery_note = forms.CharField(label=_("Delivery note"), max_length=60, required=False)
    shipped_on = forms.DateField(label=_("Shipped on"), widget=forms.DateInput(DAY, format="%Y-%m-%d"))
    carrier = forms.CharField(label=_("Carrier"), max_length=60, required=False)
    tracking = forms.CharField(label=_("Tracking number"), max_length=100, required=False)

    def __init__(self, *args: Any, order: Order, lines: Sequence[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, lines=lines, offered=[line.quantity_open for line in lines], **kwargs)
        for line in lines:
            # What waits for later goods is not offered to leave now.
            ready = max(line.quantity_open - line.quantity_backordered, Decimal(0))
            self.fields[f"quantity_{line.key}"].initial = ready
            self.fields[f"backordered_{line.key}"] = figure(
                line.description, line.quantity_backordered, max_value=line.quantity_open
            )
        self.initial.setdefault("shipped_on", timezone.localdate())
        if not self.is_bound:
            self.fields["delivery_note"].required = True  # it is optional only where nothing leaves
            count = order.shipments.count() + 1
            self.initial.setdefault("delivery_note", f"{order.number.replace('ORD', 'DN', 1)}-{count}")

    def rows_with_later(self) -> list[tuple[Any, Decimal, forms.BoundField, forms.BoundField]]:
        """Each line with what is open of it, what leaves now and what comes later."""
        return [(line, most, bound, self[f"backordered_{line.key}"]) for line, most, bound in self.rows()]

    def backordered(self) -> dict[UUID, Decimal]:
        """What was changed of what comes later, by line key."""
        said = {line: self.cleaned_data.get(f"backordered_{line.key}") for line, _most in self.lines}
        return {
            line.key: quantity or Decimal(0)
            for line, quantity in said.items()
            if (quantity or 0) != line.quantity_backordered
        }

    def clean(self) -> dict[str, Any]:
        if self.errors:
            return self.cleaned_data
        ships = self.quantities()
        if not ships and not self.backordered():
            self.add_error(None, _("Choose at least one quantity."))
        if ships and not self.cleaned_data["delivery_note"]:
            self.add_error("delivery_note", _("What leaves has a delivery note."))
        return self.cleaned_data


class CloseRestForm(QuantitiesForm):
    """How much of what is still open is given up."""

    note = words(_("Note"))

    def __init__(self, *args: Any, lines: Sequence[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, lines=lines, offered=[line.quantity_open for line in lines], **kwargs)


class PromiseForm(forms.Form):
    """The days that are promised, for the order and where a line has one of its own."""

    promised_delivery_on = day(
        _("Promised delivery"), help_text=_("For all lines without a day of their own.")
    )

    def __init__(self, *args: Any, order: Order, lines: Sequence[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        self.initial.setdefault("promised_delivery_on", order.promised_delivery_on)
        for line in lines:
            self.fields[f"promised_{line.key}"] = day(line.description, initial=line.promised_on)

    def rows(self) -> list[tuple[OrderLine, forms.BoundField]]:
        return [(line, self[f"promised_{line.key}"]) for line in self.lines]

    def days(self) -> dict[UUID, dt.date | None]:
        """The day of each line as it was filled in."""
        return {line.key: self.cleaned_data[f"promised_{line.key}"] for line in self.lines}


class WishForm(forms.Form):
    """What should change in a submitted order: in words, and line by line."""

    text = words(
        _("What should change"), help_text=_("In words; what is clear from the quantities needs none.")
    )
    requested_delivery_on = day(_("Requested delivery"))

    def __init__(self, *args: Any, order: Order, lines: Sequence[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = lines
        self.initial.setdefault("requested_delivery_on", order.requested_delivery_on)
        for line in lines:
            self.fields[f"quantity_{line.key}"] = figure(line.description, line.quantity)
            self.fields[f"wanted_{line.key}"] = day(line.description, initial=line.promised_on)

    def rows(self) -> list[tuple[OrderLine, forms.BoundField, forms.BoundField]]:
        return [(line, self[f"quantity_{line.key}"], self[f"wanted_{line.key}"]) for line in self.lines]

    def wishes(self) -> dict[UUID, Wish]:
        """What was filled in line by line; the action sees what differs."""
        said = self.cleaned_data
        return {
            line.key: Wish(said[f"quantity_{line.key}"], said[f"wanted_{line.key}"]) for line in self.lines
        }


class AnswerForm(forms.Form):
    """The answer to the change request that was seen."""

    request = forms.UUIDField(widget=forms.HiddenInput, required=False)
    answer = words(_("Answer"))


class RejectForm(AnswerForm):
    """Why the change is not made."""

    answer = words(_("Why not?"), required=True)


class OverrideForm(forms.Form):
    """Why the customer may owe more than its limit."""

    reason = words(_("Reason"), required=True, help_text=_("It is kept in the history of the order."))


class CopyForm(forms.Form):
    """At which prices the same is ordered again."""

    prices = forms.ChoiceField(
        label=_("Prices"),
        choices=[
            ("today", _("Today's, from the price list")),
            ("kept", _("As they were agreed for this order")),
        ],
        initial="today",
        widget=forms.RadioSelect,
    )
    customer_po = forms.CharField(
        label=_("Customer's order number"),
        max_length=60,
        required=False,
        help_text=_("That of the new order."),
    )
