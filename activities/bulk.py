"""A task for each of many records."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.actions import create_activity
from activities.models import Activity
from kernel.forms import use_native_picker
from kernel.tables.bulk import BulkAction, offer
from people.models import User


class TaskForm(forms.Form):
    """What is to be done about each of them, and when."""

    subject = forms.CharField(label=_("Task"), max_length=200)
    due_at = forms.DateField(label=_("Due"), required=False)

    def __init__(self, data: Any = None, *, user: Any, model: Any) -> None:
        super().__init__(data)
        use_native_picker(self.fields["due_at"])


def add_task(record: Any, *, by: User, subject: str, due_at: Any = None) -> Activity:
    """Plan the same task about a record, for whoever asks."""
    due = forms.DateTimeField().to_python(due_at) if due_at else None
    return create_activity(by=by, regarding=record, kind=Activity.Kind.TASK, subject=subject, due_at=due)


TASK = BulkAction("task", _("Add a task"), "view", act=add_task, form=TaskForm, icon="calendar-plus")
offer(TASK, "lead", "account", "contact", "opportunity", "quote", "order", "invoice")
