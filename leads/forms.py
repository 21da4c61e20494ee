"""The shape of what people say about leads."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.fields import CustomerField
from customers.forms import ADDRESS, offer
from kernel.forms import RecordForm
from leads.models import Lead
from people.selectors import colleagues


class LeadForm(RecordForm):
    """Everything one may say about a lead; only the topic and a name are needed."""

    account = CustomerField("account", label=_("Existing account"))
    contact = CustomerField("contact", label=_("Existing contact"))

    class Meta:
        model = Lead
        fields = (
            "topic", "first_name", "last_name", "company", "job_title", "email", "phone", "mobile", "website",
            "account", "contact", *ADDRESS, "source", "campaign", "rating", "industry", "estimated_value",
            "estimated_close_on", "budget_amount", "budget_status", "timeframe", "purchase_process",
            "decision_maker", "need", "do_not_email", "do_not_phone",
        )  # fmt: skip

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, user, "lead", "account", "contact")


class DisqualifyForm(forms.Form):
    """Why a lead is given up."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[(r.value, r.label) for r in Lead.Reason if r in Lead.REASONS["disqualified"]],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea({"rows": 3}))


class AssignForm(forms.Form):
    """Who works on it from now on."""

    owner: Any = forms.ModelChoiceField(
        queryset=None, label=_("Owner"), empty_label=_("Nobody: the team's queue"), required=False
    )

    def __init__(self, *args: Any, user: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["owner"]
        field.queryset = colleagues(user, kind)
