"""Deals through the API: pipelines and stages by name, the forecast, and who has to do with a deal."""

import datetime as dt

import pytest

from opportunities.actions import add_stakeholder
from opportunities.models import Opportunity
from tests.api.conftest import client_of
from tests.factories import (
    AccountFactory,
    ContactFactory,
    OpportunityFactory,
    PipelineFactory,
    StageFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
PATH = "/api/v1/opportunities/"


@pytest.fixture
def ways(euro):
    """The default pipeline and another; both have a stage called Propose."""
    service = PipelineFactory(name="Service")
    return {
        "sales": [StageFactory(), StageFactory(position=3)],
        "service": [
            StageFactory(pipeline=service, name="Request"),
            StageFactory(pipeline=service, position=2, name="Propose", probability=70, forecast="best_case"),
        ],
    }


def at(deal, *step):
    return f"{PATH}{deal.public_id}/" + "".join(f"{one}/" for one in step)


def made(api, seller, **said):
    account = AccountFactory(owner=seller)
    return api.post(PATH, {"name": "D", "account": account.number, **said}, format="json")


# --- pipelines and stages ----------------------------------------------------------------------------------------


def test_a_deal_says_its_pipeline_its_stage_and_how_it_counts(api, seller, ways):
    deal = OpportunityFactory(
        owner=seller, stage=ways["service"][1], forecast="committed", is_judged=True,
        next_due_at=dt.datetime(2027, 1, 5, 9, tzinfo=dt.UTC), stage_entered_at=dt.datetime(2026, 1, 5, tzinfo=dt.UTC),
    )  # fmt: skip

    told = api.get(at(deal)).json()

    assert (told["pipeline"], told["stage"], told["forecast"], told["is_judged"]) == (
        "Service", "Propose", "committed", True,
    )  # fmt: skip
    assert (told["next_due_at"], told["stage_entered_at"]) == ("2027-01-05T09:00:00Z", "2026-01-05T00:00:00Z")


@pytest.mark.parametrize(
    ("said", "name", "way"),
    [
        ({}, "Qualify", "Sales"),
        ({"stage": "Propose"}, "Propose", "Sales"),
        ({"pipeline": "Service"}, "Request", "Service"),
        ({"pipeline": "Service", "stage": "Propose"}, "Propose", "Service"),
        ({"stage": "Service/Propose"}, "Propose", "Service"),
        ({"stage": "Service / Propose"}, "Propose", "Service"),
        ({"pipeline": "Service", "stage": "Service/Request"}, "Request", "Service"),
    ],
)
def test_a_deal_begins_in_the_stage_that_is_named_in_its_pipeline(api, seller, ways, said, name, way):
    answer = made(api, seller, **said)

    assert answer.status_code == 201, answer.json()
    assert (answer.json()["stage"], answer.json()["pipeline"]) == (name, way)
    assert Opportunity.objects.get().probability == Opportunity.objects.get().stage.probability


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"stage": "Request"}, "stage"),
        ({"pipeline": "Nowhere"}, "pipeline"),
        ({"pipeline": "Service", "stage": "Qualify"}, "stage"),
        ({"pipeline": "Sales", "stage": "Service/Propose"}, "stage"),
        ({"pipeline": 7}, "pipeline"),
        ({"stage": {"name": "Propose"}}, "stage"),
    ],
)
def test_a_stage_that_is_not_there_is_named(api, seller, ways, said, field):
    answer = made(api, seller, **said)

    assert answer.status_code == 400
    assert field in str(answer.json()["errors"])
    assert not Opportunity.objects.exists()


def test_a_deal_is_moved_to_another_pipeline(api, seller, ways):
    deal = OpportunityFactory(owner=seller, stage=ways["sales"][0])

    answer = api.post(at(deal, "move"), {"pipeline": "Service", "stage": "Propose"}, format="json")

    assert (answer.status_code, answer.json()["pipeline"]) == (200, "Service")
    assert Opportunity.objects.get().stage == ways["service"][1]
    assert api.post(at(deal, "move"), {}, format="json").status_code == 400


def test_the_stage_of_a_deal_is_changed_by_its_step_only(api, seller, ways):
    deal = OpportunityFactory(owner=seller)

    for said in (
        {"stage": "Propose"},
        {"pipeline": "Service"},
        {"forecast": "committed"},
        {"is_judged": True},
    ):
        assert api.patch(at(deal), said, format="json").status_code == 400


# --- filters -----------------------------------------------------------------------------------------------------


