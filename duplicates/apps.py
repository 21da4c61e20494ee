from django.apps import AppConfig

from kernel.hanging import register_hanging


class DuplicatesConfig(AppConfig):
    name = "duplicates"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register_hanging("duplicates.MatchKey", "record_type", "record_id")
