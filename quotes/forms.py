"""The shape of what people say about quotes, and about the header that every document shares."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.forms import figures
from catalog.models import PriceList
from customers.fields import CustomerField
from customers.forms import LanguageField, offer
from customers.terms import said_of_usual
from kernel.forms import RecordForm
from opportunities.deals import terms
from opportunities.models import Competitor, LossReason, Opportunity
from quotes.models import Quote

MOST_COMPETITORS = 500  # that are offered by name

MONEY = ("discount_percent", "discount_amount", "freight")
EMPTY: tuple[Any, ...] = (None, "")


class DocumentForm(RecordForm):
    """The header of a document: who buys, in which money, on which terms, to which address."""

    account = CustomerField("account", label=_("Account"), hint=_("Who buys: name or number of a company."))
    contact = CustomerField("contact", label=_("Contact"), hint=_("The person there, or who buys alone."))
    kind: ClassVar[str] = ""

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, user, self.kind, "account", "contact")
        # One of the two is enough: the account is asked for unless a contact is given.
        self.fields["account"].required = not (self.is_bound and self.data.get("contact", "").strip())
        self.fields["currency"].required = False
        self.fields["name"].required = False
        lists = PriceList.objects.filter(is_active=True).order_by("name")
        field: Any = self.fields["price_list"]
        field.queryset = lists | PriceList.objects.filter(pk=self.instance.price_list_id).order_by("name")
        self.fields["currency"].help_text = _("Left empty, it is the customer's.")
        field.help_text = said_of_usual(self.instance)

    def clean(self) -> dict[str, Any]:
        """Somebody buys; what is left empty of name and money comes from the customer."""
        values = self.cleaned_data
        account, contact = values.get("account"), values.get("contact")
        if account is None and contact is not None:
            values["account"] = contact.account
        for name in MONEY:
            if name in self.fields and values.get(name) is None:
                values[name] = 0
        if not self.errors:
            values |= {k: v for k, v in terms(values).items() if not values.get(k)}
            values["name"] = values.get("name") or str(values["account"] or contact)
        return values

    def _post_clean(self) -> None:
        """The action writes, so nothing is put into the record here."""

    def said(self) -> dict[str, Any]:
        """What was filled in; what was left empty is for the action's defaults."""
        return {name: value for name, value in self.cleaned_data.items() if value not in EMPTY}


HEADER = ("name", "account", "contact", "currency", "price_list", "payment_terms", *MONEY, "freight_tax_code")


class QuoteForm(DocumentForm):
    """Everything one may say about a quote but its lines."""

    kind = "quote"

    language = LanguageField()

    class Meta:
        model = Quote
        fields = (
            *HEADER, "effective_from", "expires_on", "freight_terms", "shipping_method", "requested_delivery_on",
            "terms_text", "language", *Quote.ADDRESS_FIELDS,
        )  # fmt: skip
        formfield_callback = figures


class CloseForm(forms.Form):
    """Why an offer ends."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[
            (Quote.Reason.LOST, _("Lost to somebody else")),
            (Quote.Reason.CANCELED, _("No longer needed")),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


class AskForm(forms.Form):
    """Why somebody should agree to more than one's limits allow."""

    note = forms.CharField(
        label=_("Why it should be approved"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class DecisionForm(forms.Form):
    """Why a request is refused."""

    note = forms.CharField(
        label=_("Why it is not approved"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    approval = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class LoseForm(forms.Form):
    """Why a deal was lost, to whom, and whether the customer is asked again."""

    loss_reason = forms.ModelChoiceField(
        label=_("Reason"), queryset=LossReason.objects.filter(is_active=True), widget=forms.RadioSelect,
    )  # fmt: skip
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[
            (Opportunity.Reason.OUT_SOLD, _("Out-sold: they bought elsewhere")),
            (Opportunity.Reason.CANCELED, _("Canceled: they buy nothing")),
        ],
        widget=forms.RadioSelect,
    )
    competitor = forms.CharField(
        label=_("Competitor"), max_length=100, required=False,
        help_text=_("Who got it; a new name becomes known."),
        widget=forms.TextInput({"list": "known-competitors", "autocomplete": "off"}),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    revisit_on = forms.DateField(
        label=_("Revisit on"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Makes a task of the owner for that day."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own: Any = self.fields["loss_reason"]
        rows = list(own.queryset)
        own.choices = [
            (one.pk, f"{one.name} ({str(one.get_status_reason_display()).lower()})") for one in rows
        ]
        # The organization's own reasons lead; one of the two fixed ones is enough for whoever says only that.
        own.required = bool(rows) and not self.data.get("reason")
        self.fields["reason"].required = not rows
        self.asks_fixed = not rows
        known = Competitor.objects.filter(is_active=True)
        self.competitors = list(known.values_list("name", flat=True)[:MOST_COMPETITORS])
