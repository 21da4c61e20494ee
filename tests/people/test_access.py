"""The rule object: coherent with the steps there are, and true to scope."""

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from leads.models import Lead
from people.access import GRANTS, RESERVED_FIELDS, Scope, grant_for, hidden_fields, may, require, visible
from people.models import Role, Team
from quotes.models import Quote
from tests.factories import AccountFactory, LeadFactory, ProductFactory, TeamFactory, UserFactory

PLAIN = {"view", "add", "change", "delete"}
# Verbs that actions ask for by require(), not by a step.
ASKED_BY_ACTIONS = {
    "assign", "approve", "allocate", "write_back", "replay", "pause", "activate", "deactivate", "retire", "revise",
    "create_invoice", "bill_partly", "unbill_unfulfilled", "pay", "credit", "refund", "reverse", "merge",
    "override_duplicate", "export", "import", "share_team", "share_all", "withdraw", "reset",
}  # fmt: skip
# Records without grants of their own: the right is asked of the document they belong to.
BELONGS_TO = {"changerequest": "order", "approval": "quote"}


def kinds() -> set[str]:
    return {model._meta.model_name for model in apps.get_models()}


def steps() -> dict[str, set[str]]:
    """The verbs each record's steps ask for, read from their declarations."""
    found = {}
    for model in apps.get_models():
        if hasattr(model, "get_all_status_transitions"):
            asked = {
                cell.cell_contents
                for transition in model().get_all_status_transitions()
                if callable(transition.permission)
                for cell in (transition.permission.__closure__ or ())
                if isinstance(cell.cell_contents, str)
            }
            found[model._meta.model_name] = asked
    return found


def granted(kind: str) -> set[str]:
    return set().union(*(role[kind].verbs for role in GRANTS.values() if kind in role))


# --- coherent ---------------------------------------------------------------------


def test_every_verb_that_a_step_asks_for_is_granted_to_somebody() -> None:
    unknown = {kind: asked - granted(BELONGS_TO.get(kind, kind)) for kind, asked in steps().items()}

    assert steps()["quote"] >= {"activate", "revise", "accept"}
    assert {kind: verbs for kind, verbs in unknown.items() if verbs} == {}


def test_every_verb_that_is_granted_is_one_that_something_asks_for() -> None:
    known = {kind: PLAIN | ASKED_BY_ACTIONS | steps().get(kind, set()) for kind in kinds()}
    unknown = {
        (role, kind): grant.verbs - known.get(kind, set())
        for role, grants in GRANTS.items()
        for kind, grant in grants.items()
    }

    assert {where: sorted(verbs) for where, verbs in unknown.items() if verbs} == {}


def test_grants_speak_of_kinds_that_exist() -> None:
    assert {kind for grants in GRANTS.values() for kind in grants} <= kinds()


def test_every_role_has_its_grants() -> None:
    assert set(GRANTS) == set(Role.values)


def test_whoever_may_do_anything_with_a_kind_may_see_it() -> None:
    blind = [
        (role, kind) for role, grants in GRANTS.items() for kind, grant in grants.items()
        # Who sees a view of a list is written on the view itself: kernel.tables.views.seen_by.
        if kind != "savedview" and grant.verbs and (not grant.allows("view") or grant.scope == Scope.NONE)
    ]  # fmt: skip

    assert blind == []


def test_only_owned_records_have_a_scope_narrower_than_all() -> None:
    """visible() filters by owner and team, which a catalog does not have."""
    owned = {
        m._meta.model_name for m in apps.get_models() if {"owner", "team"} <= {f.name for f in m._meta.fields}
    }
    narrow = {
        kind
        for grants in GRANTS.values()
        for kind, grant in grants.items()
        if grant.scope in (Scope.OWN, Scope.TEAM)
    }

    # Goals and calls are of a person or a team: forecasts.rights reads their scope so.
    assert narrow - {"goal", "forecastcall"} <= owned


def test_reserved_fields_exist_and_are_reserved_to_known_roles() -> None:
    for kind, fields in RESERVED_FIELDS.items():
        for name, roles in fields.items():
            assert roles <= set(Role.values)
            if kind != "line" and name != "margin":
                model = next(m for m in apps.get_models() if m._meta.model_name == kind)
                assert model._meta.get_field(name)


