"""The data of a measurement: an organization of any size, made with a few statements a table."""

import itertools
import time
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection, transaction

from benchmarks.copying import fill, today
from catalog.models import (
    Currency,
    PaymentTerms,
    PriceList,
    PriceListItem,
    Product,
    TaxCode,
    TaxRate,
    Unit,
    UnitGroup,
)
from customers.models import Account
from leads.models import Lead
from opportunities.models import Opportunity, Pipeline, Stage
from orders.models import Order, OrderLine
from people.models import Role, Team, User
from quotes.models import Quote, QuoteLine

PRODUCTS, TEAMS, PEOPLE = 200, 4, 20
WORDS = "ARRAY['Alpine','Borealis','Cedar','Delta','Ember','Fjord','Granite','Harbor','Indigo','Juniper']"
NET, TAX = Decimal(100), Decimal(19)


@dataclass
class World:
    """What the rows measure on."""

    size: int
    administrator: User
    salesperson: User
    currency: Currency
    price_list: PriceList
    tax: TaxCode
    unit: Unit
    terms: PaymentTerms
    stage: Stage
    blocks: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def header(self, lines: str) -> dict[str, str]:
        """The columns of a document with so many lines, as SQL expressions over ``g``."""
        return {
            "currency_id": str(self.currency.pk), "price_list_id": str(self.price_list.pk),
            "account_id": f"1 + g % {accounts(self.size)}", "owner_id": owner("g"), "team_id": team("g"),
            "payment_terms_id": str(self.terms.pk), "detail_amount": f"{NET} * {lines}",
            "pre_freight_amount": f"{NET} * {lines}", "total_tax": f"{TAX} * {lines}",
            "total": f"{NET + TAX} * {lines}", "total_base": f"{NET + TAX} * {lines}",
            "bill_to_name": "'Buyer ' || g", "bill_to_city": "'Berlin'", "bill_to_country": "'DE'",
            "ship_to_name": "'Buyer ' || g", "ship_to_city": "'Berlin'", "ship_to_country": "'DE'",
        }  # fmt: skip

    def line(self, parent: str, expression: str) -> dict[str, str]:
        """The columns of line ``n`` of document ``d``."""
        return {
            parent: expression, "position": "n", "product_id": f"1 + (d.id + n) % {PRODUCTS}",
            "description": "'Product ' || n", "unit_id": str(self.unit.pk), "quantity": "2", "unit_price": "50",
            "list_price": "50", "tax_code_id": str(self.tax.pk), "tax_rate": "19", "unit_cost": "30", "base": str(NET),
            "net": str(NET), "tax": str(TAX), "total": str(NET + TAX),
        }  # fmt: skip


def owner(expression: str) -> str:
    """People are numbered from 1; the first two are the administrator and the measured salesperson."""
    return f"2 + ({expression}) % {PEOPLE}"


def team(expression: str) -> str:
    return f"1 + ({owner(expression)}) % {TEAMS}"


