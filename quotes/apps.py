from django.apps import AppConfig

from kernel.attachments import register_attachment
from kernel.jinja import register_global
from opportunities.hooks import register_handover


class QuotesConfig(AppConfig):
    name = "quotes"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        register_handover("quotes.actions.handing.hand_over_quotes")
        register_global("quotes_going_along", "quotes.actions.handing.quotes_going_along")
        register_attachment("quote_pdf", "quotes.letters.drawn_pdf")
        register_global("quote_states", "quotes.on_board.quote_states")
        register_global("acceptance_of", "quotes.models.acceptance.acceptance_of")
