"""Take one lead all the way to the paid invoice and say whether every state and amount is right."""

import signal
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.errors import DomainError
from salesops.walkthrough.ground import place
from salesops.walkthrough.report import Report
from salesops.walkthrough.set_up import own_installation
from salesops.walkthrough.story import Hands, Story, Stuck

ROUNDINGS = ["per_line", "per_document", "half_even"]


class Command(BaseCommand):
    help = "Take one lead through quote, order, ERP and delivery to the paid invoice; exit status 0 if all is right."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--rounding", choices=ROUNDINGS, default="per_line",
            help="how the demo ERP rounds taxes; any other way than ours must make the walkthrough fail",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        ground = place()
        if ground is None:
            raise CommandError(
                "Start it by `python manage.py walkthrough`: only then it has a database of its own."
            )
        report = Report(sys.stdout)
        report.say(
            "One sale from the lead to the paid invoice, in a set-up of its own: SQLite, a worker, the demo ERP."
        )
        with own_installation(ground, rounding=options["rounding"]) as hands:
            report.say(f"Set up in {report.clock():.1f} s.")
            report.say()
            self.tell(hands, report)

    def tell(self, hands: Hands, report: Report) -> None:
        report.begin()
        try:
            Story(hands, report).tell()
        except (Stuck, DomainError) as stop:
            report.wrong += 1
            report.say(f"{'':>8}  STOPPED: {stop}")
        if not report.verdict():
            sys.exit(1)
