"""The forecast for machines: the same figures as the page, and what is said of them."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from forecasts.actions import take_snapshot
from forecasts.models import ForecastCall, Goal, Snapshot
from opportunities.models import Opportunity
from tests.factories import OpportunityFactory
from tests.forecasts.scene import D, asked_of_the_database, build
from tests.pages import queries

pytestmark = pytest.mark.django_db
FORECAST = "/api/v1/forecast/"
NAMES = {
    "won": "Won",
    "commit": "Commit",
    "best_case": "Best case",
    "pipeline": "Pipeline",
    "weighted": "Weighted",
}


@pytest.fixture
def scene() -> Any:
    return build()


def client_of(user: Any) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def rows(user: Any, scene: Any, **more: Any) -> dict[str, Any]:
    answer = client_of(user).get(FORECAST, {"period": scene.period.key, **more})
    assert answer.status_code == 200, answer.data
    return {row["key"]: row for row in answer.json()["rows"]}


@pytest.mark.parametrize("who", ["ada", "mei", "root"])
def test_the_figures_are_the_sums_of_the_deals_that_one_may_see(scene: Any, who: str) -> None:
    seen = {"ada": [scene.ada], "mei": [scene.ada, scene.ben], "root": [scene.ada, scene.ben, scene.sam]}[who]

    total = rows(getattr(scene, who), scene)["all"]

    wanted = asked_of_the_database(scene.period, seen)
    for name, label in NAMES.items():
        assert D(total[name]) == round(wanted[label], 4), name
    assert total["unrated"] == ["CHF"]


def test_one_team_can_be_asked_for_and_one_out_of_sight_has_no_rows(scene: Any) -> None:
    found = rows(scene.mei, scene, team="Berlin")

    assert f"team-{scene.berlin.pk}" in found
    assert D(rows(scene.mei, scene, team="South")["all"]["won"]) == 0
    assert f"team-{scene.south.pk}" not in rows(scene.mei, scene, team="South")


def test_as_of_a_snapshot_the_figures_stay_what_they_were(scene: Any) -> None:
    taken = take_snapshot().taken_on
    before = rows(scene.mei, scene)["all"]
    Opportunity.objects.filter(owner=scene.ada, status="open").update(estimated_revenue=1)

    then = rows(scene.mei, scene, as_of=taken.isoformat())["all"]

    assert {name: then[name] for name in NAMES} == {name: before[name] for name in NAMES}
    assert rows(scene.mei, scene)["all"]["commit"] != before["commit"]


@pytest.mark.parametrize(
    ("name", "value"), [("period", "soon"), ("as_of", "2026-02-31"), ("metric", "luck"), ("color", "red")]
)
def test_what_the_forecast_does_not_know_is_refused_by_name(scene: Any, name: str, value: str) -> None:
    answer = client_of(scene.mei).get(FORECAST, {name: value})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == name


def test_a_forecast_costs_the_same_however_many_deals_there_are(scene: Any) -> None:
    client = client_of(scene.mei)
    client.get(FORECAST)  # what is remembered of who asks is remembered now
    few = len(queries(lambda: client.get(FORECAST, {"period": scene.period.key})))

    OpportunityFactory.create_batch(
        10, owner=scene.ben, stage=scene.stage, estimated_close_on=scene.period.ends_on, estimated_revenue=5
    )

    assert len(queries(lambda: client.get(FORECAST, {"period": scene.period.key}))) == few


def test_a_target_is_set_and_withdrawn_and_the_newest_holds(scene: Any) -> None:
    client = client_of(scene.mei)
    goal = {"period": scene.period.key, "person": "ada", "target": "1000.50"}

    made = client.post("/api/v1/goals/", goal, format="json")
    assert made.status_code == 201, made.data
    assert D(rows(scene.mei, scene)["all"]["target"]) == D("1000.50")

    client.post("/api/v1/goals/", goal | {"target": None}, format="json")
    assert rows(scene.mei, scene)["all"]["target"] is None
    listed = client.get("/api/v1/goals/", {"person": "ada"}).json()["results"]
    assert [one["target"] for one in listed] == [None, "1000.5000"]


def test_a_target_is_of_one_person_or_one_team(scene: Any) -> None:
    client = client_of(scene.mei)
    for whose in ({}, {"person": "ada", "team": "Berlin"}):
        answer = client.post(
            "/api/v1/goals/", {"period": scene.period.key, "target": "1", **whose}, format="json"
        )
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["code"] == "one_of_both"
    assert not Goal.objects.exists()


def test_targets_of_others_are_neither_seen_nor_set(scene: Any) -> None:
    goal = {"period": scene.period.key, "person": "sam", "target": "5"}
    assert (
        client_of(scene.mei).post("/api/v1/goals/", goal, format="json").status_code == 400
    )  # no such person
    assert client_of(scene.ada).post("/api/v1/goals/", goal, format="json").status_code == 403
    assert client_of(scene.root).post("/api/v1/goals/", goal, format="json").status_code == 201

    assert client_of(scene.mei).get("/api/v1/goals/").json()["results"] == []
    assert len(client_of(scene.sam).get("/api/v1/goals/").json()["results"]) == 1


def test_a_call_needs_its_reason_and_keeps_what_the_system_saw(scene: Any) -> None:
    client, call = client_of(scene.ada), {"period": scene.period.key, "person": "ada", "amount": "77"}

    assert client.post("/api/v1/forecast-calls/", call, format="json").status_code == 400
    made = client.post("/api/v1/forecast-calls/", call | {"note": "Sure"}, format="json")

    assert made.status_code == 201
    row = rows(scene.ada, scene)["all"]
    assert (D(row["call"]), D(made.json()["commit"])) == (D(77), D(row["commit"]))
    assert client_of(scene.ben).get("/api/v1/forecast-calls/").json()["results"] == []


def test_a_call_sent_twice_under_one_key_is_made_once(scene: Any) -> None:
    client, call = (
        client_of(scene.ada),
        {"period": scene.period.key, "person": "ada", "amount": "77", "note": "Sure"},
    )

    for _turn in range(2):
        answer = client.post(
            "/api/v1/forecast-calls/", call, format="json", headers={"Idempotency-Key": "one"}
        )
        assert answer.status_code == 201

    assert ForecastCall.objects.count() == 1


def test_a_snapshot_is_taken_by_those_who_lead(scene: Any) -> None:
    assert client_of(scene.ada).post("/api/v1/snapshots/").status_code == 403
    assert client_of(scene.mei).post("/api/v1/snapshots/").status_code == 201

    assert Snapshot.objects.get().deals == Opportunity.objects.count()
    assert len(client_of(scene.ada).get("/api/v1/snapshots/").json()["results"]) == 1
