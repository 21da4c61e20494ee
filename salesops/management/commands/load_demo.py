"""Fill an empty database with the demo organization."""

from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from customers.models import Account
from integrations.actions import Policy, save_connection, set_owner
from integrations.models import Connection
from people.models import User
from salesops.demo.activities import live_with
from salesops.demo.customers import make_customers
from salesops.demo.deals import PAST, Year
from salesops.demo.forecast import make_forecast
from salesops.demo.goods import make_goods
from salesops.demo.inbound import make_inbound, usual_score_rules
from salesops.demo.letterhead import make_letterhead
from salesops.demo.limits import ask_for_one, make_limits
from salesops.demo.money import make_money
from salesops.demo.people import make_people, write_logins
from salesops.demo.today import BASKETS, quote_the_open, submit_today


class Command(BaseCommand):
    help = "Load Nordlicht Machines, the demo organization: people, customers, deals, orders, invoices."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="do nothing where people work already")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError("The demo has well-known passwords; it is only loaded with DEBUG=1.")
        if Account.objects.exists() or User.objects.filter(is_service=False).exists():
            if options["if_empty"]:
                return
            raise CommandError("There is data already; the demo needs an empty database.")
        with transaction.atomic():
            self.fill()
        self.stdout.write(write_logins())

    def fill(self) -> None:
        make_letterhead()
        people = make_people()
        usual_score_rules()
        products = make_goods()
        accounts = make_customers(people, Random(40))
        year = Year(people, products, accounts)
        year.leads()
        make_inbound(people, Random(7))
        deals = year.deals()
        year.close_some(deals[:PAST])
        make_money(year)
        # The ERP comes late in the year: what was ordered before stays managed here.
        if settings.DEMO_ERP_URL:
            self.connect_erp(people["admin"])
        submit_today(year, deals[PAST : PAST + len(BASKETS)])
        quote_the_open(year, deals[PAST + len(BASKETS) :])
        make_limits(people["admin"])
        ask_for_one(year, deals[-3])
        live_with(year, deals[PAST:])
        make_forecast(people)

    def connect_erp(self, admin: User) -> None:
        connection = Connection(
            code="demo", name="Demo ERP", kind=Connection.Kind.REST, base_url=settings.DEMO_ERP_URL
        )
        connection = save_connection(connection, secret=settings.DEMO_ERP_TOKEN)
        set_owner(connection, "orders", Policy("crm", push=True, pull=True), by=admin)
        set_owner(connection, "invoices", Policy("erp", pull=True), by=admin)
