from django.apps import AppConfig

from kernel.jinja import register_global


class CatalogConfig(AppConfig):
    name = "catalog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register_global("shown_rows", "catalog.line_conflicts.shown_rows")
        register_global("base_note", "catalog.document_notes.base_note")
        register_global("tax_note", "catalog.document_notes.tax_note")
