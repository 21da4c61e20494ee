"""Rows of what a customer has several of, as forms."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.rows import Row, Rows, rows_form
from customers.fields import CustomerField
from customers.models import BookAddress, ContactPoint


class PointRow(Row):
    """An e-mail address or a phone number."""

    key = "value"
    needs = ("kind",)

    kind = forms.ChoiceField(label=_("Kind"), choices=[("", "—"), *ContactPoint.Kind.choices])
    value = forms.CharField(label=_("Number or address"), max_length=254)
    label = forms.CharField(label=_("Label"), max_length=60)
    is_primary = forms.BooleanField(label=_("Primary"))


class AddressRow(Row):
    """A further address; it says something once a kind is chosen."""

    key = "kind"

    kind = forms.ChoiceField(label=_("Kind"), choices=[("", "—"), *BookAddress.Kind.choices])
    label = forms.CharField(label=_("Label"), max_length=60)
    name = forms.CharField(label=_("Recipient"), max_length=200)
    street = forms.CharField(label=_("Street"), max_length=200)
    postcode = forms.CharField(label=_("Postcode"), max_length=20)
    city = forms.CharField(label=_("City"), max_length=100)
    region = forms.CharField(label=_("Region"), max_length=60)
    country = forms.CharField(label=_("Country"), max_length=2)
    is_default = forms.BooleanField(label=_("Default"))


class CompanyRow(Row):
    """A further company of a person."""

    key = "account"

    account = CustomerField("account", label=_("Account"))
    role = forms.CharField(label=_("Role"), max_length=60)
    note = forms.CharField(label=_("Note"), max_length=200)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        account: Any = self.fields["account"]
        account.serve(user, self.initial.get("account"))
        account.widget.user = None  # suggestions come while typing, not with every row
        self.fields["role"].widget = forms.TextInput({"list": "contact-roles", "autocomplete": "off"})


PointsForm: type[Rows] = rows_form(PointRow)
AddressesForm: type[Rows] = rows_form(AddressRow, extra=2)
CompaniesForm: type[Rows] = rows_form(CompanyRow)
