"""Count the open deals of boards anew."""

from typing import Any

from django.core.management.base import BaseCommand

from opportunities.tally_actions import recount


class Command(BaseCommand):
    help = "Count the tally of open deals anew, as after restoring data past its triggers; writers wait meanwhile."

    def handle(self, *_args: Any, **_options: Any) -> None:
        recount()
        self.stdout.write("The open deals are counted.")
