from django.apps import AppConfig

from kernel.jinja import register_global


class ImportsConfig(AppConfig):
    name = "imports"
    verbose_name = "Imports"

    def ready(self) -> None:
        register_global("import_link", "imports.selectors.import_link")