# --- scope ------------------------------------------------------------------------


@pytest.fixture
def north(db) -> Team:
    return TeamFactory(name="North")


@pytest.fixture
def berlin(north) -> Team:
    return TeamFactory(name="Berlin", parent=north)


@pytest.mark.django_db
def test_a_salesperson_sees_their_own_and_what_waits_in_their_team(berlin, north) -> None:
    me, colleague = UserFactory(team=berlin), UserFactory(team=berlin)
    mine = LeadFactory(owner=me)
    queue = LeadFactory(owner=None, team=berlin)
    LeadFactory(owner=colleague)
    LeadFactory(owner=None, team=north)
    LeadFactory(owner=None, team=None)

    assert set(visible(me, Lead.objects.all())) == {mine, queue}


@pytest.mark.django_db
def test_a_manager_sees_the_team_and_the_teams_below_but_not_those_above_or_beside(north, berlin) -> None:
    beside = TeamFactory(name="South")
    here, below = LeadFactory(owner=None, team=north), LeadFactory(owner=UserFactory(team=berlin))
    other = LeadFactory(owner=UserFactory(team=beside))
    boss, lead_of_berlin = (UserFactory(role="sales_manager", team=team) for team in (north, berlin))

    assert set(visible(boss, Lead.objects.all())) == {here, below}
    assert set(visible(lead_of_berlin, Lead.objects.all())) == {below}
    assert not may(boss, "view", other)
    assert not may(lead_of_berlin, "view", here)


@pytest.mark.django_db
def test_customers_are_shared_within_the_team(berlin) -> None:
    colleague = UserFactory(team=berlin)
    account = AccountFactory(owner=UserFactory(team=berlin))
    stranger = UserFactory()

    assert may(colleague, "change", account)
    assert not may(stranger, "view", account)


@pytest.mark.django_db
def test_what_the_list_shows_and_what_the_record_allows_is_the_same_rule(north, berlin) -> None:
    people = [UserFactory(role=role, team=team) for role in Role.values for team in (north, berlin, None)]
    owners = [*people, None]
    leads = [LeadFactory(owner=owner, team=team) for owner in owners for team in (north, berlin, None)]

    for person in people:
        listed = set(visible(person, Lead.objects.all()))
        assert listed == {lead for lead in leads if may(person, "view", lead)}, person.role


@pytest.mark.django_db
def test_moving_a_team_moves_what_its_manager_sees(north, berlin) -> None:
    boss = UserFactory(role="sales_manager", team=north)
    LeadFactory(owner=UserFactory(team=berlin))
    berlin.parent = None
    berlin.save()

    assert not visible(type(boss).objects.get(pk=boss.pk), Lead.objects.all()).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_somebody_inactive_sees_and_may_nothing(role: str) -> None:
    gone = UserFactory(role=role, is_active=False, is_superuser=True)
    lead = LeadFactory(owner=gone)

    assert not visible(gone, Lead.objects.all()).exists()
    assert not any(may(gone, verb, lead) for verb in ("view", "change", "qualify"))


@pytest.mark.django_db
def test_strangers_see_and_may_nothing() -> None:
    lead = LeadFactory()

    assert not visible(AnonymousUser(), Lead.objects.all()).exists()
    assert not may(AnonymousUser(), "view", lead)
    with pytest.raises(PermissionDenied):
        require(AnonymousUser(), "add", Quote)


@pytest.mark.django_db
def test_a_kind_that_nobody_spoke_of_is_closed() -> None:
    assert grant_for(UserFactory(), "session").scope == Scope.NONE
    assert not visible(UserFactory(), apps.get_model("sessions.Session").objects.all()).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "sees"), [("salesperson", False), ("integration", False), ("sales_manager", True),
                                            ("finance", True), ("administrator", True)])  # fmt: skip
def test_costs_are_for_those_who_answer_for_the_margin(role: str, sees: bool) -> None:
    hidden = hidden_fields(UserFactory(role=role), "product")

    assert ("current_cost" not in hidden) is sees
    assert ProductFactory._meta.model._meta.get_field("current_cost")


@pytest.mark.django_db
def test_strangers_are_shown_no_reserved_field() -> None:
    assert hidden_fields(AnonymousUser(), "account") == {"credit_limit"}
