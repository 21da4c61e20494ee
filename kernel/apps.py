from django.apps import AppConfig

from kernel.jinja import register_global


class KernelConfig(AppConfig):
    name = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register_global("mails_of", "kernel.mail.latest")
        register_global("mail_folder", "kernel.mail.folder")
