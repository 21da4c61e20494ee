"""Who gets the leads that come in: the first rule that fits, members in turn, or whoever takes them."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from activities.selectors import planned
from kernel import history
from kernel.errors import Conflict, DomainError
from leads.actions import assign_lead, create_lead, disqualify_lead, place_lead, take_lead
from leads.assigning import holds
from leads.models import AssignmentRule, Lead
from leads.rule_actions import delete_assignment_rule, move_rule, save_assignment_rule
from people.service import service_user
from tests.factories import LeadFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return UserFactory(role="administrator", team=None)


def to_user(user, **conditions):
    return AssignmentRule.objects.create(
        name=f"To {user} {len(conditions)} {AssignmentRule.objects.count()}",
        target="user", user=user, position=AssignmentRule.objects.count() * 10, **conditions,
    )  # fmt: skip


def arrive(by, **values):
    return create_lead(by=by, **{"topic": "T", "company": "Borg"} | values)


@pytest.mark.parametrize(
    ("condition", "fits", "misses"),
    [
        ({"sources": ["web", "partner"]}, {"source": "web"}, {"source": "other"}),
        ({"countries": ["DE", "AT"]}, {"country": "de"}, {"country": "FR"}),
        ({"regions": ["Île-de-France"]}, {"region": "ile-de-france"}, {"region": "Bretagne"}),
        ({"postcodes": ["70"]}, {"postcode": "70435"}, {"postcode": "07043"}),
        ({"postcodes": ["70-74"]}, {"postcode": "74999"}, {"postcode": "75000"}),
        ({"postcodes": ["SW1A"]}, {"postcode": "sw1a 2aa"}, {"postcode": "SW1B 2AA"}),
        ({"postcodes": ["1", "9"]}, {"postcode": "95100"}, {"postcode": ""}),
        ({"industries": ["machine"]}, {"industry": "Machine tools"}, {"industry": "Food"}),
        (
            {"value_from": Decimal(1000)},
            {"estimated_value": Decimal(1000)},
            {"estimated_value": Decimal(999)},
        ),
        ({"value_from": Decimal(0)}, {"estimated_value": Decimal(0)}, {"estimated_value": None}),
        ({"value_up_to": Decimal(10)}, {"estimated_value": Decimal(10)}, {"estimated_value": Decimal(11)}),
        (
            {"custom_name": "tier", "custom_value": "gold"},
            {"custom": {"tier": "Gold"}},
            {"custom": {"tier": "B"}},
        ),
        ({"custom_name": "tags", "custom_value": "vip"}, {"custom": {"tags": ["a", "VIP"]}}, {"custom": {}}),
        (
            {"countries": ["DE"], "sources": ["web"]},
            {"country": "DE", "source": "web"},
            {"country": "DE", "source": "other"},
        ),
    ],
)
def test_a_rule_fits_when_all_its_conditions_do(condition, fits, misses):
    assert holds(AssignmentRule(**condition), Lead(**fits))
    assert not holds(AssignmentRule(**condition), Lead(**misses))
    assert holds(AssignmentRule(), Lead(**misses))


def test_the_first_rule_that_fits_decides_and_the_history_says_which(boss):
    north, south = UserFactory(), UserFactory()
    to_user(north, countries=["SE"])
    rule = to_user(south)

    lead = arrive(boss, country="IT")

    assert (lead.owner, lead.team) == (south, south.team)
    assigned, created = history.of(lead)
    assert (created.verb, assigned.verb) == ("created", "assigned")
    assert rule.name in assigned.note
    assert assigned.changes["owner"] == [None, str(south)]
    assert arrive(boss, country="SE").owner == north


def test_who_enters_a_lead_with_an_owner_keeps_the_rules_out(boss):
    other = UserFactory()
    to_user(other)

    assert arrive(boss, owner=boss).owner == boss
    queue = arrive(boss, team=other.team)
    assert (queue.owner, queue.team) == (None, other.team)


def test_without_a_rule_that_fits_a_lead_is_the_makers_and_a_machines_is_nobodys(boss):
    to_user(UserFactory(), countries=["SE"])
    seller = UserFactory()

    assert arrive(seller).owner == seller
    unassigned = arrive(service_user("web"))
    assert (unassigned.owner, unassigned.team) == (None, None)


@pytest.mark.parametrize("reason", ["inactive", "off", "empty"])
def test_a_rule_whose_target_cannot_take_it_is_passed_over(boss, reason):
    away, present = UserFactory(is_active=reason != "inactive"), UserFactory()
    if reason == "empty":
        AssignmentRule.objects.create(name="Empty team", target="round_robin", team=TeamFactory(), position=0)
    else:
        rule = to_user(away)
        AssignmentRule.objects.filter(pk=rule.pk).update(is_active=reason != "off")
    to_user(present)

    assert arrive(boss).owner == present


def test_a_team_rule_puts_it_into_the_queue_of_the_team(boss):
    team = TeamFactory()
    AssignmentRule.objects.create(name="Queue", target="team", team=team)

    lead = arrive(boss)

    assert (lead.owner, lead.team) == (None, team)


def test_members_get_leads_in_turn_with_sub_teams_but_without_those_who_are_away(boss):
    team = TeamFactory()
    one, two = UserFactory(team=team), UserFactory(team=TeamFactory(parent=team))
    away = UserFactory(team=team)
    UserFactory(team=team, is_active=False)
    UserFactory(team=team, role="sales_manager")
    rule = AssignmentRule.objects.create(name="Turns", target="round_robin", team=team)
    rule.left_out.add(away)

    owners = [arrive(boss).owner for _number in range(5)]

    assert owners == [one, two, one, two, one]
    rule.left_out.clear()
    assert arrive(boss).owner == two
    assert arrive(boss).owner == away


def test_a_lead_can_be_given_out_by_the_rules_later(boss):
    seller = UserFactory()
    lead = LeadFactory(owner=None)
    with pytest.raises(DomainError) as refused:
        place_lead(lead, by=boss)
    assert refused.value.code == "no_rule"
    to_user(seller)

    assert place_lead(lead, by=boss).owner == seller
    with pytest.raises(PermissionDenied):
        place_lead(lead, by=seller)


# --- taking from the queue ------------------------------------------------------------------------------------


def test_whoever_takes_a_lead_first_has_it_and_the_second_is_told_who():
    first = UserFactory(first_name="Mei", last_name="Ito")
    second = UserFactory(team=first.team)
    queue = LeadFactory(owner=None, team=first.team)

    taken = take_lead(queue, by=first)
    with pytest.raises(Conflict) as refused:
        take_lead(queue, by=second)

    assert (taken.owner, Lead.objects.get().owner) == (first, first)
    assert refused.value.code == "taken_already"
    assert "Mei Ito" in str(refused.value)
    assert [entry.verb for entry in history.of(queue)] == ["taken"]


def test_taking_what_one_has_changes_nothing():
    seller = UserFactory()
    lead = LeadFactory(owner=seller)

    assert take_lead(lead, by=seller).version == 1
    assert not history.of(lead).exists()


@pytest.mark.parametrize("status", ["qualified", "disqualified"])
def test_only_open_leads_are_taken(status):
    seller = UserFactory()

    with pytest.raises(DomainError):
        take_lead(LeadFactory(owner=None, team=seller.team, status=status), by=seller)


def test_nobody_takes_from_the_queue_of_another_team():
    with pytest.raises(PermissionDenied):
        take_lead(LeadFactory(owner=None, team=TeamFactory()), by=UserFactory())


def test_the_loser_is_told_on_the_page_and_a_stranger_learns_nothing(client):
    first = UserFactory(first_name="Mei", last_name="Ito")
    loser, stranger = UserFactory(team=first.team), UserFactory()
    lead = LeadFactory(owner=None, team=first.team)
    address = lead.get_absolute_url() + "take/"
    take_lead(lead, by=first)

    client.force_login(loser)
    answer = client.post(address)
    assert answer.status_code == 409
    assert "Mei Ito has taken" in answer.text

    client.force_login(stranger)
    assert client.post(address).status_code == 404


def test_a_lead_that_a_manager_gave_to_somebody_is_no_business_of_the_others(client):
    manager = UserFactory(role="sales_manager")
    owner, other = UserFactory(team=manager.team), UserFactory(team=manager.team)
    lead = assign_lead(LeadFactory(owner=None, team=manager.team), by=manager, owner=owner)

    client.force_login(other)

    assert client.post(lead.get_absolute_url() + "take/").status_code == 404


# --- the rules themselves -------------------------------------------------------------------------------------


def test_a_rule_needs_its_target(boss):
    for values, field in (
        ({"target": "user"}, "user"),
        ({"target": "team"}, "team"),
        ({"target": "team", "team": TeamFactory(), "value_from": 5, "value_up_to": 4}, "value_up_to"),
        ({"target": "team", "team": TeamFactory(), "custom_value": "x"}, "custom_name"),
    ):
        with pytest.raises(DomainError) as refused:
            save_assignment_rule(AssignmentRule(), by=boss, name="Rule", **values)
        assert refused.value.field == field
    assert not AssignmentRule.objects.exists()


def test_rules_are_moved_and_deleted_and_that_is_remembered(boss):
    first, second = to_user(UserFactory()), to_user(UserFactory())

    move_rule(second, by=boss, up=True)
    assert list(AssignmentRule.objects.values_list("pk", flat=True)) == [second.pk, first.pk]
    move_rule(second, by=boss, up=True)  # it is the first already
    assert [entry.verb for entry in history.of(second)] == ["moved_up"]

    delete_assignment_rule(second, by=boss)
    assert AssignmentRule.objects.get() == first


@pytest.mark.parametrize("role", ["salesperson", "sales_manager", "finance", "integration"])
def test_only_administrators_write_rules(role):
    user = UserFactory(role=role)

    with pytest.raises(PermissionDenied):
        save_assignment_rule(AssignmentRule(), by=user, name="Mine", target="user", user=user)
    assert not AssignmentRule.objects.exists()


# --- giving up for now ----------------------------------------------------------------------------------------


def test_a_day_to_look_again_becomes_a_task_of_the_owner():
    seller = UserFactory()
    lead = LeadFactory(owner=seller, first_name="Ada", last_name="Long")
    day = lead.created_at.date().replace(year=lead.created_at.year + 1, day=1)

    disqualify_lead(lead, by=seller, reason="lost", note="Budget next year", revisit_on=day)

    [task] = lead_tasks(lead)
    assert (task.subject, task.body, task.owner) == ("Revisit Ada Long", "Budget next year", seller)
    assert task.due_at.date() == day


def test_a_day_that_has_passed_is_refused_and_the_lead_stays_open():
    seller = UserFactory()
    lead = LeadFactory(owner=seller)

    with pytest.raises(DomainError) as refused:
        disqualify_lead(lead, by=seller, reason="lost", revisit_on=lead.created_at.date())

    assert (refused.value.code, refused.value.field) == ("day_passed", "revisit_on")
    assert Lead.objects.get().status == "open"
    assert lead_tasks(lead) == []


def lead_tasks(lead):
    return planned(lead)
