from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from duplicates.registry import register_guard, register_link
from kernel.jinja import register_global
from orders.hooks import register_hook


class IntegrationsConfig(AppConfig):
    name = "integrations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        autodiscover_modules("subscribers")
        register_global("sync_panel", "integrations.panel.sync_panel")
        register_global("erp_status", "integrations.panel.erp_status")
        register_hook("findings", "integrations.preflight.known_findings")
        register_hook("ask_findings", "integrations.preflight.ask_findings")
        register_link("integrations.ExternalReference", "local_type", "local_id")
        register_guard("integrations.merged.erp_blockers")
        register_hook("takes_changes", "integrations.preflight.takes_changes")
