"""Machines see, say, filter, sort and read about added fields as people do."""

import json
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.customfields.fields import field
from tests.factories import AccountFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller() -> Any:
    return UserFactory()


@pytest.fixture
def api(seller: Any) -> APIClient:
    client = APIClient()
    client.default_format = "json"
    client.force_authenticate(seller)
    return client


def new(api: APIClient, custom: Any = None) -> Any:
    body = {"topic": "Pumps", "company": "Acme"}
    return api.post("/api/v1/leads/", body if custom is None else {**body, "custom": custom}, format="json")


def test_a_record_is_made_and_answered_with_all_fields_in_use(api):
    field("size", "number", decimals=2)
    field("colors", "choices", choices=["red", "blue"])
    field("vip", "boolean")
    field("gone", "text", is_active=False)

    answer = new(api, {"size": 2.5, "colors": ["blue", "red"], "vip": True})

    assert answer.status_code == 201, answer.data
    assert answer.data["custom"] == {"size": "2.5", "colors": ["red", "blue"], "vip": True}
    assert api.get("/api/v1/leads/").data["results"][0]["custom"]["size"] == "2.5"


def test_only_what_is_named_changes_and_null_clears(api, seller):
    field("size", "number")
    field("color", "text")
    lead = LeadFactory(owner=seller, custom={"size": "1", "color": "red", "older": 1})

    answer = api.patch(f"/api/v1/leads/{lead.public_id}/", {"custom": {"color": None}}, format="json")

    lead.refresh_from_db()
    assert answer.data["custom"] == {"size": "1", "color": None}
    assert lead.custom == {"size": "1", "older": 1}


def test_every_mistake_is_named(api):
    field("size", "number", is_required=True)
    field("color", "text")
    field("launch", "date")

    wrong = new(api, {"launch": "soon", "color": ["x"], "shape": "round"})
    silent = new(api)

    assert wrong.status_code == silent.status_code == 400
    assert {(e["field"], e["code"]) for e in wrong.data["errors"]} == {
        ("custom.launch", "invalid"), ("custom.color", "invalid"), ("custom.shape", "unknown_field"),
        ("custom.size", "required"),
    }  # fmt: skip
    assert [e["field"] for e in silent.data["errors"]] == ["custom.size"]


def test_a_unique_value_is_refused_by_name(api):
    field("badge", "text", is_unique=True)
    new(api, {"badge": "A-1"})

    answer = new(api, {"badge": "A-1"})

    assert (answer.status_code, answer.data["errors"][0]["code"]) == (400, "not_unique")


def test_what_somebody_else_may_not_see_cannot_be_referred_to(api, seller):
    field("supplier", "reference", refers_to="customers.account")
    mine, other = AccountFactory(owner=seller), AccountFactory(owner=UserFactory())

    assert new(api, {"supplier": str(mine.public_id)}).status_code == 201
    assert new(api, {"supplier": str(other.public_id)}).data["errors"][0]["field"] == "custom.supplier"


def test_lists_are_narrowed_by_every_kind(api, seller):
    account = AccountFactory(owner=seller)
    field("promotion", "text")
    field("remark", "long_text")
    field("size", "number", decimals=1)
    field("launch", "date")
    field("source", "choice", choices=["web", "fair"])
    field("colors", "choices", choices=["red", "blue"])
    field("vip", "boolean")
    field("home", "url")
    field("supplier", "reference", refers_to="customers.account")
    first = LeadFactory(
        owner=seller,
        custom={
            "promotion": "SPRING", "remark": "Call in spring", "size": "9.5", "launch": "2026-01-31", "source": "web",
            "colors": ["red", "blue"], "vip": True, "home": "https://example.com", "supplier": str(account.public_id),
        },
    )  # fmt: skip
    second = LeadFactory(
        owner=seller, custom={"size": "10", "launch": "2026-02-01", "source": "fair", "vip": False}
    )
    third = LeadFactory(owner=seller)

    def found(query: str) -> list[Any]:
        answer = api.get(f"/api/v1/leads/?{query}&ordering=created_at")
        assert answer.status_code == 200, answer.data
        return [one["number"] for one in answer.data["results"]]

    for query in (
        "custom.promotion=SPRING", "custom.remark=spring", "custom.size=9.50", "custom.launch=2026-01-31",
        "custom.source=web", "custom.colors=blue", "custom.vip=true", "custom.home=https://example.com",
        f"custom.supplier={account.public_id}", "custom.size.max=9.9", "custom.launch.max=2026-01-31",
        "custom.promotion=SPRING&custom.vip=true",
    ):  # fmt: skip
        assert found(query) == [first.number], query
    assert found("custom.vip=false") == [second.number]
    assert found("custom.size.min=9.5") == [first.number, second.number]
    assert found("custom.source=web,fair") == [first.number, second.number]
    assert found("custom.size.min=1&custom.size.max=3") == []
    assert third.number in found("")


