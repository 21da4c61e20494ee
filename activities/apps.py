from django.apps import AppConfig

from kernel.hanging import register_hanging
from kernel.jinja import register_global


class ActivitiesConfig(AppConfig):
    name = "activities"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """For the pages of the apps below: what happened with their record, and what is planned."""
        register_global("timeline_of", "activities.selectors.timeline")
        register_global("planned_for", "activities.selectors.planned")
        register_hanging("activities.Activity", "regarding_type", "regarding_id")
        for model in ("Attachment", "Follow", "Notification", "Snooze"):
            register_hanging(f"activities.{model}", "record_type", "record_id")