def accounts(size: int) -> int:
    return max(size // 4, 50)


def build(size: int) -> World:
    """Everything, then the statistics that the planner lives on."""
    started = time.monotonic()
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Foreign keys are true by construction; checking a million of them is not what is measured.
            cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
            if cursor.fetchone()[0]:
                cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("SET LOCAL statement_timeout = 0")
        world = reference_data(size)
        records(world)
        make_quotes(world, count=size // 5, lines=5, active=False)
        make_orders(world, count=size // 10, lines=5, status="active")
    analyze()
    print(f"bench: {size:,} leads and what follows, built in {time.monotonic() - started:.0f} s", flush=True)
    return world


def reference_data(size: int) -> World:
    """People, prices and taxes."""
    teams = [Team.objects.create(name=f"Team {number}") for number in range(TEAMS)]
    administrator = User.objects.create(username="administrator", role=Role.ADMINISTRATOR, team=teams[0])
    people = [
        User.objects.create(username=f"seller{number}", first_name="Ada", last_name=f"Long {number}",
                            role=Role.SALESPERSON, team=teams[(2 + number) % TEAMS])
        for number in range(PEOPLE)
    ]  # fmt: skip
    euro = Currency.objects.create(code="EUR", name="Euro", digits=2, is_base=True)
    unit = Unit.objects.create(group=UnitGroup.objects.create(name="Pieces"), code="pc", name="piece")
    tax = TaxCode.objects.create(code="VAT19", name="VAT 19 %")
    TaxRate.objects.create(tax_code=tax, country="", region="", percent=19, valid_from=today(-3650))
    prices = PriceList.objects.create(name="Prices", currency=euro)
    fill(Product, f"generate_series(1, {PRODUCTS}) g", id="g", sku="'SKU-' || g", name="'Product ' || g",
         unit_id=str(unit.pk), list_price="50", standard_cost="30", current_cost="30", tax_code_id=str(tax.pk),
         status="'active'")  # fmt: skip
    fill(PriceListItem, f"generate_series(1, {PRODUCTS}) g", price_list_id=str(prices.pk), product_id="g",
         unit_id=str(unit.pk), method="'amount'", amount="50")  # fmt: skip
    terms = PaymentTerms.objects.create(
        code="NET30", name="30 days net", net_days=30, invoicing="when_ordered"
    )
    stage = Stage.objects.create(pipeline=Pipeline.objects.create(name="Sales"), name="Propose", position=1,
                                 probability=60)  # fmt: skip
    return World(size, administrator, people[0], euro, prices, tax, unit, terms, stage)


def records(world: World) -> None:
    """Accounts, leads and opportunities."""
    name = f"({WORDS})[1 + g % 10] || ' ' || ({WORDS})[1 + g / 10 % 10] || ' ' || g"
    fill(Account, f"generate_series(1, {accounts(world.size)}) g", id="g", number="'ACC-' || lpad(g::text, 7, '0')",
         name=name, search_text=f"lower('acc-' || g || ' ' || {name})", owner_id=owner("g"), team_id=team("g"),
         city="'Berlin'", country="'DE'", currency_id=str(world.currency.pk), price_list_id=str(world.price_list.pk),
         payment_terms_id=str(world.terms.pk))  # fmt: skip
    fill(Lead, f"generate_series(1, {world.size}) g", number="'LEA-' || lpad(g::text, 8, '0')",
         topic="'Interest in product ' || g % 200", first_name="'Grace'", last_name="'Hopper ' || g", company=name,
         email="'lead' || g || '@example.com'", phone="'+49 30 ' || g",
         search_text=f"lower('lea-' || g || ' ' || {name})",
         owner_id=owner("g"), team_id=team("g"), estimated_value="g % 1000 * 100",
         rating="(ARRAY['hot','warm','cold'])[1 + g % 3]",
         status="CASE g % 10 WHEN 0 THEN 'disqualified' ELSE 'open' END",
         status_reason="CASE g % 10 WHEN 0 THEN 'lost' ELSE 'new' END",
         created_at="now() - g * interval '1 minute'")  # fmt: skip
    make_opportunities(world, world.size // 5)


def make_opportunities(world: World, count: int) -> list[int]:
    """So many open opportunities; their keys."""
    block = next(world.blocks)
    head = world.header("0")
    known = {field.column for field in Opportunity._meta.concrete_fields}
    fill(Opportunity, f"generate_series(1, {count}) g", **{name: text for name, text in head.items() if name in known},
         number=f"'OPP-{block}-' || lpad(g::text, 7, '0')", name="'Deal ' || g", stage_id=str(world.stage.pk),
         estimated_revenue="g % 1000 * 100", search_text="'deal ' || g")  # fmt: skip
    return _newest(Opportunity, count)


def make_quotes(world: World, *, count: int, lines: int, active: bool = True) -> list[int]:
    """Quotes of so many lines, each with an opportunity of its own when active; their keys."""
    block = next(world.blocks)
    opportunities = make_opportunities(world, count) if active else []
    first = min(opportunities, default=0)
    status = ("'active'", "'open'") if active else ("'draft'", "'in_progress'")
    fill(Quote, f"generate_series(1, {count}) g", **world.header(str(lines)), name="'Offer ' || g",
         number=f"'QUO-{block}-' || lpad(g::text, 7, '0')", status=status[0], status_reason=status[1],
         opportunity_id=f"{first} + g - 1" if active else "NULL", expires_on="CURRENT_DATE + 30",
         search_text="'offer ' || g")  # fmt: skip
    keys = _newest(Quote, count)
    fill(QuoteLine, f"quotes_quote d, generate_series(1, {lines}) n WHERE d.id BETWEEN %s AND %s", min(keys), max(keys),
         **world.line("quote_id", "d.id"))  # fmt: skip
    return keys


def make_orders(world: World, *, count: int, lines: int, status: str) -> list[int]:
    """Orders of so many lines, new or submitted; their keys."""
    block = next(world.blocks)
    reason = {"active": "'new'", "submitted": "'in_progress'"}[status]
    fill(Order, f"generate_series(1, {count}) g", **world.header(str(lines)), name="'Offer ' || g",
         number=f"'ORD-{block}-' || lpad(g::text, 7, '0')", status=f"'{status}'", status_reason=reason,
         prices_locked="true", search_text="'offer ' || g")  # fmt: skip
    keys = _newest(Order, count)
    fill(OrderLine, f"orders_order d, generate_series(1, {lines}) n WHERE d.id BETWEEN %s AND %s", min(keys), max(keys),
         **world.line("order_id", "d.id"))  # fmt: skip
    return keys


def _newest(model: type, count: int) -> list[int]:
    return list(model.objects.order_by("-pk").values_list("pk", flat=True)[:count])[::-1]


def analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
