"""Activities in the back office, and what hangs on records through them."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from activities import actions
from activities.models import (
    Activity,
    Attachment,
    CalendarFeed,
    Follow,
    Notification,
    NotificationSetting,
    Participant,
    Snooze,
)
from kernel.admin import ReadOnly, for_each
from people.office import RecordAdmin
from people.removing import remove_record


@admin.register(Activity)
class ActivityAdmin(RecordAdmin):
    creating = actions.create_activity
    changing = actions.change_activity
    deleting = remove_record
    writable = actions.FIELDS
    list_display = ["subject", "kind", "status", "priority", "due_at", "owner", "team"]
    list_filter = ["status", "kind", "priority", "team"]
    actions = [
        for_each("complete", _("Complete"), actions.complete_activity),
        for_each("cancel", _("Cancel"), actions.cancel_activity),
        for_each("reopen", _("Reopen"), actions.reopen_activity),
    ]


@admin.register(Attachment)
class AttachmentAdmin(ReadOnly):
    """Which files hang where; they are fetched from the page of their record."""

    list_display = ["name", "record_type", "record_id", "by", "at"]
    search_fields = ["name"]
    ordering = ["-id"]


@admin.register(Follow)
class FollowAdmin(ReadOnly):
    list_display = ["user", "record_type", "record_id", "is_muted", "at"]
    ordering = ["-id"]


@admin.register(Notification)
class NotificationAdmin(ReadOnly):
    """That somebody was told, not what: the text is between them and the record."""

    list_display = ["at", "user", "kind", "record_type", "record_id", "read_at", "mail", "mailed_at"]
    list_filter = ["kind", "mail"]
    exclude = ["text"]
    ordering = ["-id"]


@admin.register(NotificationSetting)
class NotificationSettingAdmin(ReadOnly):
    list_display = ["user", "kind", "bell", "mail"]
    ordering = ["-id"]


@admin.register(CalendarFeed)
class CalendarFeedAdmin(ReadOnly):
    """Who has an address for calendar programs; deleting the row takes it back."""

    list_display = ["user", "created_at"]
    exclude = ["digest"]
    ordering = ["-id"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)


@admin.register(Participant)
class ParticipantAdmin(ReadOnly):
    list_display = ["activity", "user", "contact", "address"]
    ordering = ["-id"]


@admin.register(Snooze)
class SnoozeAdmin(ReadOnly):
    list_display = ["user", "record_type", "record_id", "until"]
    ordering = ["-id"]
