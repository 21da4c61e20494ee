"""The shape of what people plan, note and log."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.models import Activity, Notification
from activities.participants import as_text
from kernel.forms import RecordForm, use_native_picker
from people.models import User
from people.selectors import colleagues

LONG = 20_000
CALLED = ("reached", "not_reached", "left_message")


class ActivityForm(RecordForm):
    """Something to do, or a note of something done; which fields show follows from the kind."""

    participants = forms.CharField(
        label=_("With"), required=False, max_length=2000,
        help_text=_("Colleagues as @username, others by e-mail address, with commas between."),
    )  # fmt: skip

    class Meta:
        model = Activity
        fields = (
            "kind", "subject", "due_at", "ends_at", "place", "participants", "direction", "minutes", "outcome",
            "sender", "recipients", "priority", "body",
        )  # fmt: skip

    field_order = Meta.fields

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].widget.attrs |= {"rows": 3, "data-mentions": ""}
        for name in ("body", "priority"):
            self.fields[name].required = False
        self.fields["participants"].widget.attrs["data-mentions"] = ""
        if self.initial.get("kind") and not self.instance.pk:
            self.fields["subject"].widget.attrs["autofocus"] = True
        if self.instance.pk:
            self.initial.setdefault("participants", as_text(self.instance))
            if self.instance.kind != Activity.Kind.NOTE:
                kinds: Any = self.fields["kind"]
                kinds.choices = [pair for pair in kinds.choices if pair[0] != Activity.Kind.NOTE]

    def clean_priority(self) -> str:
        return self.cleaned_data["priority"] or Activity.Priority.NORMAL


class LogForm(forms.Form):
    """What all forms of the composer share."""

    kind = ""
    words: Any = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Several of these forms stand on one page: each field needs an id of its own.
        super().__init__(*args, **{"auto_id": f"log-{self.kind}-%s", **kwargs})

    def values(self) -> dict[str, Any]:
        """What the action is told."""
        return {"kind": self.kind, "done": True, **self.cleaned_data}


def long_text(label: Any, *, required: bool = False) -> forms.CharField:
    box = forms.Textarea({"rows": 2, "data-mentions": ""})
    return forms.CharField(label=label, required=required, max_length=LONG, widget=box)


def direction() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Direction"), choices=Activity.Direction, initial="out")


class NoteForm(LogForm):
    kind = "note"
    words = _("Note")

    body = long_text(_("Note"), required=True)

    def values(self) -> dict[str, Any]:
        """The first line is what a note is called."""
        body = self.cleaned_data["body"].strip()
        first = body.splitlines()[0].strip()
        short = first if len(first) <= 120 else f"{first[:117]}…"
        return {"kind": self.kind, "subject": short, "body": body if body != short else ""}


class CallForm(LogForm):
    kind = "call"
    words = _("Call")

    subject = forms.CharField(label=_("Subject"), max_length=200)
    direction = direction()
    minutes = forms.IntegerField(label=_("Minutes"), required=False, min_value=0, max_value=1440)
    outcome = forms.ChoiceField(
        label=_("Outcome"), required=False,
        choices=[("", "–"), *[pair for pair in Activity.Outcome.choices if pair[0] in CALLED]],
    )  # fmt: skip
    body = long_text(_("What was said"))


class MailForm(LogForm):
    kind = "email"
    words = _("E-mail")

    direction = direction()
    sender = forms.CharField(label=_("From"), required=False, max_length=254)
    recipients = forms.CharField(label=_("To"), required=False, max_length=1000)
    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = long_text(_("Text"))


class TaskForm(LogForm):
    """A line of text, and how it was read when that was shown."""

    kind = "task"
    words = _("Task")

    text = forms.CharField(
        label=_("What and when"), max_length=200,
        help_text=_("Such as: call Ada fri 15:00"),
    )  # fmt: skip


LOGS: dict[str, type[LogForm]] = {form.kind: form for form in (NoteForm, CallForm, MailForm, TaskForm)}


class CompleteForm(forms.ModelForm[Activity]):
    """What came of it, and what comes next; all of it may be left empty."""

    next_step = forms.CharField(
        label=_("Next step?"), required=False, max_length=200, help_text=_("Such as: call Ada fri 15:00")
    )

    class Meta:
        model = Activity
        fields = ("outcome", "minutes", "result")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["result"].widget.attrs["rows"] = 2
        if self.instance.kind not in (Activity.Kind.CALL, Activity.Kind.APPOINTMENT):
            del self.fields["outcome"], self.fields["minutes"]

    def clean(self) -> dict[str, Any]:
        return self.cleaned_data

    def results(self) -> dict[str, Any]:
        """What the action is told; what was not asked for stays as it is."""
        sent = {name for name in ("outcome", "minutes", "result") if name in self.data}
        return {name: value for name, value in self.cleaned_data.items() if name in sent}


class SnoozeForm(forms.Form):
    """Until when."""

    until = forms.DateTimeField(label=_("Until"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        use_native_picker(self.fields["until"])
        self.initial.setdefault("until", timezone.localtime())


class GiveForm(forms.Form):
    """To whom."""

    owner = forms.ModelChoiceField(queryset=User.objects.none(), label=_("To"), empty_label=None)

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["owner"]
        field.queryset = colleagues(user, "activity")


class NewsForm(forms.Form):
    """How one wants to hear of each kind of news."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, label in Notification.Kind.choices:
            self.fields[f"bell_{kind}"] = forms.BooleanField(label=_("In the bell"), required=False)
            self.fields[f"mail_{kind}"] = forms.ChoiceField(label=label, choices=Notification.Mail.choices)

    def ways(self) -> dict[str, tuple[bool, str]]:
        said = self.cleaned_data
        return {kind: (said[f"bell_{kind}"], said[f"mail_{kind}"]) for kind in Notification.Kind.values}
