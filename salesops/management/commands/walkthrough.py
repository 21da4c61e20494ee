"""Take one lead all the way to the paid invoice and say whether every state and amount is right."""

import getpass
import signal
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.errors import DomainError
from reports.books import CHECKS, verify
from salesops.walkthrough.by_api import ByApi
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
            "--url", help="walk in this running installation; without it in a set-up of its own"
        )
        parser.add_argument("--user", default="ada", help="who signs in there")
        parser.add_argument("--password", help="their password; without it you are asked")
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
        try:
            with (
                self.over_there(report, options)
                if options["url"]
                else self.here(report, ground, options) as hands
            ):
                Story(hands, report).tell()
                if not options["url"]:
                    prove_the_books(report)
        except (Stuck, DomainError) as stop:
            report.wrong += 1
            report.say(f"{'':>8}  STOPPED: {stop}")
        if not report.verdict():
            sys.exit(1)

    @contextmanager
    def here(self, report: Report, ground: Path, options: dict[str, Any]) -> Iterator[Hands]:
        """A set-up of its own."""
        report.say(
            "One sale from the lead to the paid invoice, in a set-up of its own: SQLite, a worker, the demo ERP."
        )
        with own_installation(ground, rounding=options["rounding"]) as hands:
            report.say(f"Set up in {report.clock():.1f} s.")
            report.begin()
            yield hands

    @contextmanager
    def over_there(self, report: Report, options: dict[str, Any]) -> Iterator[Hands]:
        """A running installation."""
        password = options["password"] or getpass.getpass(f"Password of {options['user']}: ")
        report.say(f"One sale from the lead to the paid invoice, at {options['url']} as {options['user']}.")
        with closing(ByApi(options["url"], user=options["user"], password=password)) as hands:
            report.begin()
            yield hands


def prove_the_books(report: Report) -> None:
    """After the last step quantities, money and states of the whole database have to be right."""
    found = list(verify())
    report.wrong += len(found)
    for finding in found:
        report.say(f"{'':>8}  WRONG: {finding}")
    if not found:
        report.say(f"The books are right: {len(CHECKS)} checks of the whole database.")
