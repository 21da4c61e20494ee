"""What people ask of lists, machines ask by the same names."""

from typing import Any

import pytest

from kernel.tables import view_actions
from people.models import Role
from tests.factories import AccountFactory, LeadFactory, OpportunityFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(client: Any) -> Any:
    user = UserFactory(role=Role.INTEGRATION)
    client.force_login(user)
    return user


def numbers(client: Any, address: str, **query: Any) -> set[str]:
    answer = client.get(address, query)
    assert answer.status_code == 200, answer.text
    return {row["number"] for row in answer.json()["results"]}


def test_the_fields_of_the_list_narrow_the_api(client: Any, machine: Any) -> None:
    small, large = OpportunityFactory(estimated_revenue=10), OpportunityFactory(estimated_revenue=60_000)

    assert numbers(client, "/api/v1/opportunities/", f="amount:gt:50k") == {large.number}
    assert numbers(client, "/api/v1/opportunities/", f=["amount:gt:5", "amount:lt:50"]) == {small.number}
    assert numbers(client, "/api/v1/opportunities/", f="amount:is:10||amount:is:60k") == {
        small.number,
        large.number,
    }
    assert numbers(client, "/api/v1/opportunities/", f="amount:gt:5", status="open") == {
        small.number,
        large.number,
    }


@pytest.mark.parametrize(
    "text",
    [
        "password:is:x",
        "owner__password:is:x",
        "amount:gt:much",
        "amount:regex:1",
        "x",
        "search_text:contains:a",
    ],
)
def test_what_makes_no_sense_is_refused_by_name(text: str, client: Any, machine: Any) -> None:
    answer = client.get("/api/v1/opportunities/", {"f": text})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "f"


def test_reserved_fields_cannot_be_asked_by_those_who_may_not_read_them(client: Any, machine: Any) -> None:
    AccountFactory(credit_limit=500)

    assert client.get("/api/v1/accounts/", {"f": "credit_limit:gt:1"}).status_code == 400
    client.force_login(UserFactory(role=Role.FINANCE))
    assert client.get("/api/v1/accounts/", {"f": "credit_limit:gt:1"}).status_code == 200


def test_a_saved_view_narrows_the_api_for_those_who_see_it(client: Any, machine: Any) -> None:
    hot = LeadFactory(rating="hot")
    LeadFactory(rating="cold")
    view = view_actions.create_view(by=machine, table="leads", name="Hot", query="f=rating%3Ais%3Ahot")

    assert numbers(client, "/api/v1/leads/", view=str(view.public_id)) == {hot.number}
    client.force_login(UserFactory(role=Role.INTEGRATION))
    assert client.get("/api/v1/leads/", {"view": str(view.public_id)}).status_code == 400


def test_the_description_names_every_field_and_its_operators(client: Any, machine: Any) -> None:
    found = client.get("/api/v1/schema/", headers={"Accept": "application/json"}).json()

    parameters = {one["name"]: one for one in found["paths"]["/api/v1/opportunities/"]["get"]["parameters"]}
    assert "`amount` (number: is, not, gt" in parameters["f"]["description"]
    assert parameters["f"]["schema"] == {"type": "array", "items": {"type": "string"}}
    assert {"status", "owner", "q"} <= set(parameters)
    accounts = {one["name"]: one for one in found["paths"]["/api/v1/accounts/"]["get"]["parameters"]}
    assert "credit_limit" not in accounts["f"]["description"]
