"""Who has to do with a deal: people with a say, competitors, colleagues. Each is added, changed, removed, refused."""

import pytest
from django.core.exceptions import PermissionDenied

from activities.models import Follow, Notification
from activities.selectors import follows
from duplicates.actions import merge, unmerge
from kernel import history
from kernel.errors import Conflict, DomainError, TransitionRefused
from opportunities.actions import (
    add_member,
    add_rival,
    add_stakeholder,
    remove_member,
    remove_rival,
    remove_stakeholder,
    set_members,
    set_rivals,
    set_stakeholders,
)
from opportunities.involved_actions import Part
from opportunities.models import Competitor, DealMember, Opportunity, Rival, Stakeholder
from tests.factories import ContactFactory, OpportunityFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def deal():
    return OpportunityFactory()


@pytest.fixture
def ada(deal):
    return ContactFactory(owner=deal.owner, first_name="Ada", last_name="Long")


def parts(deal):
    return [(one.contact, one.role) for one in deal.stakeholders.order_by("pk")]


# --- people with a say -------------------------------------------------------------------------------------------


def test_a_person_has_a_say_and_the_history_says_which(deal, ada):
    add_stakeholder(deal, ada, by=deal.owner, role="Decision Maker")

    assert parts(deal) == [(ada, "decision_maker")]
    assert deal.stakeholders.get().role_words == "Decision maker"
    entry = history.of(deal).get()
    assert (entry.verb, entry.changes) == ("changed", {"stakeholders": ["", f"{ada} (Decision maker)"]})
    assert Opportunity.objects.get().version == deal.version + 1


def test_a_role_may_be_said_in_own_words_and_changed(deal, ada):
    add_stakeholder(deal, ada, by=deal.owner, role="  Runs the   plant ")
    assert parts(deal) == [(ada, "Runs the plant")]

    add_stakeholder(deal, ada, by=deal.owner, role="champion")
    assert parts(deal) == [(ada, "champion")]
    assert history.of(deal).count() == 2


def test_saying_the_same_again_changes_nothing(deal, ada):
    add_stakeholder(deal, ada, by=deal.owner, role="user")
    add_stakeholder(deal, ada, by=deal.owner, role="User")

    assert history.of(deal).count() == 1


def test_a_person_who_is_out_of_sight_or_inactive_has_no_say(deal):
    for contact, code in (
        (ContactFactory(owner=UserFactory()), "not_found"),
        (ContactFactory(owner=deal.owner, is_active=False), "inactive"),
    ):
        with pytest.raises(DomainError) as refused:
            add_stakeholder(deal, contact, by=deal.owner)
        assert (refused.value.code, refused.value.field) == (code, "contact")
    assert not history.of(deal).exists()


def test_a_role_that_no_column_holds_is_refused(deal, ada):
    with pytest.raises(DomainError) as refused:
        add_stakeholder(deal, ada, by=deal.owner, role="x" * 61)
    assert refused.value.code == "too_long"


def test_a_person_is_taken_off_and_only_once(deal, ada):
    add_stakeholder(deal, ada, by=deal.owner)

    remove_stakeholder(deal, ada, by=deal.owner)

    assert parts(deal) == []
    assert history.of(deal).first().changes == {"stakeholders": [str(ada), ""]}
    with pytest.raises(DomainError, match="is not there"):
        remove_stakeholder(deal, ada, by=deal.owner)


def test_all_of_them_can_be_said_at_once(deal, ada):
    ben, eve = ContactFactory(owner=deal.owner), ContactFactory(owner=deal.owner)
    set_stakeholders(deal, [Part(ada, "user"), Part(ben, "Purchaser")], by=deal.owner)

    set_stakeholders(deal, [Part(ben, "blocker"), Part(eve)], by=deal.owner)

    assert parts(deal) == [(ben, "blocker"), (eve, "")]
    assert history.of(deal).count() == 2


def test_a_stale_list_is_a_conflict(deal, ada):
    add_stakeholder(deal, ada, by=deal.owner)

    with pytest.raises(Conflict):
        set_stakeholders(deal, [], by=deal.owner, version=deal.version)
    assert parts(deal) == [(ada, "")]


