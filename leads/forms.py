"""The shape of what people say about leads."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.fields import CustomerField
from customers.forms import ADDRESS, offer
from kernel.forms import RecordForm
from leads.models import AssignmentRule, Lead
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
            "decision_maker", "need", "do_not_email", "do_not_phone", "do_not_bulk_email", "do_not_post",
            "consent_at", "consent_note",
        )  # fmt: skip

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, user, "lead", "account", "contact")


class NewLeadForm(LeadForm):
    """A new lead, and whose it is: one's own, or as the rules say."""

    assign_to = forms.ChoiceField(
        label=_("Whose lead is it"),
        choices=[("me", _("Mine")), ("rules", _("As the assignment rules say"))],
        required=False,
        initial="me",
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.user = user
        if not AssignmentRule.objects.filter(is_active=True).exists():
            del self.fields["assign_to"]

    def wanted(self) -> dict[str, Any]:
        """What the action takes; without an owner the rules decide."""
        values = dict(self.cleaned_data)
        if values.pop("assign_to", "") != "rules":
            values |= {"owner": self.user, "team": self.user.team}
        return values


class DisqualifyForm(forms.Form):
    """Why a lead is given up."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[(r.value, r.label) for r in Lead.Reason if r in Lead.REASONS["disqualified"]],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea({"rows": 3}))
    revisit_on = forms.DateField(
        label=_("Look at it again on"), required=False, help_text=_("Becomes a task of the owner on that day."),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


class DisqualifyManyForm(DisqualifyForm):
    """Why many leads are given up at once."""

    def __init__(self, *args: Any, user: Any = None, model: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class AssignForm(forms.Form):
    """Who works on it from now on."""

    owner: Any = forms.ModelChoiceField(
        queryset=None, label=_("Owner"), empty_label=_("Nobody: the team's queue"), required=False
    )

    def __init__(self, *args: Any, user: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["owner"]
        field.queryset = colleagues(user, kind)


class AssignManyForm(AssignForm):
    """Who works on many leads from now on."""

    def __init__(self, *args: Any, user: Any, model: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, user=user, kind="lead", **kwargs)
