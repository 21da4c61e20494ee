"""The pages of pipelines, loss reasons and competitors, without JavaScript, and what the API says of them."""

import re

import pytest
from django.urls import reverse

from kernel.models import Job
from opportunities.competing import record_of
from opportunities.models import Competitor, LossReason, Opportunity, OpportunityClose, Pipeline, Rival, Stage
from tests.factories import (
    LossReasonFactory,
    OpportunityCloseFactory,
    OpportunityFactory,
    PipelineFactory,
    StageFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
PLACES = ("pipelines", "loss-reasons", "competitors")


@pytest.fixture
def sales():
    return [StageFactory(position=place) for place in (1, 2, 3, 4)]


@pytest.fixture
def admin(client, sales):
    user = UserFactory(role="administrator", team=None)
    client.force_login(user)
    return user


def address(name, *args):
    return reverse(f"pipeline-settings:{name}", args=args)


def stage_values(stage, **changes):
    values = {
        "name": stage.name, "probability": stage.probability, "forecast": stage.forecast, "rots_after_days": "",
    }  # fmt: skip
    return values | changes


# --- pipelines and stages ----------------------------------------------------------------------------------------


def test_an_administrator_opens_a_pipeline_and_makes_it_the_default(client, admin, sales):
    answer = client.post(address("pipeline-new"), {"name": "Renewals", "like": sales[0].pipeline_id})

    made = Pipeline.objects.get(name="Renewals")
    assert answer.headers["Location"] == address("pipeline", made.pk)
    assert "Propose" in client.get(answer.headers["Location"]).text
    client.post(address("pipeline-default", made.pk))
    assert Pipeline.objects.get(is_default=True) == made


def test_a_pipeline_is_renamed_and_a_taken_name_is_refused_beside_the_field(client, admin, sales):
    PipelineFactory(name="Renewals")
    where = address("pipeline-rename", sales[0].pipeline_id)

    refused = client.post(where, {"name": "Renewals"})
    assert refused.status_code == 422
    assert "There is one of this name already." in refused.text
    assert client.post(where, {"name": "New business"}).status_code == 302
    assert Pipeline.objects.get(pk=sales[0].pipeline_id).name == "New business"


def test_stages_change_places_and_the_keyboard_goes_on_from_there(client, admin, sales):
    answer = client.post(address("stage-place", sales[2].pk), {"to": "up"})

    assert answer.headers["Location"].endswith(f"#stage-{sales[2].pk}")
    order = Stage.objects.filter(is_active=True).order_by("position").values_list("name", flat=True)
    assert list(order) == ["Qualify", "Propose", "Develop", "Close"]
    assert (
        f'id="stage-{sales[2].pk}" tabindex="-1"'
        in client.get(address("pipeline", sales[0].pipeline_id)).text
    )


def test_a_stage_says_what_it_requires_and_advises(client, admin, sales):
    values = stage_values(sales[1], required_fields=["amount", "account"], advised_fields=["amount", "need"])

    assert client.post(address("stage", sales[1].pk), values).status_code == 302

    stage = Stage.objects.get(pk=sales[1].pk)
    assert set(stage.required_fields) == {"amount", "account"}
    assert stage.advised_fields == ["need"]
    page = client.get(address("pipeline", sales[0].pipeline_id)).text
    assert "advised: need" in page


def test_the_page_of_a_stage_says_how_many_deals_would_follow_and_asks(client, admin, sales):
    OpportunityFactory.create_batch(2, stage=sales[1], probability=30)
    OpportunityFactory(stage=sales[1], probability=55)
    where = address("stage", sales[1].pk)

    page = client.get(where).text
    assert "3 open deals are in this stage." in page
    assert "2 have its probability, 1 one of their own." in page
    asked = client.post(where, stage_values(sales[1], probability=40))
    assert asked.status_code == 422
    assert "Say whether the 2 open deals" in asked.text
    answer = client.post(where, stage_values(sales[1], probability=40, follow="yes"))
    assert answer.headers["Location"] == Job.objects.get().get_absolute_url()


def test_a_stage_with_deals_is_retired_once_one_says_where_they_go(client, admin, sales):
    OpportunityFactory(stage=sales[1])
    where = address("stage-retire", sales[1].pk)

    page = client.get(where).text
    assert "1 open deal is in it." in page
    assert re.search(r'href="/opportunities/\?f=[^"]*stage', page)
    assert client.post(where, {"to": ""}).status_code == 422
    assert client.post(where, {"to": sales[2].pk}).status_code == 302
    assert Job.objects.get().kind == "opportunities.move_all"


def test_an_empty_stage_is_retired_at_once_and_restored(client, admin, sales):
    client.post(address("stage-retire", sales[1].pk), {})
    assert not Stage.objects.get(pk=sales[1].pk).is_active
    assert "Retired stages" in client.get(address("pipeline", sales[0].pipeline_id)).text

    client.post(address("stage-restore", sales[1].pk))
    assert Stage.objects.get(pk=sales[1].pk).is_active


def test_the_move_page_offers_other_pipelines_and_no_retired_stage(client, admin, sales):
    other = StageFactory(pipeline=PipelineFactory(name="Renewals"), name="Offer")
    StageFactory(pipeline=sales[0].pipeline, position=9, name="Gone", is_active=False)
    deal = OpportunityFactory(stage=sales[0])
    where = reverse("opportunities:move", args=[deal.ref])

    page = client.get(where).text
    assert "Renewals" in page
    assert "Gone" not in page
    assert client.post(where, {"stage": other.pk, "version": deal.version}).status_code == 302
    assert Opportunity.objects.get(pk=deal.pk).stage == other


# --- loss reasons and competitors --------------------------------------------------------------------------------


def test_loss_reasons_are_kept_on_their_page(client, admin):
    client.post(address("loss-reason-new"), {"name": "Price", "status_reason": "out_sold"})
    client.post(address("loss-reason-new"), {"name": "No budget", "status_reason": "canceled"})
    budget = LossReason.objects.get(name="No budget")

    client.post(address("loss-reason-place", budget.pk), {"to": "up"})
    client.post(address("loss-reason-use", LossReason.objects.get(name="Price").pk), {"to": "retire"})

    page = client.get(address("loss-reasons")).text
    assert page.index("No budget") < page.index("Retired") < page.rindex("Price <span")
    assert not LossReason.objects.get(name="Price").is_active


def test_the_page_of_a_competitor_shows_the_deals_it_was_met_in(client, admin, sales):
    borg = Competitor.objects.create(name="Borg", strengths="Everywhere")
    won = OpportunityFactory(name="Beaten", status="won", actual_revenue=5)
    lost = OpportunityFactory(name="Taken", status="lost")
    Rival.objects.create(opportunity=won, competitor=borg)
    OpportunityCloseFactory(opportunity=lost, lost_to=borg)
    OpportunityClose.objects.create(
        opportunity=won, outcome="lost", lost_to=borg, is_canceled=True, by=admin, closed_on="2026-01-01"
    )

    page = client.get(address("competitor", borg.pk)).text
    [record] = record_of(admin, Competitor.objects.all())
    listed = client.get(address("competitors")).text

    assert "Beaten" in page
    assert "Taken" in page
    assert "Everywhere" in page
    assert (record.won, record.lost, record.open, record.share) == (1, 1, 0, 50)
    assert f'<a href="{address("competitor", borg.pk)}#lost">1</a>' in listed
    assert "50%" in listed


def test_a_salesperson_sees_only_own_deals_behind_a_competitor(client, sales):
    borg = Competitor.objects.create(name="Borg")
    OpportunityCloseFactory(opportunity=OpportunityFactory(name="Taken", status="lost"), lost_to=borg)
    seller = UserFactory()
    client.force_login(seller)

    assert "Taken" not in client.get(address("competitor", borg.pk)).text
    assert [row.lost for row in record_of(seller, Competitor.objects.all())] == [0]


# --- who may, and what it costs ----------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["salesperson", "sales_manager"])
def test_sellers_look_and_do_not_touch(client, role, sales):
    client.force_login(UserFactory(role=role))
    LossReasonFactory()

    for place in PLACES:
        page = client.get(address(place))
        assert page.status_code == 200
        assert "New pipeline" not in page.text
    page = client.get(address("pipeline", sales[0].pipeline_id)).text
    assert "Add a stage" not in page
    assert client.post(address("stage", sales[0].pk), stage_values(sales[0], name="Mine")).status_code == 403
    assert Stage.objects.get(pk=sales[0].pk).name == "Qualify"


@pytest.mark.parametrize("rows", [1, 20])
def test_the_pages_cost_the_same_however_much_there_is(
    client, admin, sales, rows, django_assert_max_num_queries
):
    for number in range(rows):
        pipeline = PipelineFactory(name=f"Way {number}")
        OpportunityFactory(stage=StageFactory(pipeline=pipeline))
        LossReasonFactory(name=f"Reason {number}")
        Competitor.objects.create(name=f"Rival {number}")
    for place in PLACES:
        client.get(address(place))

    for place in PLACES:
        with django_assert_max_num_queries(9):
            assert client.get(address(place)).status_code == 200
    with django_assert_max_num_queries(9):
        assert client.get(address("pipeline", sales[0].pipeline_id)).status_code == 200


# --- API ---------------------------------------------------------------------------------------------------------


def test_machines_read_pipelines_with_their_stages(client, sales):
    client.force_login(UserFactory())

    found = client.get("/api/v1/pipelines/").json()["results"]
    one = client.get("/api/v1/pipelines/Sales/").json()

    assert [row["name"] for row in found] == ["Sales"]
    assert [stage["name"] for stage in one["stages"]] == ["Qualify", "Develop", "Propose", "Close"]
    assert one["stages"][1]["probability"] == 30
    assert client.patch("/api/v1/pipelines/Sales/", {}, content_type="application/json").status_code == 405


def test_machines_read_loss_reasons_and_competitors_and_administrators_write_them(client, sales):
    client.force_login(UserFactory())
    LossReasonFactory()
    new = {"name": "Borg", "strengths": "Everywhere"}

    assert client.get("/api/v1/loss-reasons/Price/").json()["status_reason"] == "out_sold"
    assert client.post("/api/v1/competitors/", new, content_type="application/json").status_code == 403
    client.force_login(UserFactory(role="administrator"))
    assert client.post("/api/v1/competitors/", new, content_type="application/json").status_code == 201
    assert client.get("/api/v1/competitors/?is_active=true").json()["results"][0]["name"] == "Borg"


def test_machines_move_a_deal_to_another_pipeline_and_not_into_a_retired_stage(client, admin, sales):
    other = StageFactory(pipeline=PipelineFactory(name="Renewals"), name="Offer")
    deal = OpportunityFactory(stage=sales[0])
    where = f"/api/v1/opportunities/{deal.public_id}/move/"
    Stage.objects.filter(pk=sales[1].pk).update(is_active=False)

    retired = client.post(where, {"stage": "Develop"}, content_type="application/json")
    moved = client.post(where, {"stage": "Renewals/Offer"}, content_type="application/json")

    assert (retired.status_code, moved.status_code) == (400, 200)
    deal.refresh_from_db()
    assert deal.stage == other
