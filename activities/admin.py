"""Activities in the back office."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from activities import actions
from activities.models import Activity
from kernel.admin import for_each
from people.office import RecordAdmin


@admin.register(Activity)
class ActivityAdmin(RecordAdmin):
    creating = actions.create_activity
    changing = actions.change_activity
    writable = actions.FIELDS
    list_display = ["subject", "kind", "status", "due_at", "owner", "team"]
    list_filter = ["status", "kind", "team"]
    actions = [
        for_each("complete", _("Complete"), actions.complete_activity),
        for_each("cancel", _("Cancel"), actions.cancel_activity),
    ]
