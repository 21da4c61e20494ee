"""The shape of what people plan and note."""

from typing import Any

from activities.models import Activity
from kernel.forms import RecordForm


class ActivityForm(RecordForm):
    """Something to do, or a note of something done."""

    class Meta:
        model = Activity
        fields = ("kind", "subject", "due_at", "body")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].widget.attrs["rows"] = 3