def test_deals_are_found_by_pipeline_category_and_day(api, seller, ways):
    one = OpportunityFactory(
        owner=seller, stage=ways["service"][0], forecast="committed", estimated_close_on=dt.date(2027, 3, 1)
    )
    two = OpportunityFactory(
        owner=seller, stage=ways["sales"][0], forecast="pipeline", estimated_close_on=dt.date(2027, 1, 1)
    )

    def found(query):
        return {row["number"] for row in api.get(f"{PATH}?{query}").json()["results"]}

    assert found("pipeline=Service") == {one.number}
    assert found("forecast=pipeline") == {two.number}
    assert found("closes_from=2027-02-01") == {one.number}
    assert found("closes_from=2027-01-01&closes_by=2027-01-31") == {two.number}
    assert api.get(f"{PATH}?forecast=won").status_code == 400


@pytest.mark.parametrize("many", [1, 20])
def test_a_list_costs_the_same_however_long(api, seller, ways, many, django_assert_max_num_queries):
    for _number in range(many):
        OpportunityFactory(owner=seller, stage=ways["service"][0])

    with django_assert_max_num_queries(8):
        assert len(api.get(PATH).json()["results"]) == many


# --- the forecast ------------------------------------------------------------------------------------------------


def test_a_deal_is_judged_and_the_judgement_taken_back(api, seller, ways):
    deal = OpportunityFactory(owner=seller)

    judged = api.post(at(deal, "judge"), {"forecast": "best_case"}, format="json").json()
    assert (judged["forecast"], judged["is_judged"]) == ("best_case", True)

    freed = api.post(at(deal, "judge"), {"forecast": None}, format="json").json()
    assert (freed["forecast"], freed["is_judged"]) == ("pipeline", False)
    assert api.post(at(deal, "judge"), {"forecast": "won"}, format="json").status_code == 400


# --- who has to do with it ---------------------------------------------------------------------------------------


def test_people_competitors_and_team_are_written_as_whole_lists_and_read(api, seller, ways):
    deal = OpportunityFactory(owner=seller)
    ada = ContactFactory(owner=seller, first_name="Ada", last_name="Long")
    boss = UserFactory(role="sales_manager", team=seller.team, username="boss")

    said = {"stakeholders": [{"contact": ada.number, "role": "Decision maker"}]}
    assert api.post(at(deal, "stakeholders"), said, format="json").status_code == 200
    said = {"competitors": [{"name": "Vela", "note": "Cheaper"}, {"name": "Orion"}]}
    assert api.post(at(deal, "competitors"), said, format="json").status_code == 200
    told = api.post(
        at(deal, "members"), {"members": [{"user": "boss", "role": "Sponsor"}]}, format="json"
    ).json()

    assert told["stakeholders"] == [
        {"contact": str(ada.public_id), "name": "Ada Long", "role": "decision_maker"}
    ]
    assert told["competitors"] == [{"name": "Vela", "note": "Cheaper"}, {"name": "Orion", "note": ""}]
    assert told["members"] == [{"user": boss.username, "role": "Sponsor"}]

    told = api.post(at(deal, "competitors"), {"competitors": []}, format="json").json()
    assert told["competitors"] == []


def test_a_list_that_does_not_fit_changes_nothing(api, seller, ways):
    deal = OpportunityFactory(owner=seller)
    add_stakeholder(deal, ContactFactory(owner=seller), by=seller)
    hidden = ContactFactory(owner=UserFactory())
    colleague = UserFactory(team=seller.team, username="rep2")

    answers = [
        api.post(at(deal, "stakeholders"), {"stakeholders": [{"contact": hidden.number}]}, format="json"),
        api.post(at(deal, "members"), {"members": [{"user": colleague.username}]}, format="json"),
        api.post(at(deal, "competitors"), {"competitors": [{"name": " "}]}, format="json"),
        api.post(at(deal, "stakeholders"), {"stakeholders": [], "version": 1}, format="json"),
    ]

    assert [one.status_code for one in answers] == [400, 422, 400, 409]
    assert "cannot see this deal" in str(answers[1].json())
    assert deal.stakeholders.count() == 1


@pytest.mark.parametrize("step", ["judge", "stakeholders", "competitors", "members"])
def test_who_only_reads_writes_none_of_it(seller, finance, ways, step):
    deal = OpportunityFactory(owner=seller)
    said = {"forecast": None} if step == "judge" else {step: []}

    assert client_of(finance).post(at(deal, step), said, format="json").status_code == 403
    assert client_of(UserFactory()).post(at(deal, step), said, format="json").status_code == 404
