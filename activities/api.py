"""Activities through the API: what is planned and done about any record."""

import uuid
from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from activities import actions
from activities.models import Activity
from kernel.api import Narrow, choice, day, search, since
from kernel.bodies import RecordBody
from people.access import visible
from people.removing_api import Removing
from people.resources import OwnerRef, RecordViewSet, TeamRef, owned_by, verb

# What an activity may be about; named here by word because the apps above are not imported from below.
KINDS = {
    "account": "customers.Account",
    "contact": "customers.Contact",
    "lead": "leads.Lead",
    "opportunity": "opportunities.Opportunity",
    "quote": "quotes.Quote",
    "order": "orders.Order",
    "invoice": "invoices.Invoice",
}


def regarded(text: str, user: Any) -> Any:
    """The record that ``lead:<id or number>`` names, or None when there is none in sight."""
    kind, _colon, ref = text.partition(":")
    if kind not in KINDS or not ref or "\x00" in ref:
        return None
    model = apps.get_model(KINDS[kind])
    return visible(user, model._default_manager.by_ref(ref)).first()  # type: ignore[attr-defined]


@extend_schema_field({"type": ["string", "null"], "examples": [f"lead:{uuid.UUID(int=0)}"], "maxLength": 100})
class Regarding(serializers.Field[Any, Any, Any, Any]):
    """What an activity is about, as ``kind:id``."""

    default_error_messages = {"unknown": gettext_lazy("There is no such record.")}

    def to_internal_value(self, data: Any) -> Any:
        found = regarded(data[:100], self.context["request"].user) if isinstance(data, str) else None
        if found is None:
            self.fail("unknown")
        return found

    def to_representation(self, value: Any) -> str:
        return f"{value._meta.model_name}:{value.public_id}"


class ActivityBody(RecordBody):
    """Something to do, or something that was done."""

    regarding = Regarding(
        required=False, allow_null=True,
        help_text=f"What it is about, as `kind:id`; kinds are {', '.join(KINDS)}.",
    )  # fmt: skip
    owner = OwnerRef("activity")
    team = TeamRef("activity")

    related = ("owner", "team")
    prefetched = ("regarding",)
    only_at_creation = frozenset({"regarding"})
    helps = {
        "kind": "What kind of activity it is; a note is done at once.",
        "subject": "What it is, in a line.",
        "body": "What is to be said about it.",
        "due_at": "When it is to be done.",
        "done_at": "When it was done.",
    }

    class Meta:
        model = Activity
        fields = (
            "id", "version", "created_at", "updated_at", "kind", "subject", "body", "due_at", "done_at", "status",
            "regarding", "owner", "team", "custom",
        )  # fmt: skip
        read_only_fields = ("done_at", "status")
        validators: list[Any] = []


def regarding() -> Narrow:
    """Activities about one record."""

    def apply(queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        record = regarded(value, user)
        if record is None:
            raise ValueError(_("There is no such record."))
        about = ContentType.objects.get_for_model(record)
        return queryset.filter(regarding_type=about, regarding_id=record.pk)

    return Narrow("What it is about, as `kind:id` or `kind:number`.", apply)


class ActivityViewSet(Removing, RecordViewSet):
    """Tasks, calls, appointments, e-mails and notes."""

    body = ActivityBody
    row = ActivityBody
    create_action = actions.create_activity
    change_action = actions.change_activity
    filters = {
        "q": search(),
        "status": choice("status", Activity.Status.choices, "Status"),
        "kind": choice("kind", Activity.Kind.choices, "Kind"),
        "owner": owned_by(),
        "regarding": regarding(),
        "due_by": day("due_at__date__lte", "Due on this day or before."),
        "updated_since": since("updated_at", "Changed at this moment or later."),
    }
    ordering = {name: name for name in ("created_at", "updated_at", "due_at")}

    @verb()
    def complete(self, activity: Activity) -> Activity:
        """It is done."""
        return actions.complete_activity(activity, by=self.by)

    @verb()
    def cancel(self, activity: Activity) -> Activity:
        """It will not be done."""
        return actions.cancel_activity(activity, by=self.by)
