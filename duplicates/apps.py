from django.apps import AppConfig

from kernel.hanging import register_absorbed, register_hanging
from kernel.hooks import adds_columns
from kernel.jinja import register_global


class DuplicatesConfig(AppConfig):
    name = "duplicates"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register_hanging("duplicates.MatchKey", "record_type", "record_id")
        register_absorbed("duplicates.selectors.absorbed")
        adds_columns("duplicates.columns.columns_for")
        register_global("duplicates_of", "duplicates.selectors.duplicates_of")
        register_global("duplicates_of_one", "duplicates.selectors.duplicates_of_one")
