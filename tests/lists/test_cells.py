"""A cell changed in place: by the form and the action of the record, refused in words, taken back, never lost."""

from typing import Any

import pytest

from customers.actions import change_account
from kernel.models import HistoryEntry
from people.models import Role
from tests.factories import AccountFactory, LeadFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db

SCRIPT = {"X-Cell": "1"}


@pytest.fixture
def ada(client: Any) -> Any:
    user = UserFactory(role=Role.SALES_MANAGER, team=TeamFactory())
    client.force_login(user)
    return user


@pytest.fixture
def account(ada: Any) -> Any:
    return AccountFactory(owner=ada, team=ada.team, city="Berlin", phone="1")


def at(account: Any, column: str = "city", table: str = "accounts") -> str:
    return f"/lists/{table}/cells/{account.pk}/{column}/"


def hidden(form: str, name: str) -> str:
    found = form.partition(f'name="{name}" value="')[2].partition('"')[0]
    return found.replace("&#34;", '"').replace("&quot;", '"')


def test_a_cell_is_saved_by_the_records_own_action_and_drawn_anew(
    client: Any, ada: Any, account: Any
) -> None:
    form = client.get(at(account), headers=SCRIPT).json()["form"]
    assert 'name="city" value="Berlin"' in form

    answer = client.post(at(account), {"city": "Kiel", "version": account.version}, headers=SCRIPT)

    assert answer.status_code == 200
    assert answer.json()["cell"] == "Kiel"
    account.refresh_from_db()
    assert (account.city, account.version) == ("Kiel", 2)
    entry = HistoryEntry.objects.get(verb="changed")
    assert (entry.actor, entry.changes) == (ada, {"city": ["Berlin", "Kiel"]})


def test_a_change_is_taken_back_by_saying_what_was_there(client: Any, ada: Any, account: Any) -> None:
    undo = client.post(at(account), {"city": "Kiel", "version": 1}, headers=SCRIPT).json()["undo"]

    answer = client.post(at(account), undo, headers=SCRIPT)

    assert answer.status_code == 200
    account.refresh_from_db()
    assert account.city == "Berlin"


def test_a_row_that_no_longer_fits_the_filter_is_said_to_have_left_it(
    client: Any, ada: Any, account: Any
) -> None:
    asked = f"{at(account)}?f=city:is:Berlin"

    stays = client.post(asked, {"city": "BERLIN", "version": 1}, headers=SCRIPT).json()["text"]
    leaves = client.post(asked, {"city": "Kiel", "version": 2}, headers=SCRIPT).json()["text"]

    assert "any more" not in stays
    assert "any more" in leaves


def test_what_the_form_refuses_is_said_in_place_and_nothing_changes(client: Any, ada: Any) -> None:
    lead = LeadFactory(owner=ada, team=ada.team)

    answer = client.post(at(lead, "email", "leads"), {"email": "no address", "version": 1}, headers=SCRIPT)

    assert answer.status_code == 422
    assert "cell-refused" in answer.json()["form"]
    assert 'value="no address"' in answer.json()["form"]
    lead.refresh_from_db()
    assert lead.version == 1


def test_what_the_action_refuses_is_said_in_place(client: Any, ada: Any) -> None:
    lead = LeadFactory(owner=ada, team=ada.team, status="disqualified", status_reason="lost")

    answer = client.post(at(lead, "topic", "leads"), {"topic": "New", "version": 1}, headers=SCRIPT)

    assert answer.status_code == 409
    assert "disqualified" in answer.json()["text"]


def test_another_field_that_somebody_changed_meanwhile_is_kept(client: Any, ada: Any, account: Any) -> None:
    form = client.get(at(account), headers=SCRIPT).json()["form"]
    change_account(account, by=UserFactory(role=Role.ADMINISTRATOR), phone="2")

    answer = client.post(
        at(account),
        {"city": "Kiel", "version": hidden(form, "version"), "shown": hidden(form, "shown")},
        headers=SCRIPT,
    )

    assert answer.status_code == 200
    account.refresh_from_db()
    assert (account.city, account.phone) == ("Kiel", "2")


def test_when_both_changed_the_cell_both_values_are_shown_and_nothing_is_lost(
    client: Any, ada: Any, account: Any
) -> None:
    form = client.get(at(account), headers=SCRIPT).json()["form"]
    change_account(
        account, by=UserFactory(role=Role.ADMINISTRATOR, first_name="Bob", last_name="B"), city="Rom"
    )
    said = {"city": "Kiel", "version": hidden(form, "version"), "shown": hidden(form, "shown")}

    answer = client.post(at(account), said, headers=SCRIPT)

    assert answer.status_code == 409
    asked = answer.json()["form"]
    assert "Rom" in asked
    assert 'value="Kiel"' in asked
    account.refresh_from_db()
    assert account.city == "Rom"
    again = {"city": "Kiel", "version": hidden(asked, "version"), "shown": hidden(asked, "shown")}
    assert client.post(at(account), again, headers=SCRIPT).status_code == 200
    account.refresh_from_db()
    assert account.city == "Kiel"


@pytest.mark.parametrize("column", ["owner", "number", "nothing", "search_text", "custom", "owner__password"])
def test_only_declared_cells_can_be_changed(column: str, client: Any, ada: Any, account: Any) -> None:
    assert client.get(at(account, column), headers=SCRIPT).status_code == 404
    assert client.post(at(account, column), {column: "x"}, headers=SCRIPT).status_code == 404


def test_a_record_out_of_sight_and_a_reserved_field_do_not_exist(client: Any, account: Any) -> None:
    stranger = UserFactory(team=TeamFactory())
    client.force_login(stranger)

    assert client.get(at(account), headers=SCRIPT).status_code == 404
    own = AccountFactory(owner=stranger, team=stranger.team)
    assert client.get(at(own, "credit_limit"), headers=SCRIPT).status_code == 404


def test_who_may_only_read_has_no_pencil_and_is_refused(client: Any) -> None:
    lead = LeadFactory()
    client.force_login(UserFactory(role=Role.FINANCE))

    assert "data-cell" not in client.get("/leads/").text
    assert client.get(at(lead, "topic", "leads"), headers=SCRIPT).status_code == 403


def test_without_scripts_the_cell_is_a_page_that_leads_back(client: Any, ada: Any, account: Any) -> None:
    assert 'name="city"' in client.get(at(account)).text

    answer = client.post(at(account), {"city": "Kiel", "version": 1})

    assert answer["Location"] == "/accounts/"
    account.refresh_from_db()
    assert account.city == "Kiel"
