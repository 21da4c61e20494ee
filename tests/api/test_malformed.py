"""Input that is no input: a 400 that names the field, never a 500."""

import json

import pytest

from kernel.models import CustomField
from opportunities.models import Opportunity
from tests.api.conftest import client_of
from tests.api.records import OWNED, address
from tests.document_factories import OrderFactory, QuoteFactory
from tests.factories import AccountFactory, StageFactory

pytestmark = pytest.mark.django_db
WRONG = [
    None, True, [], {}, "", " ", "x" * 5000, "\x00", "\ud800", -1, 0, 1e308, 10**40, "NaN", "Infinity", "-Infinity",
    "1e400", "1e-400", "0x10", "٣", "2026-02-30", "2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", [[]], [None],
    {"a": {"b": []}}, "' OR 1=1 --", "{{7*7}}",
]  # fmt: skip


def post_text(api, path, text):
    return api.generic("POST", path, text, content_type="application/json")


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "",
        "nonsense",
        "[1,",
        '{"a": NaN}',
        '{"a": Infinity}',
        "\ufeff{}",
        "[" * 100_000,
        '{"a":' * 50_000,
        "9" * 10_000,
        '"\\ud800"',
    ],
)
def test_what_is_no_json_is_said_so(api, text):
    answer = post_text(api, "/api/v1/leads/", text)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_bytes_that_are_no_text_are_said_so(api):
    assert (
        api.generic("POST", "/api/v1/leads/", b"\xff\xfe\x00", content_type="application/json").status_code
        == 400
    )


@pytest.mark.parametrize("body", [[], [1], "text", 5, True, None])
def test_a_body_that_is_no_object_is_said_so(api, seller, euro, body):
    quote = QuoteFactory(owner=seller)
    for path in ("/api/v1/leads/", address("quotes", quote, "lines"), address("quotes", quote, "close")):
        assert post_text(api, path, json.dumps(body)).status_code == 400


