"""What may be written: named fields only, and nothing that is the system's or somebody else's business (S3, S4, S5)."""

import ast
from pathlib import Path

import pytest

from catalog.models import Product
from customers.models import Account
from tests.api.conftest import client_of
from tests.api.records import OWNED, address
from tests.document_factories import OrderFactory, QuoteFactory
from tests.factories import AccountFactory, ProductFactory, UserFactory

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
WITH_STATUS = ("leads", "opportunities", "quotes", "orders", "invoices", "activities")


def serializer_files():
    apps = [
        path
        for path in ROOT.iterdir()
        if (path / "__init__.py").exists() and path.name not in ("tests", "demo_erp")
    ]
    for path in sorted(path for app in apps for path in app.rglob("*.py") if "migrations" not in path.parts):
        text = path.read_text()
        if "class Meta" in text:  # bodies of the API and forms of the pages alike
            yield path, ast.parse(text)


def assigned(node):
    """The names a class body gives values to, annotated or not."""
    for statement in node.body:
        targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
        yield from ((each.id, statement.value) for each in targets if isinstance(each, ast.Name))


def test_every_serializer_names_its_fields_one_by_one():
    seen = 0
    for path, tree in serializer_files():
        for meta in [n for n in ast.walk(tree) if isinstance(n, ast.ClassDef) and n.name == "Meta"]:
            names = dict(assigned(meta))
            where = f"{path.relative_to(ROOT)}:{meta.lineno}"
            assert "exclude" not in names, f"{where} excludes instead of naming"
            assert "depth" not in names, f"{where} opens what it does not name"
            if "fields" in names:
                seen += 1
                assert not isinstance(names["fields"], ast.Constant), f"{where} takes all fields"
                assert "__all__" not in ast.dump(names["fields"]), f"{where} takes all fields"
    assert seen > 25


@pytest.mark.parametrize(
    ("where", "field"),
    [(where, "status") for where in WITH_STATUS]
    + [(where, "status_reason") for where in WITH_STATUS if where != "activities"],
)
def test_a_status_is_never_written(api, seller, euro, where, field):
    record = OWNED[where](owner=seller)

    answer = api.patch(address(where, record), {field: "canceled"})

    assert answer.status_code == 400
    assert [(e["field"], e["code"]) for e in answer.data["errors"]] == [(field, "read_only_field")]


@pytest.mark.parametrize(
    "field", ["id", "number", "total", "total_tax", "erp_number", "erp_total", "managed_by", "is_pulled", "created_at",
              "prices_locked", "fulfillment", "quote", "opportunity", "exchange_rate", "statecode", "customer_name"],
)  # fmt: skip
def test_what_the_system_writes_is_refused_by_name(api, seller, euro, field):
    order = OrderFactory(owner=seller)

    changed = api.patch(address("orders", order), {field: "1"})
    made = api.post("/api/v1/orders/", {"name": "x", "account": order.account.number, field: "1"})

    for answer in (changed, made):
        assert answer.status_code == 400
        assert field in [error["field"] for error in answer.data["errors"]]
    assert order.account.orders.count() == 1


@pytest.mark.parametrize(
    "field", ["is_staff", "is_superuser", "pk", "search_text", "public_id", "role", "__class__", "nonsense"]
)
def test_unknown_fields_are_refused_by_name(api, seller, euro, field):
    for where in OWNED:
        record = OWNED[where](owner=seller)

        answer = api.patch(address(where, record), {field: True})

        if (where, field) == ("contacts", "role"):
            continue
        assert answer.status_code == 400, (where, field)
        assert answer.data["errors"] == [
            {"field": field, "code": "unknown_field", "message": "There is no such field."}
        ]


def test_a_line_has_read_only_fields_too(api, seller, euro):
    quote = QuoteFactory(owner=seller)

    for field in ("total", "tax", "net", "position", "unit_cost", "price_is_overridden"):
        answer = api.post(address("quotes", quote, "lines"), {"lines": [{"description": "x", field: "1"}]})
        assert answer.status_code == 400
        assert [error["field"] for error in answer.data["errors"]] == [f"lines.0.{field}"]