def test_merging_contacts_keeps_each_persons_say_once(deal, ada):
    twin, other = ContactFactory(owner=deal.owner), OpportunityFactory(owner=deal.owner)
    add_stakeholder(deal, ada, by=deal.owner, role="champion")
    add_stakeholder(deal, twin, by=deal.owner, role="user")
    add_stakeholder(other, twin, by=deal.owner, role="purchaser")

    merged = merge(ada, [twin], by=deal.owner)

    assert parts(deal) == [(ada, "champion")]
    assert parts(other) == [(ada, "purchaser")]

    unmerge(merged, by=deal.owner)

    assert sorted(role for _contact, role in parts(deal)) == ["champion", "user"]
    assert parts(other) == [(twin, "purchaser")]


# --- competitors -------------------------------------------------------------------------------------------------


def test_a_competitor_nobody_knew_becomes_known_and_a_known_one_is_found(deal):
    vela = Competitor.objects.create(name="Vela")

    add_rival(deal, "VELA", by=deal.owner, note="Cheaper")
    add_rival(deal, "New Works", by=deal.owner)

    assert [(one.competitor.name, one.note) for one in deal.rivals.order_by("pk")] == [
        ("Vela", "Cheaper"), ("New Works", ""),
    ]  # fmt: skip
    assert deal.rivals.first().competitor == vela
    assert Competitor.objects.count() == 2


def test_a_competitor_without_a_name_is_none(deal):
    with pytest.raises(DomainError) as refused:
        add_rival(deal, "  ", by=deal.owner)
    assert (refused.value.code, refused.value.field) == ("no_name", "competitor")


def test_a_competitor_gives_up_and_all_can_be_said_at_once(deal):
    set_rivals(deal, [("Vela", ""), ("Orion", "Incumbent")], by=deal.owner)
    remove_rival(deal, Competitor.objects.get(name="Vela"), by=deal.owner)

    assert [str(one) for one in deal.rivals.all()] == ["Orion"]
    assert history.of(deal).first().changes == {
        "competitors": ["Vela; Orion (Incumbent)", "Orion (Incumbent)"]
    }


# --- colleagues --------------------------------------------------------------------------------------------------


def test_a_colleague_on_the_team_follows_the_deal_and_is_told(deal):
    boss = UserFactory(role="sales_manager", team=deal.team)

    add_member(deal, boss, by=deal.owner, role="Sponsor")

    assert [(one.user, one.role) for one in deal.members.all()] == [(boss, "Sponsor")]
    assert follows(boss, deal)
    told = Notification.objects.get(user=boss)
    assert (told.text, told.kind, told.record) == ("you are on the deal team now (Sponsor)", "assigned", deal)


def test_who_cannot_see_the_deal_is_not_put_on_its_team(deal):
    stranger = UserFactory(role="sales_manager")

    with pytest.raises(DomainError) as refused:
        add_member(deal, stranger, by=deal.owner)

    assert (refused.value.code, refused.value.field) == ("cannot_see", "user")
    assert f"{stranger} cannot see this deal" in str(refused.value)
    assert not DealMember.objects.exists()
    assert not Follow.objects.exists()


def test_who_owns_the_deal_is_on_it_already(deal):
    with pytest.raises(DomainError) as refused:
        add_member(deal, deal.owner, by=deal.owner)
    assert refused.value.code == "is_owner"


def test_who_leaves_hears_no_more(deal):
    boss = UserFactory(role="sales_manager", team=deal.team)
    money = UserFactory(role="finance")
    set_members(deal, [Part(boss), Part(money, "Credit")], by=deal.owner)

    remove_member(deal, boss, by=deal.owner)

    assert [one.user for one in deal.members.all()] == [money]
    assert (follows(boss, deal), follows(money, deal)) == (False, True)


# --- rights ------------------------------------------------------------------------------------------------------

ACTS = {
    "stakeholder": lambda deal, by: add_stakeholder(deal, ContactFactory(owner=by), by=by),
    "rival": lambda deal, by: add_rival(deal, "Vela", by=by),
    "member": lambda deal, by: add_member(deal, by, by=by),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", ["finance", "salesperson", "sales_manager"])
def test_a_stranger_says_nothing_of_it(deal, act, role):
    with pytest.raises(PermissionDenied):
        ACTS[act](deal, UserFactory(role=role))

    assert [model.objects.count() for model in (Stakeholder, Rival, DealMember, Competitor)] == [0, 0, 0, 0]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("status", ["won", "lost"])
def test_a_closed_deal_stays_as_it_was(act, status):
    deal = OpportunityFactory(status=status)

    with pytest.raises(TransitionRefused, match=f"it is {status}"):
        ACTS[act](deal, deal.owner)