def test_other_formats_are_not_understood(api):
    answer = api.generic(
        "POST", "/api/v1/leads/", "topic=x", content_type="application/x-www-form-urlencoded"
    )

    assert (answer.status_code, answer.data["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("where", list(OWNED))
def test_no_value_in_any_field_breaks_a_record(administrator, seller, euro, where):
    api = client_of(administrator)
    api.raise_request_exception = False
    record = OWNED[where](owner=seller)
    fields = [name for name in api.get(address(where, record)).data if name not in ("id", "number")]

    for number, field in enumerate(fields):
        # Every kind of record meets every value, each field meets an eighth of them.
        for value in WRONG[number % 8 :: 8]:
            answer = api.generic(
                "PATCH", address(where, record), json.dumps({field: value}), content_type="application/json"
            )
            assert answer.status_code in (200, 400, 409, 422), (field, value, answer.status_code)
            if answer.status_code == 400 and answer.data["code"] == "invalid":
                assert answer.data["errors"][0]["field"].split(".")[0] == field, (field, value, answer.data)


@pytest.mark.parametrize(
    "field",
    [
        "id",
        "product",
        "description",
        "quantity",
        "unit",
        "unit_price",
        "discount_percent",
        "discount_amount",
        "tax_code",
        "typed_tax",
    ],
)
def test_no_value_in_any_field_breaks_a_line(api, seller, euro, field):
    api.raise_request_exception = False
    quote = QuoteFactory(owner=seller)

    for value in WRONG:
        body = {"lines": [{"description": "x", field: value}]}
        answer = post_text(api, address("quotes", quote, "lines"), json.dumps(body))
        assert answer.status_code in (200, 400, 422), (value, answer.status_code)
        if answer.status_code == 400 and answer.data["code"] == "invalid":
            assert answer.data["errors"][0]["field"] == f"lines.0.{field}"


@pytest.mark.parametrize(
    ("where", "step", "field"),
    [
        ("leads", "qualify", "account"), ("leads", "disqualify", "reason"),
        ("opportunities", "win", "actual_revenue"), ("opportunities", "win", "closed_on"),
        ("opportunities", "win", "quote"), ("opportunities", "move", "stage"), ("opportunities", "lose", "reason"),
        ("quotes", "close", "reason"),
        ("quotes", "accept", "customer_po"), ("orders", "cancel", "reason"), ("orders", "fulfill", "deliveries"),
        ("orders", "invoice", "quantities"), ("invoices", "pay", "amount"), ("invoices", "confirm", "issued_on"),
        ("invoices", "credit", "quantities"), ("quotes", "send", "version"),
    ],
)  # fmt: skip
def test_no_value_breaks_a_step(administrator, seller, euro, where, step, field):
    api = client_of(administrator)
    api.raise_request_exception = False
    StageFactory()

    for value in WRONG[::3] if field == "reason" else WRONG[1::3]:
        record = OWNED[where](owner=seller)
        answer = post_text(api, address(where, record, step), json.dumps({field: value}))
        assert answer.status_code in (200, 201, 400, 409, 422), (value, answer.status_code)


def test_figures_that_no_column_holds_are_refused_before_they_are_kept(api, seller, euro):
    quote = QuoteFactory(owner=seller)
    lines = [{"description": "x", "quantity": "9999999999", "unit_price": "99999999999"}]

    answer = api.post(address("quotes", quote, "lines"), {"lines": lines})

    assert answer.status_code in (400, 422), answer.data
    quote.refresh_from_db()
    assert quote.total == 119


def test_too_many_lines_are_refused(api, seller, euro):
    quote = QuoteFactory(owner=seller)

    answer = api.post(address("quotes", quote, "lines"), {"lines": [{"description": "x"}] * 5001})

    assert (answer.status_code, answer.data["errors"][0]["field"]) == (400, "lines")


def test_required_fields_are_named(api, seller, euro):
    StageFactory()
    for where, missing in (
        ("leads", "topic"),
        ("quotes", "name"),
        ("orders", "name"),
        ("opportunities", "name"),
        ("activities", "subject"),
    ):
        answer = api.post(f"/api/v1/{where}/", {})
        assert (answer.status_code, answer.data["errors"][0]["field"]) == (400, missing)
    for where in ("quotes", "orders", "opportunities"):
        answer = api.post(f"/api/v1/{where}/", {"name": "x"})
        assert (answer.status_code, answer.data["errors"][0]["field"]) == (422, "account"), answer.data
    assert not Opportunity.objects.exists()


def test_a_custom_field_is_plain(api, seller, euro):
    order = OrderFactory(owner=seller)
    for name, kind in (("promotion", "text"), ("n", "number"), ("yes", "boolean"), ("a", "text")):
        CustomField.objects.create(record_type="orders.order", name=name, label=name, kind=kind)

    for wrong, where in (
        ({"a": {}}, "custom.a"), ({"a": ["x"]}, "custom.a"), ([], "custom"), ("x", "custom"),
        ({"a": "\x00"}, "custom.a"),
        ({"a": "x" * 20_001}, "custom"), ({"unknown": 1}, "custom.unknown"),
    ):  # fmt: skip
        answer = api.patch(address("orders", order), {"custom": wrong})
        assert (answer.status_code, answer.data["errors"][0]["field"]) == (400, where), wrong
    answer = api.patch(
        address("orders", order), {"custom": {"promotion": "SPRING", "n": 1, "yes": True, "a": None}}
    )

    assert answer.data["custom"] == {"promotion": "SPRING", "n": "1", "yes": True, "a": None}


def test_a_new_record_takes_what_its_customer_has(api, seller, euro):
    account = AccountFactory(owner=seller, currency=euro)
    StageFactory()

    for where in ("quotes", "orders", "opportunities"):
        answer = api.post(f"/api/v1/{where}/", {"name": "x", "account": str(account.public_id).upper()})
        assert (answer.status_code, answer.data["currency"]) == (201, "EUR"), answer.data
        assert answer.data["account"] == str(account.public_id)
        assert answer.data["customer_name"] == account.name
