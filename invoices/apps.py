from django.apps import AppConfig

from kernel.attachments import register_attachment
from orders.hooks import register_hook


class InvoicesConfig(AppConfig):
    name = "invoices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register_hook("owed", "invoices.exposure.owed_by")
        register_attachment("invoice_pdf", "invoices.letters.drawn_pdf")
