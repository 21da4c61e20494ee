"""Every step of a lead: it happens, it is refused, it is forbidden."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from kernel import history
from kernel.errors import Conflict, DomainError, TransitionRefused
from kernel.models import HistoryEntry, OutboxMessage
from leads.actions import (
    assign_lead,
    change_lead,
    contact_lead,
    create_lead,
    delete_lead,
    disqualify_lead,
    reopen_lead,
)
from leads.models import Lead
from tests.factories import AccountFactory, LeadFactory, OpportunityFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller():
    return UserFactory()


def unchanged(lead):
    """The row is as it was, nobody remembers anything, no news went out."""
    now = Lead.objects.get(pk=lead.pk)
    return (
        now.version == lead.version
        and now.status == lead.status
        and now.status_reason == lead.status_reason
        and not HistoryEntry.objects.exists()
        and not OutboxMessage.objects.exists()
    )


def test_a_new_lead_has_a_number_an_owner_and_a_history(seller):
    lead = create_lead(by=seller, topic="CNC retrofit", company="Borg GmbH")

    assert (lead.status, lead.status_reason) == ("open", "new")
    assert lead.number.startswith("LEA-")
    assert (lead.owner, lead.team) == (seller, seller.team)
    assert [entry.verb for entry in history.of(lead)] == ["created"]
    assert OutboxMessage.objects.get().topic == "lead.created"


def test_a_lead_needs_a_topic_and_a_name_and_both_are_said_at_once(seller):
    with pytest.raises(DomainError) as refused:
        create_lead(by=seller, email="ada@borg.example")

    assert {blocker.field for blocker in refused.value.blockers} == {"topic", "last_name"}
    assert not Lead.objects.exists()


def test_a_value_that_does_not_fit_names_its_field(seller):
    with pytest.raises(DomainError) as refused:
        create_lead(by=seller, topic="T", company="Borg", email="not an address", rating="boiling")

    assert {blocker.field for blocker in refused.value.blockers} == {"email", "rating"}


def test_status_and_number_are_not_for_writing(seller):
    with pytest.raises(DomainError) as refused:
        create_lead(by=seller, topic="T", company="Borg", status="qualified")

    assert (refused.value.code, refused.value.field) == ("read_only_field", "status")


def test_nobody_links_a_customer_they_cannot_see(seller):
    hidden = AccountFactory(owner=UserFactory())

    with pytest.raises(DomainError) as refused:
        create_lead(by=seller, topic="T", company="Borg", account=hidden)

    assert (refused.value.code, refused.value.field) == ("not_found", "account")


def test_finance_makes_no_leads():
    with pytest.raises(PermissionDenied):
        create_lead(by=UserFactory(role="finance"), topic="T", company="Borg")


def test_a_change_is_remembered_field_by_field(seller):
    lead = LeadFactory(owner=seller, topic="Old")

    changed = change_lead(lead, by=seller, topic="New", rating="hot")

    assert (changed.topic, changed.rating, changed.version) == ("New", "hot", 2)
    assert history.of(lead).get().changes == {"topic": ["Old", "New"], "rating": ["warm", "hot"]}


def test_a_change_that_changes_nothing_leaves_no_trace(seller):
    lead = LeadFactory(owner=seller)

    change_lead(lead, by=seller, topic=lead.topic)

    assert unchanged(lead)


def test_a_stale_version_is_a_conflict_and_nothing_is_lost(seller):
    lead = LeadFactory(owner=seller)
    change_lead(lead, by=seller, topic="First", version=1)

    with pytest.raises(Conflict):
        change_lead(lead, by=seller, topic="Second", version=1)

    assert Lead.objects.get().topic == "First"


def test_only_an_open_lead_can_be_changed(seller):
    lead = LeadFactory(owner=seller, status="qualified")

    with pytest.raises(TransitionRefused, match="it is qualified"):
        change_lead(lead, by=seller, topic="New")

    assert unchanged(lead)


def test_contacting_keeps_it_open(seller):
    lead = contact_lead(LeadFactory(owner=seller), by=seller)

    assert (lead.status, lead.status_reason) == ("open", "contacted")
    assert history.of(lead).get().verb == "contacted"
    assert OutboxMessage.objects.get().topic == "lead.contacted"


def test_contacting_twice_is_refused(seller):
    lead = LeadFactory(owner=seller, status_reason="contacted")

    with pytest.raises(TransitionRefused) as refused:
        contact_lead(lead, by=seller)

    assert refused.value.reasons == ["it was contacted already"]
    assert unchanged(lead)


@pytest.mark.parametrize("reason", Lead.REASONS["disqualified"])
def test_disqualifying_keeps_the_reason_and_the_note(seller, reason):
    lead = disqualify_lead(LeadFactory(owner=seller), by=seller, reason=reason, note="No budget")

    assert (lead.status, lead.status_reason) == ("disqualified", reason)
    entry = history.of(lead).get()
    assert (entry.verb, entry.from_status, entry.to_status) == ("disqualified", "open", "disqualified")
    assert (entry.reason, entry.note, entry.actor) == (reason, "No budget", seller)
    assert OutboxMessage.objects.get().topic == "lead.disqualified"


@pytest.mark.parametrize("reason", ["", "new", "qualified", "bored"])
def test_disqualifying_needs_one_of_its_reasons(seller, reason):
    lead = LeadFactory(owner=seller)

    with pytest.raises(DomainError) as refused:
        disqualify_lead(lead, by=seller, reason=reason)

    assert refused.value.field == "reason"
    assert unchanged(lead)


def test_a_lead_with_an_opportunity_is_not_disqualified(seller):
    lead = LeadFactory(owner=seller)
    OpportunityFactory(lead=lead)

    with pytest.raises(TransitionRefused) as refused:
        disqualify_lead(lead, by=seller, reason="lost")

    assert [blocker.code for blocker in refused.value.blockers] == ["has_opportunity"]
    assert unchanged(lead)


@pytest.mark.parametrize("status", ["qualified", "disqualified"])
def test_reopening_makes_it_open_again(seller, status):
    lead = reopen_lead(LeadFactory(owner=seller, status=status), by=seller)

    assert (lead.status, lead.status_reason) == ("open", "contacted")
    entry = history.of(lead).get()
    assert (entry.verb, entry.from_status, entry.to_status) == ("reopened", status, "open")
    assert OutboxMessage.objects.get().topic == "lead.reopened"


def test_an_open_lead_cannot_be_reopened(seller):
    lead = LeadFactory(owner=seller)

    with pytest.raises(TransitionRefused, match="it is open"):
        reopen_lead(lead, by=seller)

    assert unchanged(lead)


STEPS = {
    "contact": lambda lead, by: contact_lead(lead, by=by),
    "disqualify": lambda lead, by: disqualify_lead(lead, by=by, reason="lost"),
    "change": lambda lead, by: change_lead(lead, by=by, topic="New"),
    "assign": lambda lead, by: assign_lead(lead, by=by, owner=by),
    "delete": lambda lead, by: delete_lead(lead, by=by),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("who", ["finance", "salesperson of another team", "manager of another team"])
def test_a_step_is_forbidden_to_who_may_not(step, who):
    role = {"f": "finance", "s": "salesperson", "m": "sales_manager"}[who[0]]
    lead = LeadFactory()

    with pytest.raises(PermissionDenied):
        STEPS[step](lead, UserFactory(role=role))

    assert unchanged(lead)


def test_a_colleague_of_the_same_team_may_not_either(seller):
    lead = LeadFactory(owner=seller)

    with pytest.raises(PermissionDenied):
        contact_lead(lead, by=UserFactory(team=seller.team))

    assert unchanged(lead)


def test_the_manager_of_the_team_above_may(seller):
    seller.team.parent = TeamFactory()
    seller.team.save()
    manager = UserFactory(role="sales_manager", team=seller.team.parent)

    lead = contact_lead(LeadFactory(owner=seller), by=manager)

    assert lead.status_reason == "contacted"


def test_assigning_moves_owner_and_team(seller):
    manager = UserFactory(role="sales_manager", team=seller.team)
    other = UserFactory(team=TeamFactory(parent=seller.team))

    lead = assign_lead(LeadFactory(owner=seller), by=manager, owner=other)

    assert (lead.owner, lead.team) == (other, other.team)
    assert set(history.of(lead).get().changes) == {"owner", "team"}


def test_a_manager_gives_leads_only_to_people_in_reach(seller):
    manager = UserFactory(role="sales_manager", team=seller.team)
    lead = LeadFactory(owner=seller)

    with pytest.raises(DomainError) as refused:
        assign_lead(lead, by=manager, owner=UserFactory())

    assert refused.value.code == "out_of_reach"
    assert unchanged(lead)


def test_a_salesperson_takes_a_lead_from_the_queue_but_not_from_a_colleague(seller):
    queue = LeadFactory(owner=None, team=seller.team)
    taken = assign_lead(queue, by=seller, owner=seller)

    assert taken.owner == seller
    with pytest.raises(PermissionDenied):
        assign_lead(taken, by=UserFactory(team=seller.team), owner=seller)


def test_the_second_who_takes_a_lead_from_the_queue_is_too_late(seller):
    queue = LeadFactory(owner=None, team=seller.team)
    assign_lead(queue, by=seller, owner=seller, version=1)
    second = UserFactory(team=seller.team)

    with pytest.raises(Conflict):
        assign_lead(queue, by=second, owner=second, version=1)

    assert Lead.objects.get().owner == seller


def test_a_lead_that_led_nowhere_can_be_deleted_and_the_deletion_is_remembered(seller):
    lead = LeadFactory(owner=seller)

    delete_lead(lead, by=seller)

    assert not Lead.objects.exists()
    assert HistoryEntry.objects.get().verb == "deleted"


def test_a_lead_with_an_opportunity_is_not_deleted(seller):
    lead = LeadFactory(owner=seller)
    opportunity = OpportunityFactory(lead=lead)

    with pytest.raises(TransitionRefused) as refused:
        delete_lead(lead, by=seller)

    assert refused.value.blockers[0].record == str(opportunity)
    assert unchanged(lead)


def test_the_status_cannot_be_assigned_past_the_steps():
    lead = LeadFactory()

    with pytest.raises(AttributeError):
        lead.status = "qualified"


@pytest.mark.parametrize(
    "columns",
    [
        {"status": "qualified"},
        {"status_reason": "lost"},
        {"status": "nonsense"},
        {"topic": ""},
        {"last_name": "", "company": ""},
    ],
)
def test_the_database_itself_refuses_a_broken_lead(columns):
    LeadFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Lead.objects.update(**columns)
