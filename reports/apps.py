from typing import Any

from django.apps import AppConfig
from django.utils.module_loading import import_string
from jinja2 import pass_context

from kernel.jinja import register_global


@pass_context
def chain(context: Any, record: Any) -> Any:
    """The chain bar for the reader of the page; imported when it is first drawn, because models come later."""
    return import_string("reports.chain.bar")(context, record)


class ReportsConfig(AppConfig):
    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register_global("chain", chain)
