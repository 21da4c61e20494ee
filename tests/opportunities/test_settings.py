"""Pipelines, stages, loss reasons and competitors as an organization decides about them."""

import pytest
from django.core.exceptions import PermissionDenied

from kernel import history, jobs
from kernel.errors import DomainError, TransitionRefused
from kernel.models import HistoryEntry, Job
from opportunities import settings_actions as actions
from opportunities import settings_reason_actions as reasons
from opportunities.actions import create_opportunity, judge_opportunity, move_opportunity
from opportunities.closing import competitor_named
from opportunities.models import Competitor, LossReason, Pipeline, Stage
from opportunities.selectors import first_stage, stages_of, stages_to_go_to
from tests.factories import (
    AccountFactory,
    CurrencyFactory,
    LossReasonFactory,
    OpportunityFactory,
    PipelineFactory,
    StageFactory,
    StageVisitFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return UserFactory(role="administrator", team=None)


@pytest.fixture
def sales():
    """The default pipeline with its four stages."""
    return [StageFactory(position=place) for place in (1, 2, 3, 4)]


def names(stages):
    return [stage.name for stage in stages]


def verbs_of(record):
    return list(history.of(record).order_by("id").values_list("verb", flat=True))


def do(job):
    assert jobs.run(str(job.public_id)) is False
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    return job


# --- pipelines ---------------------------------------------------------------------------------------------------


def test_a_new_pipeline_begins_with_the_stages_of_another(admin, sales):
    made = actions.create_pipeline(by=admin, name="Renewals", like=sales[0].pipeline)

    assert names(actions.active_stages(made)) == ["Qualify", "Develop", "Propose", "Close"]
    assert not made.is_default
    assert verbs_of(made) == ["created"]
    assert names(actions.active_stages(sales[0].pipeline)) == ["Qualify", "Develop", "Propose", "Close"]


def test_two_pipelines_have_two_names(admin, sales):
    with pytest.raises(DomainError) as refused:
        actions.create_pipeline(by=admin, name="sales")

    assert refused.value.code == "name_taken"
    assert Pipeline.objects.count() == 1
    assert not HistoryEntry.objects.exists()


def test_new_deals_start_in_the_default_pipeline(admin, sales):
    CurrencyFactory()
    other = actions.create_pipeline(by=admin, name="Renewals", like=sales[0].pipeline)

    actions.make_default(other, by=admin)

    assert Pipeline.objects.get(is_default=True) == other
    assert first_stage().pipeline == other
    assert create_opportunity(by=admin, name="Deal", account=AccountFactory()).stage.pipeline == other
    assert verbs_of(other) == ["created", "made_default"]


def test_a_pipeline_without_stages_or_out_of_use_is_no_default(admin, sales):
    empty = PipelineFactory(name="Empty")
    retired = PipelineFactory(name="Retired", is_active=False)
    StageFactory(pipeline=retired)

    for pipeline, code in ((empty, "no_stages"), (retired, "pipeline_retired")):
        with pytest.raises(DomainError) as refused:
            actions.make_default(pipeline, by=admin)
        assert refused.value.code == code

    assert Pipeline.objects.get(is_default=True) == sales[0].pipeline


def test_pipelines_are_put_in_order(admin, sales):
    for name in ("A", "B", "C"):
        actions.create_pipeline(by=admin, name=name)

    actions.move_pipeline(Pipeline.objects.get(name="C"), by=admin, up=True)
    actions.move_pipeline(Pipeline.objects.get(name="A"), by=admin, up=True)  # at the top already

    assert [one.name for one in Pipeline.objects.all()] == ["Sales", "A", "C", "B"]


def test_a_pipeline_is_retired_and_restored(admin, sales):
    other = actions.create_pipeline(by=admin, name="Renewals", like=sales[0].pipeline)
    deal = OpportunityFactory(stage=sales[0])

    actions.retire_pipeline(other, by=admin)

    assert {stage.pipeline_id for stage in stages_to_go_to(deal)} == {sales[0].pipeline_id}
    actions.restore_pipeline(other, by=admin)
    assert {stage.pipeline_id for stage in stages_to_go_to(deal)} == {sales[0].pipeline_id, other.pk}
    assert verbs_of(other) == ["created", "retired", "restored"]


def test_a_pipeline_with_open_deals_or_the_default_one_is_not_retired(admin, sales):
    other = actions.create_pipeline(by=admin, name="Renewals", like=sales[0].pipeline)
    OpportunityFactory(stage=other.stages.first())
    OpportunityFactory(stage=other.stages.first(), status="won")

    with pytest.raises(DomainError) as refused:
        actions.retire_pipeline(other, by=admin)
    with pytest.raises(DomainError) as default:
        actions.retire_pipeline(sales[0].pipeline, by=admin)

    assert refused.value.code == "has_open_deals"
    assert str(refused.value).startswith("1 open deals")
    assert "/opportunities/?f=" in refused.value.blockers[0].fix_url
    assert default.value.code == "is_default"
    other.refresh_from_db()
    assert other.is_active
    assert verbs_of(other) == ["created"]


def test_all_deals_of_a_pipeline_go_to_another_one_by_a_job(admin, sales):
    other = actions.create_pipeline(by=admin, name="Renewals", like=sales[0].pipeline)
    first, last = actions.active_stages(other)[0], actions.active_stages(other)[-1]
    usual = OpportunityFactory(stage=first, probability=10)
    own = OpportunityFactory(stage=last, probability=77, is_judged=True, forecast="omitted")
    closed = OpportunityFactory(stage=last, status="lost")
    StageVisitFactory(opportunity=usual)

    settled = actions.retire_pipeline(other, by=admin, to=sales[1])

    other.refresh_from_db()
    assert other.is_active  # until the last deal has left
    job = do(settled.job)
    for deal in (usual, own, closed):
        deal.refresh_from_db()
    other.refresh_from_db()
    assert (usual.stage, usual.probability, own.stage, own.probability) == (sales[1], 30, sales[1], 77)
    assert (own.forecast, own.is_judged) == ("omitted", True)
    assert closed.stage == last
    assert not other.is_active
    assert (job.done, job.total) == (2, 2)
    assert verbs_of(usual) == verbs_of(own) == ["moved"]
    assert usual.stage_visits.filter(left_at=None).get().stage == sales[1]
    assert verbs_of(other) == ["created", "retired"]


def test_deals_of_a_retired_pipeline_do_not_go_to_its_own_stages(admin, sales):
    other = actions.create_pipeline(by=admin, name="Renewals", like=sales[0].pipeline)
    first, last = actions.active_stages(other)[0], actions.active_stages(other)[-1]
    OpportunityFactory(stage=first)

    with pytest.raises(DomainError) as refused:
        actions.retire_pipeline(other, by=admin, to=last)

    assert refused.value.code == "unfit_stage"
    assert not Job.objects.exists()


# --- stages ------------------------------------------------------------------------------------------------------


def test_stages_are_added_and_put_in_order(admin, sales):
    pipeline = sales[0].pipeline
    actions.create_stage(pipeline, by=admin, name="Sign", probability=95, forecast="committed")

    actions.move_stage(Stage.objects.get(name="Sign"), by=admin, up=True)
    actions.move_stage(Stage.objects.get(name="Qualify"), by=admin, up=False)

    assert names(actions.active_stages(pipeline)) == ["Develop", "Qualify", "Propose", "Sign", "Close"]
    assert first_stage().name == "Develop"


@pytest.mark.parametrize(
    ("values", "code"), [({"name": "Develop"}, "name_taken"), ({"probability": 101}, "unfit_probability")]
)
def test_what_a_stage_cannot_be_is_refused(admin, sales, values, code):
    with pytest.raises(DomainError) as refused:
        actions.change_stage(sales[0], by=admin, **values)

    assert refused.value.code == code
    assert Stage.objects.get(pk=sales[0].pk).name == "Qualify"
    assert not HistoryEntry.objects.exists()


def test_open_deals_with_the_stages_own_values_follow_it(admin, sales):
    stage = sales[1]
    usual = OpportunityFactory(stage=stage, probability=30)
    own = OpportunityFactory(stage=stage, probability=55)
    judged = judge_opportunity(
        OpportunityFactory(stage=stage, probability=30), by=admin, forecast="committed"
    )
    won = OpportunityFactory(stage=stage, probability=30, status="won")

    settled = actions.change_stage(stage, by=admin, follow=True, probability=40, forecast="best_case")
    do(settled.job)

    for deal in (usual, own, judged, won):
        deal.refresh_from_db()
    assert (usual.probability, usual.forecast) == (40, "best_case")
    assert (own.probability, own.forecast) == (55, "best_case")
    assert (judged.probability, judged.forecast) == (40, "committed")
    assert (won.probability, won.forecast) == (30, "pipeline")
    assert history.of(usual).get().changes == {"probability": [30, 40], "forecast": ["pipeline", "best_case"]}
    assert verbs_of(won) == []
    assert history.of(stage).get().changes["probability"] == [30, 40]


def test_a_change_that_concerns_open_deals_asks_whether_they_follow(admin, sales):
    OpportunityFactory.create_batch(2, stage=sales[1], probability=30)

    with pytest.raises(DomainError) as refused:
        actions.change_stage(sales[1], by=admin, probability=40)

    assert (refused.value.code, refused.value.field) == ("follow_unsaid", "follow")
    assert "2 open deals" in str(refused.value)
    assert Stage.objects.get(pk=sales[1].pk).probability == 30
    assert not HistoryEntry.objects.exists()


def test_deals_keep_what_they_have_if_one_says_so(admin, sales):
    deal = OpportunityFactory(stage=sales[1], probability=30)

    settled = actions.change_stage(sales[1], by=admin, follow=False, probability=40)

    deal.refresh_from_db()
    assert (deal.probability, settled.job, Job.objects.count()) == (30, None, 0)
    assert Stage.objects.get(pk=sales[1].pk).probability == 40


def test_a_stage_is_retired_and_its_deals_go_where_one_says(admin, sales):
    deal = OpportunityFactory(stage=sales[1], probability=30)
    lost = OpportunityFactory(stage=sales[1], status="lost")

    settled = actions.retire_stage(sales[1], by=admin, to=sales[2])
    do(settled.job)

    deal.refresh_from_db()
    lost.refresh_from_db()
    assert (deal.stage, deal.probability, lost.stage) == (sales[2], 60, sales[1])
    assert names(stages_of(deal)) == ["Qualify", "Propose", "Close"]
    assert names(stages_of(lost)) == ["Qualify", "Develop", "Propose", "Close"]  # old records keep it
    assert verbs_of(sales[1]) == ["retired"]


def test_nothing_is_moved_into_a_retired_stage(admin, sales):
    deal = OpportunityFactory(stage=sales[0])
    actions.retire_stage(sales[1], by=admin)
    sales[1].refresh_from_db()

    with pytest.raises(TransitionRefused) as refused:
        move_opportunity(deal, by=admin, stage=sales[1])

    assert [blocker.code for blocker in refused.value.blockers] == ["stage_retired"]
    deal.refresh_from_db()
    assert deal.stage == sales[0]
    assert verbs_of(deal) == []


def test_the_only_stage_and_one_with_open_deals_are_not_retired(admin, sales):
    OpportunityFactory(stage=sales[0])
    single = StageFactory(pipeline=PipelineFactory(name="Short"))

    with pytest.raises(DomainError) as filled:
        actions.retire_stage(sales[0], by=admin)
    with pytest.raises(DomainError) as only:
        actions.retire_stage(single, by=admin)

    assert (filled.value.code, only.value.code) == ("has_open_deals", "only_stage")
    assert Stage.objects.filter(is_active=True).count() == 5
    assert not HistoryEntry.objects.exists()


def test_a_restored_stage_comes_last(admin, sales):
    actions.retire_stage(sales[0], by=admin)

    actions.restore_stage(sales[0], by=admin)

    assert names(actions.active_stages(sales[0].pipeline)) == ["Develop", "Propose", "Close", "Qualify"]
    assert verbs_of(sales[0]) == ["retired", "restored"]


def test_a_deal_is_moved_to_another_pipeline_and_keeps_its_history(admin, sales):
    other = actions.create_pipeline(by=admin, name="Renewals", like=sales[0].pipeline)
    deal = OpportunityFactory(stage=sales[0])
    StageVisitFactory(opportunity=deal)

    move_opportunity(deal, by=admin, stage=actions.active_stages(other)[1])

    deal.refresh_from_db()
    assert (deal.stage.pipeline, deal.probability) == (other, 30)
    assert [visit.stage.pipeline for visit in deal.stage_visits.all()] == [sales[0].pipeline, other]
    assert verbs_of(deal) == ["moved"]


# --- loss reasons and competitors --------------------------------------------------------------------------------


def test_loss_reasons_are_written_ordered_and_retired(admin):
    for name in ("Price", "Timing"):
        reasons.save_loss_reason(LossReason(), by=admin, name=name, status_reason="canceled")
    timing = LossReason.objects.get(name="Timing")

    reasons.move_loss_reason(timing, by=admin, up=True)
    reasons.retire(LossReason.objects.get(name="Price"), by=admin)

    assert [one.name for one in LossReason.objects.all()] == ["Timing", "Price"]
    assert not LossReason.objects.get(name="Price").is_active
    assert verbs_of(timing) == ["created", "moved_up"]


def test_a_loss_reason_falls_under_one_of_the_two(admin):
    with pytest.raises(DomainError) as refused:
        reasons.save_loss_reason(LossReason(), by=admin, name="Price", status_reason="won")

    assert refused.value.code == "unknown_reason"
    assert not LossReason.objects.exists()


def test_a_competitor_is_known_by_one_name(admin):
    reasons.save_competitor(Competitor(), by=admin, name="Borg", strengths="Everywhere")

    with pytest.raises(DomainError):
        reasons.save_competitor(Competitor(), by=admin, name="borg")

    assert competitor_named("BORG").strengths == "Everywhere"
    assert Competitor.objects.count() == 1


# --- who may -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["salesperson", "sales_manager", "finance", "integration"])
def test_only_administrators_change_the_way_of_deals(role, sales):
    user = UserFactory(role=role)
    other = PipelineFactory(name="Other")
    StageFactory(pipeline=other)
    attempts = [
        lambda: actions.create_pipeline(by=user, name="Mine"),
        lambda: actions.rename_pipeline(other, by=user, name="Mine"),
        lambda: actions.make_default(other, by=user),
        lambda: actions.move_pipeline(other, by=user, up=True),
        lambda: actions.retire_pipeline(other, by=user),
        lambda: actions.restore_pipeline(other, by=user),
        lambda: actions.create_stage(other, by=user, name="Mine", probability=1),
        lambda: actions.change_stage(sales[0], by=user, probability=99),
        lambda: actions.move_stage(sales[0], by=user, up=False),
        lambda: actions.retire_stage(sales[0], by=user),
        lambda: actions.restore_stage(sales[0], by=user),
        lambda: reasons.save_loss_reason(LossReason(), by=user, name="Mine"),
        lambda: reasons.move_loss_reason(LossReasonFactory(), by=user, up=True),
        lambda: reasons.retire(LossReasonFactory(), by=user),
        lambda: reasons.save_competitor(Competitor(), by=user, name="Mine"),
    ]
    for attempt in attempts:
        with pytest.raises(PermissionDenied):
            attempt()

    assert not HistoryEntry.objects.exists()
    assert Pipeline.objects.get(is_default=True).name == "Sales"
