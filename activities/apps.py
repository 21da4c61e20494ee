from typing import Any

from django.apps import AppConfig
from django.template.defaultfilters import filesizeformat
from django.utils.module_loading import import_string
from jinja2 import pass_context

from kernel.hanging import register_hanging, watches_rows
from kernel.jinja import register_global


def tell_of_job(job: Any) -> None:
    """Who asked for a long job hears that it has ended; imported when the first one does, because models come later."""
    import_string("activities.actions.tell_of_job")(job)


@pass_context
def story_of(context: Any, record: Any) -> Any:
    """The timeline of a record for the reader of the page; imported when first drawn, because models come later."""
    return import_string("activities.story_views.story_of")(context, record)


class ActivitiesConfig(AppConfig):
    name = "activities"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """For the pages of the apps below: what happened with their record, and what is planned."""
        register_global("timeline_of", "activities.selectors.timeline")
        register_global("story_of", story_of)
        register_global("filesize", filesizeformat)
        register_global("planned_for", "activities.selectors.planned")
        register_hanging("activities.Activity", "regarding_type", "regarding_id")
        watches_rows("activities.plans.rows_moved")
        for model in ("Attachment", "Follow", "Notification", "Snooze"):
            register_hanging(f"activities.{model}", "record_type", "record_id")
        import_string("kernel.jobs.on_end")(tell_of_job)
