"""How promising a lead is: which rules hold, what they add up to, and when it is worked out anew."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from kernel import history, jobs
from kernel.errors import DomainError
from kernel.models import Job
from leads.actions import change_lead, contact_lead, create_lead
from leads.models import Lead, ScoreRule
from leads.rule_actions import delete_score_rule, save_score_rule
from leads.scoring import FACTS, TESTS, holds, missed, score
from leads.tasks import rate_leads
from leads.usual_rules import USUAL
from tests.factories import ActivityFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db


def rule(fact, test="given", value="", points=10, **more):
    return ScoreRule(name=f"{fact} {test}", fact=fact, test=test, value=value, points=points, **more)


def days_ago(days):
    return timezone.now() - dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("known", "fact", "test", "value", "expected"),
    [
        ({"email": "ada@borg.example"}, "work_email", "given", "", True),
        ({"email": "ada@gmail.com"}, "work_email", "given", "", False),
        ({"email": "ada@gmail.com"}, "work_email", "missing", "", True),
        ({"mobile": "0151 1"}, "phone", "given", "", True),
        ({}, "phone", "given", "", False),
        ({"decision_maker": True}, "decision_maker", "given", "", True),
        ({"decision_maker": False}, "decision_maker", "missing", "", True),
        ({"timeframe": "immediate"}, "timeframe", "is", "immediate, this_quarter", True),
        ({"timeframe": "this_year"}, "timeframe", "is", "immediate, this_quarter", False),
        ({"job_title": "Geschäftsführerin"}, "job_title", "contains", "head, geschäftsführ", True),
        ({"job_title": "Clerk"}, "job_title", "contains", "head", False),
        ({"budget_amount": Decimal("5000")}, "budget_amount", "at_least", "5000", True),
        ({"budget_amount": Decimal("4999.99")}, "budget_amount", "at_least", "5000", False),
        ({"budget_amount": None}, "budget_amount", "at_least", "0", False),
        ({"budget_amount": Decimal(0)}, "budget_amount", "given", "", True),
        ({"last_contacted_at": days_ago(3)}, "last_contacted_at", "within", "14", True),
        ({"last_contacted_at": days_ago(15)}, "last_contacted_at", "within", "14", False),
        ({"last_contacted_at": days_ago(61)}, "last_contacted_at", "longer_ago", "60", True),
        ({"last_contacted_at": None}, "last_contacted_at", "longer_ago", "60", False),
        ({"custom": {"tier": "Gold"}}, "custom.tier", "is", "gold", True),
        ({"custom": {}}, "custom.tier", "is", "gold", False),
        ({}, "forgotten", "given", "", False),
        ({"budget_amount": Decimal(1)}, "budget_amount", "at_least", "lots", False),
    ],
)
def test_a_rule_holds_exactly_when_its_fact_passes_its_test(known, fact, test, value, expected):
    assert holds(rule(fact, test, value), Lead(**known)) is expected


def test_the_score_is_the_sum_with_its_reasons():
    lead = Lead(email="ada@borg.example", phone="030 1", company="Borg")
    rules = [rule("work_email", points=10, pk=1), rule("phone", points=8, pk=2), rule("need", points=5, pk=3)]

    assert score(lead, rules)

    assert lead.score == 18
    assert lead.score_reasons == [
        {"rule": 1, "name": "work_email given", "points": 10},
        {"rule": 2, "name": "phone given", "points": 8},
    ]


@pytest.mark.parametrize(("points", "expected"), [([90, 80], 100), ([10, -60], 0)])
def test_a_score_stays_between_0_and_100(points, expected):
    lead = Lead(phone="1", company="Borg")

    score(lead, [rule("phone", points=points[0]), rule("company", points=points[1])])

    assert lead.score == expected


def test_what_would_raise_it_comes_with_the_most_first():
    rules = [
        rule("need", points=5),
        rule("phone", points=20),
        rule("company", points=-10),
        rule("email", points=1),
    ]

    assert [one.fact for one in missed(Lead(email="a@b.example"), rules)] == ["phone", "need"]


def test_creating_changing_and_contacting_rate_the_lead():
    seller = UserFactory()
    rule("phone", points=8).save()
    rule("last_contacted_at", "within", "14", points=20).save()

    lead = create_lead(by=seller, topic="T", company="Borg")
    assert lead.score == 0
    lead = change_lead(lead, by=seller, phone="030 1")
    assert lead.score == 8
    lead = contact_lead(lead, by=seller)
    assert (lead.score, Lead.objects.get().score) == (28, 28)


def test_an_unused_rule_does_not_count():
    rule("phone", is_active=False).save()

    assert create_lead(by=UserFactory(), topic="T", company="Borg", phone="1").score == 0


def test_the_usual_rules_are_sound():
    for _name, fact, test, _value, points in USUAL:
        assert test in TESTS[FACTS[fact].kind]
        assert -100 <= points <= 100
    rules = [
        ScoreRule(name=name, fact=fact, test=test, value=value, points=points)
        for name, fact, test, value, points in USUAL
    ]
    lead = Lead(
        email="ada@borg.example", phone="1", company="Borg", decision_maker=True, timeframe="immediate"
    )
    score(lead, rules)
    assert lead.score == 10 + 8 + 5 + 15 + 15
    cold = Lead(company="Borg", source="purchased_list", rating="cold")
    score(cold, rules)
    assert cold.score == 0


# --- when the rules change ----------------------------------------------------------------------------------


@pytest.fixture
def boss():
    return UserFactory(role="administrator")


def run_jobs():
    for job in Job.objects.filter(state="queued"):
        jobs.run(str(job.public_id))


def test_a_changed_rule_rates_open_leads_again_and_no_version_moves(boss):
    open_lead, closed = LeadFactory(phone="1"), LeadFactory(phone="1", status="disqualified")

    save_score_rule(ScoreRule(), by=boss, name="Phone", fact="phone", test="given", value="", points=30)
    run_jobs()

    open_lead.refresh_from_db()
    closed.refresh_from_db()
    assert (open_lead.score, open_lead.version) == (30, 1)
    assert open_lead.score_reasons == [{"rule": ScoreRule.objects.get().pk, "name": "Phone", "points": 30}]
    assert closed.score == 0
    job = Job.objects.get()
    assert (job.state, job.done, job.outcome) == ("done", 1, {"changed": 1})
    assert [entry.verb for entry in history.of(ScoreRule.objects.get())] == ["created"]


def test_many_changes_of_rules_wait_for_one_job(boss):
    for fact in ("phone", "email", "company"):
        save_score_rule(ScoreRule(), by=boss, name=fact, fact=fact, test="given", value="", points=1)

    assert Job.objects.count() == 1


def test_a_deleted_rule_counts_no_more(boss):
    lead = LeadFactory(phone="1")
    kept = save_score_rule(
        ScoreRule(), by=boss, name="Phone", fact="phone", test="given", value="", points=30
    )
    run_jobs()

    delete_score_rule(kept, by=boss)
    run_jobs()

    lead.refresh_from_db()
    assert (lead.score, lead.score_reasons) == (0, [])


def test_rating_goes_on_where_it_stopped(boss, monkeypatch):
    monkeypatch.setattr("leads.rating_actions.AT_ONCE", 2)
    LeadFactory.create_batch(5, phone="1")
    save_score_rule(ScoreRule(), by=boss, name="Phone", fact="phone", test="given", value="", points=30)
    job = str(Job.objects.get().public_id)

    assert jobs.run(job, turn=-1.0)  # one chunk a turn
    assert Lead.objects.filter(score=30).count() == 2
    while jobs.run(job, turn=-1.0):
        pass

    assert Lead.objects.filter(score=30).count() == 5
    assert Job.objects.get().done == 5


def test_a_finished_call_counts_as_contact_when_leads_are_rated_by_the_clock():
    spoken, planned = LeadFactory(), LeadFactory()
    called = days_ago(2)
    ActivityFactory(regarding=spoken, kind="call", status="completed", done_at=called)
    ActivityFactory(regarding=planned, kind="call")
    ActivityFactory(regarding=planned, kind="note", status="completed", done_at=called)
    rule("last_contacted_at", "within", "14", points=20).save()

    rate_leads()
    run_jobs()

    spoken.refresh_from_db()
    planned.refresh_from_db()
    assert (spoken.score, spoken.last_contacted_at, spoken.version) == (20, called, 1)
    assert (planned.score, planned.last_contacted_at) == (0, None)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"fact": "shoe_size"}, "fact"),
        ({"fact": "phone", "test": "at_least", "value": "3"}, "test"),
        ({"fact": "budget_amount", "test": "at_least", "value": "lots"}, "value"),
        ({"fact": "timeframe", "test": "is", "value": " , "}, "value"),
        ({"points": 101}, "points"),
        ({"name": ""}, "name"),
        ({"name": "Taken"}, "name"),
    ],
)
def test_a_senseless_rule_is_refused_by_name_and_nothing_is_kept(boss, values, field):
    rule("email", points=1).save()
    ScoreRule.objects.update(name="Taken")
    wanted = {"name": "New", "fact": "phone", "test": "given", "value": "", "points": 5} | values

    with pytest.raises(DomainError) as refused:
        save_score_rule(ScoreRule(), by=boss, **wanted)

    assert refused.value.field == field
    assert ScoreRule.objects.get().name == "Taken"
    assert not Job.objects.exists()
