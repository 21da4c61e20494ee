"""Connect an ERP from the command line; saying it again changes the connection."""

import json
import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrations import actions, onboarding
from integrations.actions import Policy
from integrations.models import Connection
from kernel.errors import DomainError
from people.models import Role, User

COMPONENTS = {
    "quotes": Policy("crm"),
    "orders": Policy("crm", push=True, pull=True),
    "invoices": Policy("erp", pull=True),
}


class Command(BaseCommand):
    help = "Connect an ERP: orders are sent there, invoices are made there and pulled."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--code", required=True, help="a short name, as in /hooks/CODE/")
        parser.add_argument("--kind", required=True, choices=[kind.value for kind in Connection.Kind])
        parser.add_argument("--url", required=True, help="the ERP's address")
        parser.add_argument("--name", default="", help="what people call it")
        parser.add_argument("--user", default="", help="the user name, where the ERP wants one")
        parser.add_argument("--token", default="", help="token or key; better in ERP_TOKEN")
        parser.add_argument("--options", default="{}", help="options of the dialect, as JSON")
        parser.add_argument("--invoices", choices=["crm", "erp"], default="erp", help="who makes invoices")
        parser.add_argument(
            "--hooks", default=settings.SITE_URL, help="our address as the ERP sees it; empty: none"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        token = options["token"] or os.environ.get("ERP_TOKEN", "")
        try:
            connection = self.save(options, token)
            facts = onboarding.probe(connection)
            self.take_over(connection, invoices=options["invoices"])
            hooked = onboarding.subscribe(connection, options["hooks"]) if options["hooks"] else False
        except (DomainError, onboarding.Unreachable) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{connection} is connected: {', '.join(f'{k} {v}' for k, v in facts.items())}")
        self.stdout.write("It calls us about changes." if hooked else "It is polled for changes.")

    def save(self, options: dict[str, Any], token: str) -> Connection:
        connection = Connection.objects.filter(code=options["code"]).first() or Connection(
            code=options["code"]
        )
        connection.kind = options["kind"]
        connection.base_url = options["url"]
        connection.name = options["name"] or connection.name or options["code"]
        connection.user_name = options["user"]
        connection.options = json.loads(options["options"])
        return actions.save_connection(connection, secret=token)

    def take_over(self, connection: Connection, *, invoices: str) -> None:
        by = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk").first()
        if by is None:
            raise CommandError("Make an administrator first: somebody must have decided this.")
        for component, policy in COMPONENTS.items():
            ours = component == "invoices" and invoices == "crm"
            actions.set_owner(connection, component, Policy("crm") if ours else policy, by=by)