@pytest.mark.parametrize(
    "query",
    [
        "custom.moon=1", "custom.gone=x", "custom.size=many", "custom.size.mid=1", "custom.color.min=1",
        "custom.source=moon", "custom.size=", "custom.vip=maybe", "custom.color=%00",
    ],
)  # fmt: skip
def test_a_wrong_filter_is_named(api, query):
    field("gone", "text", is_active=False)
    field("size", "number")
    field("color", "text")
    field("source", "choice", choices=["web"])
    field("vip", "boolean")

    answer = api.get(f"/api/v1/leads/?{query}")

    assert (answer.status_code, answer.data["errors"][0]["field"]) == (400, query.partition("=")[0])


def test_lists_are_sorted_by_value_page_by_page_with_the_empty_ones_last(api, seller):
    field("size", "number")
    sizes = [9, 10, 100, 2, None, 10]
    for size in sizes:
        LeadFactory(owner=seller, custom={} if size is None else {"size": str(size)})

    def walk(ordering: str) -> list[Any]:
        found, address = [], f"/api/v1/leads/?ordering={ordering}&page_size=2"
        while address:
            answer = api.get(address).data
            found += [one["custom"]["size"] for one in answer["results"]]
            address = answer["next"]
        return [None if one is None else int(one) for one in found]

    assert walk("custom.size") == [2, 9, 10, 10, 100, None]
    assert walk("-custom.size") == [100, 10, 10, 9, 2, None]
    assert api.get("/api/v1/leads/?ordering=custom.moon").status_code == 400


def test_the_description_types_every_field_of_every_kind_of_record(api):
    field("size", "number", decimals=1, label="Size of the fleet", help_text="How many vans")
    field("source", "choice", choices=["web", "fair"])
    field("color", "text", record_type="orders.order")

    described = api.get("/api/v1/schema/?format=json").content
    schema = json.loads(described)

    lead = schema["components"]["schemas"]["LeadBody"]["properties"]["custom"]
    assert lead["additionalProperties"] is False
    assert set(lead["properties"]) == {"size", "source"}
    assert lead["properties"]["size"]["format"] == "decimal"
    assert "Size of the fleet" in lead["properties"]["size"]["description"]
    assert lead["properties"]["source"]["enum"] == ["web", "fair", None]
    order = schema["components"]["schemas"]["OrderBody"]["properties"]["custom"]
    assert set(order["properties"]) == {"color"}
    names = {one["name"]: one for one in schema["paths"]["/api/v1/leads/"]["get"]["parameters"]}
    assert {"custom.size", "custom.size.min", "custom.size.max", "custom.source"} <= names.keys()
    assert "-custom.size" in names["ordering"]["schema"]["enum"]


def test_a_late_change_is_told_field_by_field(api, seller):
    field("size", "number")
    field("color", "text")
    lead = LeadFactory(owner=seller, custom={"size": "1", "color": "red"})
    address = f"/api/v1/leads/{lead.public_id}/"
    api.patch(address, {"custom": {"size": "2"}, "version": 1}, format="json")

    answer = api.patch(address, {"custom": {"size": "3", "color": "red"}, "version": 1}, format="json")

    assert answer.status_code == 409
    assert [(c["field"], c["mine"], c["theirs"]) for c in answer.json()["conflicts"]] == [
        ("custom.size", "3", "2")
    ]


def test_the_value_is_exact(api):
    field("size", "number", decimals=6)

    assert Decimal(new(api, {"size": "123456789.123456"}).data["custom"]["size"]) == Decimal(
        "123456789.123456"
    )


# --- the definitions themselves ---------------------------------------------------


def test_everybody_reads_the_definitions_and_administrators_write_them(api):
    boss = APIClient()
    boss.force_authenticate(UserFactory(role="administrator"))
    body = {
        "record_type": "leads.lead", "name": "source_of", "label": "Heard of us by", "kind": "choice",
        "choices": [{"value": "fair", "label": "Fair"}, {"value": "web"}],
    }  # fmt: skip

    assert api.post("/api/v1/custom-fields/", body, format="json").status_code == 403
    made = boss.post("/api/v1/custom-fields/", body, format="json")
    assert made.status_code == 201, made.data
    address = f"/api/v1/custom-fields/{made.data['id']}/"
    changed = boss.patch(address, {"is_required": True, "version": 1}, format="json")
    refused = boss.patch(address, {"kind": "text"}, format="json")

    assert (changed.status_code, changed.data["version"]) == (200, 2), changed.data
    assert refused.status_code == 400
    listed = api.get("/api/v1/custom-fields/?record_type=leads.lead").data["results"]
    assert [(one["name"], one["choices"][1]["label"]) for one in listed] == [("source_of", "web")]
    assert new(api, {"source_of": "web"}).status_code == 201
    assert api.post(f"{address}remove/", {}, format="json").status_code == 403
    assert boss.post(f"{address}remove/", {}, format="json").data["is_active"] is False
    assert new(api, {"source_of": "web"}).status_code == 400
    assert boss.post(f"{address}purge/", {"confirmation": "x"}, format="json").status_code == 422
    assert boss.post(f"{address}purge/", {"confirmation": "source_of"}, format="json").status_code == 204
