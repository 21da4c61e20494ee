"""Ask a connected ERP who it is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations import onboarding
from integrations.models import Connection
from kernel.errors import DomainError


class Command(BaseCommand):
    help = "Check address, sign-in and rights of a connection; changes nothing in the ERP."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code")

    def handle(self, *args: Any, **options: Any) -> None:
        connection = Connection.objects.filter(code=options["code"]).first()
        if connection is None:
            raise CommandError(f"There is no connection {options['code']}.")
        try:
            facts = onboarding.probe(connection)
        except (DomainError, onboarding.Unreachable) as error:
            raise CommandError(str(error)) from error
        for name, value in facts.items():
            self.stdout.write(f"{name}: {value}")
