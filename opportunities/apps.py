from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string

from activities.plans import keeps_of_plans
from kernel.jinja import register_global
from opportunities.tally_actions import ensure_triggers


class OpportunitiesConfig(AppConfig):
    name = "opportunities"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Qualifying makes opportunities; it and the way back are offered to the pages of leads below."""
        register_global("way_back_of", "opportunities.offering.way_back_of")
        register_global("deal_ways", "opportunities.board_ways.ways")
        import_string("opportunities.offering.offer_qualifying")()
        post_migrate.connect(ensure_triggers, sender=self)
        keeps_of_plans("opportunities.next_due")
