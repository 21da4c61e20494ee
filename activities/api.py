"""Activities through the API: what is planned and done about any record."""

import datetime as dt
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
from activities.participants import guests
from kernel.api import Narrow, choice, day, search, since
from kernel.bodies import RecordBody, StepBody
from kernel.errors import DomainError
from people.access import visible
from people.models import User
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


class People(serializers.ListField):
    """Who takes part: ``@username`` or an e-mail address, each."""

    child = serializers.CharField(max_length=254)

    def to_internal_value(self, data: Any) -> Any:
        names = super().to_internal_value(data)
        try:
            return guests(",".join(names), user=self.context["request"].user)
        except DomainError as refusal:
            raise serializers.ValidationError(str(refusal), code=refusal.code) from refusal

    def to_representation(self, data: Any) -> list[str]:
        return [one.said for one in data.all()]


class ActivityBody(RecordBody):
    """Something to do, or something that was done."""

    participants = People(
        required=False,
        max_length=50,
        help_text="Who takes part: `@username` of colleagues, else e-mail addresses.",
    )
    done = serializers.BooleanField(
        required=False, write_only=True, help_text="It has been done already; a note always has."
    )
    regarding = Regarding(
        required=False, allow_null=True,
        help_text=f"What it is about, as `kind:id`; kinds are {', '.join(KINDS)}.",
    )  # fmt: skip
    owner = OwnerRef("activity")
    team = TeamRef("activity")

    related = ("owner", "team")
    prefetched = ("regarding", "participants__user", "participants__contact")
    only_at_creation = frozenset({"regarding", "done"})
    helps = {
        "kind": "What kind of activity it is; a note is done at once.",
        "subject": "What it is, in a line.",
        "body": "What is to be said about it.",
        "due_at": "When it is to be done, or begins.",
        "ends_at": "When it ends.",
        "done_at": "When it was done.",
        "priority": "How urgent it is.",
        "direction": "Who called or wrote: `out` we, `in` they.",
        "minutes": "How long it took.",
        "place": "Where.",
        "sender": "Who wrote the e-mail.",
        "recipients": "Whom the e-mail was written to.",
        "outcome": "How a call or an appointment went.",
        "result": "What came of it.",
    }

    class Meta:
        model = Activity
        fields = (
            "id", "version", "created_at", "updated_at", "kind", "subject", "body", "due_at", "ends_at", "done_at",
            "priority", "direction", "minutes", "place", "participants", "sender", "recipients", "outcome", "result",
            "done", "status", "regarding", "owner", "team", "custom",
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


class CompleteBody(StepBody):
    """What came of it."""

    outcome = serializers.ChoiceField(
        choices=Activity.Outcome.choices, required=False, help_text="How a call or an appointment went."
    )
    minutes = serializers.IntegerField(
        required=False, min_value=0, max_value=1440, help_text="How long it took."
    )
    result = serializers.CharField(required=False, max_length=5000, help_text="What came of it.")


class SnoozeBody(StepBody):
    """Until when it is put off."""

    until = serializers.DateTimeField(help_text="A moment to come.")


class GiveBody(StepBody):
    """To whom."""

    owner = OwnerRef("activity", required=True, allow_null=False, help_text="Username of whom it is for.")


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
        "priority": choice("priority", Activity.Priority.choices, "Priority"),
        "due_by": day("due_at__date__lte", "Due on this day or before."),
        "updated_since": since("updated_at", "Changed at this moment or later."),
    }
    ordering = {name: name for name in ("created_at", "updated_at", "due_at")}

    @verb(CompleteBody)
    def complete(self, activity: Activity, **results: Any) -> Activity:
        """It is done, and this came of it."""
        return actions.complete_activity(activity, by=self.by, **results)

    @verb()
    def cancel(self, activity: Activity) -> Activity:
        """It will not be done."""
        return actions.cancel_activity(activity, by=self.by)

    @verb()
    def reopen(self, activity: Activity) -> Activity:
        """It is to be done after all."""
        return actions.reopen_activity(activity, by=self.by)

    @verb(SnoozeBody)
    def snooze(self, activity: Activity, *, until: dt.datetime) -> Activity:
        """Not now but then; its end moves along."""
        return actions.snooze_activity(activity, by=self.by, until=until)

    @verb(GiveBody)
    def assign(self, activity: Activity, *, owner: User) -> Activity:
        """Give it to somebody, who is told."""
        return actions.assign_activity(activity, by=self.by, owner=owner)
