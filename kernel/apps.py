from django.apps import AppConfig

from kernel.hooks import adds_columns
from kernel.jinja import register_global


class KernelConfig(AppConfig):
    name = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register_global("mails_of", "kernel.mail.latest")
        register_global("mail_folder", "kernel.mail.folder")
        register_global("custom_facts", "kernel.customfields.facts.custom_facts")
        register_global("pinned_views", "kernel.tables.views.pinned")
        register_global("chart_drawn", "kernel.charts.drawing.drawn")
        adds_columns("kernel.customfields.queries.columns_for")
