"""The first command after migrate on a new installation."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from salesops.starting import lay_ground


class Command(BaseCommand):
    help = "Make currencies, tax codes, units, payment terms, a price list and a pipeline to start with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--currency", default="EUR", help="ISO 4217 code of the currency you report in")

    def handle(self, *args: Any, **options: Any) -> None:
        lay_ground(currency=options["currency"])
        self.stdout.write("Ready. Rates, taxes and stages can be changed in the administration.")