def test_nobody_gives_a_record_to_whom_they_may_not(api, seller, euro):
    stranger = UserFactory(username="stranger")
    account = AccountFactory(owner=seller)

    made = api.post("/api/v1/quotes/", {"name": "x", "account": account.number, "owner": "stranger"})
    absent = api.post("/api/v1/quotes/", {"name": "x", "account": account.number, "owner": "nobody"})
    changed = api.patch(address("quotes", QuoteFactory(owner=seller)), {"owner": stranger.username})

    for answer in (made, absent, changed):
        assert answer.status_code == 400
        assert answer.data["errors"][0]["field"] == "owner"
    assert (
        made.data["errors"][0]["message"].replace("stranger", "nobody") == absent.data["errors"][0]["message"]
    )


def test_a_record_out_of_sight_is_as_good_as_absent(api, seller, euro):
    foreign = AccountFactory(owner=UserFactory(), number="ACC-9")

    seen = api.post("/api/v1/leads/", {"topic": "x", "last_name": "y", "account": "ACC-9"})
    absent = api.post("/api/v1/leads/", {"topic": "x", "last_name": "y", "account": "ACC-8"})

    assert (seen.status_code, absent.status_code) == (400, 400)
    assert seen.data["errors"][0]["field"] == "account"
    assert str(seen.data).replace("ACC-9", "ACC-8") == str(absent.data)
    assert foreign.leads.count() == 0


@pytest.mark.parametrize(("field", "value"), [("product", "NOPE"), ("unit", "nope"), ("tax_code", "nope")])
def test_a_wrong_reference_in_a_line_is_named(api, seller, euro, field, value):
    quote = QuoteFactory(owner=seller)

    answer = api.post(
        address("quotes", quote, "lines"),
        {"lines": [{"description": "a"}, {"description": "x", field: value}]},
    )

    assert answer.status_code == 400
    assert [error["field"] for error in answer.data["errors"]] == [f"lines.1.{field}"]


class TestReservedFields:
    """Costs, margins and credit limits: absent for who may not see them, and refused, not ignored."""

    def test_a_seller_neither_reads_nor_writes_a_credit_limit(self, api, seller):
        account = AccountFactory(owner=seller, credit_limit=500)

        assert "credit_limit" not in api.get(address("accounts", account)).data
        assert "credit_limit" not in api.get("/api/v1/accounts/").data["results"][0]
        answer = api.patch(address("accounts", account), {"credit_limit": "9"})

        assert (answer.status_code, answer.data["errors"][0]["field"]) == (400, "credit_limit")
        assert Account.objects.get(pk=account.pk).credit_limit == 500

    def test_a_manager_does_both(self, seller, manager):
        account = AccountFactory(owner=seller, credit_limit=500)

        answer = client_of(manager).patch(address("accounts", account), {"credit_limit": "9"})

        assert (answer.status_code, answer.data["credit_limit"]) == (200, "9.0000")

    def test_costs_stay_with_those_who_keep_them(self, api, manager, machine):
        product = ProductFactory()

        for client, sees in ((api, False), (client_of(machine), False), (client_of(manager), True)):
            shown = client.get(address("products", product)).data
            assert ("current_cost" in shown, "standard_cost" in shown) == (sees, sees)
        assert (
            client_of(manager).patch(address("products", product), {"current_cost": "5"}).status_code == 200
        )
        assert Product.objects.get(pk=product.pk).current_cost == 5

    def test_the_cost_of_a_line_is_hidden_in_the_line(self, api, seller, manager):
        quote = QuoteFactory(owner=seller)

        assert "unit_cost" not in api.get(address("quotes", quote)).data["lines"][0]
        assert "unit_cost" in client_of(manager).get(address("quotes", quote)).data["lines"][0]
