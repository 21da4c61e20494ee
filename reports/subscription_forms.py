"""The shape of what people say about subscriptions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.forms import RecordForm
from reports.models import Subscription
from reports.subscriptions import colleagues, key_of, named_by, subjects

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]
DAYS = [(day, str(day)) for day in range(1, 29)] + [(29, "29"), (30, "30"), (31, _("Last"))]


class SubscriptionForm(RecordForm):
    """What is sent, when, in which form and to whom."""

    subject = forms.ChoiceField(label=_("What"))
    weekday = forms.TypedChoiceField(
        label=_("On"), choices=Subscription.Weekday.choices, coerce=int, required=False,
        empty_value=0,  # type: ignore[arg-type]
        help_text=_("Counts where it goes out every week."),
    )  # fmt: skip
    month_day = forms.TypedChoiceField(
        label=_("On day"), choices=DAYS, coerce=int, required=False, empty_value=1,  # type: ignore[arg-type]
        help_text=_("Counts where it goes out every month; a shorter month has its last day."),
    )  # fmt: skip
    hour = forms.TypedChoiceField(label=_("At"), choices=HOURS, coerce=int)
    recipients: Any = forms.ModelMultipleChoiceField(
        queryset=None, label=_("Goes to"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Each gets what they may see, in their own language and time zone."),
    )  # fmt: skip

    class Meta:
        model = Subscription
        fields = ("name", "every", "weekday", "month_day", "hour", "format", "query")
        widgets = {"query": forms.HiddenInput}

    field_order = (
        "subject",
        "name",
        "every",
        "weekday",
        "month_day",
        "hour",
        "format",
        "recipients",
        "query",
    )

    def __init__(self, *args: Any, user: Any, subject: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        fields: dict[str, Any] = self.fields
        fields["subject"].choices = subjects(user)
        fields["recipients"].queryset = colleagues()
        fields["hour"].help_text = _("By the clock of %(zone)s.") % {"zone": user.time_zone}
        if self.instance.pk:
            self.initial["subject"] = key_of(self.instance)
            there = self.instance.recipients.filter(left_at__isnull=True)
            self.initial["recipients"] = list(there.values_list("user", flat=True))
        else:
            self.initial.setdefault("subject", subject)
            self.initial.setdefault("recipients", [user.pk])

    def clean_subject(self) -> str:
        """Something that is there for this person; what a subscription is about already stays possible."""
        found: str = self.cleaned_data["subject"]
        if named_by(found, self.user) is None:
            raise forms.ValidationError(_("There is no such report or list."))
        return found

    def wanted(self) -> dict[str, Any]:
        """What the action takes."""
        said = self.said_of_fields()
        said |= named_by(said.pop("subject"), self.user) or {}
        return said
