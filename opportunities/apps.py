from django.apps import AppConfig
from django.utils.module_loading import import_string


class OpportunitiesConfig(AppConfig):
    name = "opportunities"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Qualifying makes opportunities, and is offered to the list of leads below."""
        import_string("opportunities.offering.offer_qualifying")()
