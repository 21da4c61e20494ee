"""Saved views: a list as somebody likes it, kept, shared, pinned, and what it opens with."""

from typing import Any

import pytest

from kernel.errors import DomainError
from kernel.models import SavedView
from kernel.tables import view_actions
from people.models import Role
from tests.factories import LeadFactory, TeamFactory, UserFactory
from tests.pages import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Any:
    return UserFactory(team=TeamFactory())


@pytest.fixture
def leads(ada: Any) -> list[Any]:
    return [
        LeadFactory(owner=ada, team=ada.team, rating=rating, company=f"{rating} company")
        for rating in ("hot", "cold")
    ]


def made(user: Any, **more: Any) -> SavedView:
    values = {"table": "leads", "name": "Hot ones", "query": "f=rating%3Ais%3Ahot", **more}
    return view_actions.create_view(by=user, **values)


def shown(client: Any, address: str) -> str:
    return str(client.get(address, follow=True).text)


def heads(client: Any, address: str) -> str:
    page = shown(client, address)
    return page[page.index("<thead>") : page.index("</thead>")]


def test_a_list_is_saved_as_it_is_and_opens_again_by_its_name(
    client: Any, ada: Any, leads: list[Any]
) -> None:
    client.force_login(ada)

    answer = client.post(
        "/lists/leads/views/new/?f=rating:is:hot&sort=-company&cols=name,company",
        {"name": "Hot ones", "audience": "private"},
    )

    view = SavedView.objects.get()
    assert (view.query, view.columns) == ("f=rating%3Ais%3Ahot&sort=-company", ["name", "company"])
    assert answer["Location"] == f"/lists/leads/open/{view.public_id}/"
    page = shown(client, answer["Location"])
    assert "hot company" in page
    assert "cold company" not in page
    assert "Owner" not in heads(client, answer["Location"])
    assert "unsaved" not in page


def test_what_is_changed_in_a_view_is_marked_saved_or_taken_back(
    client: Any, ada: Any, leads: list[Any]
) -> None:
    client.force_login(ada)
    view = made(ada)

    changed = shown(client, f"/leads/?view={view.public_id}&f=rating:is:cold")
    assert "● unsaved" in changed
    assert f'href="/leads/?view={view.public_id}">Reset' in changed
    client.post(
        f"/lists/leads/views/{view.public_id}/save/", {"query": f"view={view.public_id}&f=rating:is:cold"}
    )

    assert "cold company" in shown(client, f"/leads/?view={view.public_id}")


def test_a_view_whose_last_filter_is_taken_away_shows_everything_and_stays_chosen(
    client: Any, ada: Any, leads: list[Any]
) -> None:
    client.force_login(ada)
    view = made(ada)

    page = shown(client, f"/leads/?view={view.public_id}")
    assert f'href="/leads/?view={view.public_id}&amp;f="' in page
    everything = shown(client, f"/leads/?view={view.public_id}&f=")

    assert "cold company" in everything
    assert "● unsaved" in everything


def test_the_list_opens_with_the_view_one_chose_and_all_is_one_click_away(
    client: Any, ada: Any, leads: list[Any]
) -> None:
    client.force_login(ada)
    made(ada, default=True)

    assert "cold company" not in shown(client, "/leads/")
    assert 'href="/leads/?view=none"' in shown(client, "/leads/")
    assert "cold company" in shown(client, "/leads/?view=none")
    assert "cold company" in shown(client, "/leads/?f=rating:is:cold")


def test_only_one_view_opens_first(ada: Any) -> None:
    first = made(ada, default=True)
    second = made(ada, name="Second", default=True)

    chosen = {choice.view_id: choice.is_default for choice in [*first.choices.all(), *second.choices.all()]}
    assert chosen == {first.pk: False, second.pk: True}


def test_a_pinned_view_stands_beside_the_menu_of_every_page(client: Any, ada: Any, leads: list[Any]) -> None:
    client.force_login(ada)
    view = made(ada, name="My pinned one", pinned=True)

    assert f'href="/lists/leads/open/{view.public_id}/"' in shown(client, "/activities/")
    client.get("/leads/")
    before = queries(lambda: client.get("/leads/"))
    made(ada, name="Another", pinned=True)
    assert len(queries(lambda: client.get("/leads/"))) == len(before)


def test_a_team_view_is_seen_by_the_team_and_those_below_it_only(client: Any, leads: list[Any]) -> None:
    above = TeamFactory()
    team = TeamFactory(parent=above)
    manager = UserFactory(role=Role.SALES_MANAGER, team=above)
    member, stranger = UserFactory(team=team), UserFactory(team=TeamFactory())
    view = made(manager, audience="team")

    client.force_login(member)
    assert "Hot ones" in shown(client, "/leads/?f=rating:is:hot")
    assert client.get(f"/lists/leads/views/{view.public_id}/").status_code == 200
    client.force_login(stranger)
    assert "Hot ones" not in shown(client, "/leads/?f=rating:is:hot")
    assert client.get(f"/lists/leads/views/{view.public_id}/").status_code == 404


def test_who_may_not_share_with_everybody_is_refused(client: Any, ada: Any) -> None:
    client.force_login(ada)

    answer = client.post("/lists/leads/views/new/", {"name": "All of us", "audience": "all"})

    assert answer.status_code == 422
    assert not SavedView.objects.exists()


def test_a_shared_view_is_pinned_by_anybody_and_changed_by_its_owner_only(client: Any, ada: Any) -> None:
    view = made(UserFactory(role=Role.SALES_MANAGER), audience="all")
    client.force_login(ada)

    pinned = client.post(f"/lists/leads/views/{view.public_id}/", {"pinned": "on", "name": "Mine now"})
    saved = client.post(f"/lists/leads/views/{view.public_id}/save/", {"query": "f=rating:is:cold"})
    gone = client.post(f"/lists/leads/views/{view.public_id}/delete/")

    assert (pinned.status_code, saved.status_code, gone.status_code) == (302, 403, 403)
    view.refresh_from_db()
    assert (view.name, view.query) == ("Hot ones", "f=rating%3Ais%3Ahot")
    assert view.choices.get(user=ada).is_pinned


def test_a_view_of_somebody_else_shows_no_record_out_of_sight(
    client: Any, ada: Any, leads: list[Any]
) -> None:
    hidden = LeadFactory(owner=UserFactory(), rating="hot", company="Nobody's business")
    view = made(UserFactory(role=Role.SALES_MANAGER), audience="all")
    client.force_login(ada)

    page = shown(client, f"/leads/?view={view.public_id}")

    assert "hot company" in page
    assert hidden.company not in page


def test_a_name_is_given_once_and_can_be_changed(client: Any, ada: Any) -> None:
    client.force_login(ada)
    view = made(ada)

    with pytest.raises(DomainError, match="already"):
        made(ada)
    client.post(f"/lists/leads/views/{view.public_id}/", {"name": "Warm ones", "audience": "private"})
    view.refresh_from_db()
    assert view.name == "Warm ones"
    client.post(f"/lists/leads/views/{view.public_id}/delete/")
    assert not SavedView.objects.exists()


def test_a_view_that_is_gone_shows_the_list(client: Any, ada: Any, leads: list[Any]) -> None:
    client.force_login(ada)

    page = shown(client, "/leads/?view=0f8f8f8f-0000-4000-8000-000000000000")

    assert "cold company" in page


def test_columns_are_chosen_moved_and_reset_without_scripts(client: Any, ada: Any, leads: list[Any]) -> None:
    client.force_login(ada)
    order = ["name", "company", "email", "topic"]

    arranged = client.post(
        "/lists/leads/columns/", {"order": order, "shown": ["company", "email"], "move": "up:email"}
    )
    assert arranged.status_code == 200
    assert arranged.text.index('value="email"') < arranged.text.index('value="company"')
    client.post(
        "/lists/leads/columns/", {"order": ["name", "email", "company"], "shown": ["company", "email"]}
    )

    found = heads(client, "/leads/")
    assert found.index("E-mail") < found.index("Company")
    assert "Owner" not in found
    client.post("/lists/leads/columns/", {"reset": "1"})
    assert "Owner" in heads(client, "/leads/")
    assert not SavedView.objects.exists()


def test_columns_of_a_view_stay_with_the_view(client: Any, ada: Any, leads: list[Any]) -> None:
    client.force_login(ada)
    view = made(ada)

    client.post(
        f"/lists/leads/columns/?view={view.public_id}", {"order": ["name", "city"], "shown": ["city"]}
    )

    view.refresh_from_db()
    assert view.columns == ["name", "city"]
    assert "Owner" in heads(client, "/leads/?view=none")


def test_a_column_that_is_no_more_is_left_out_of_the_views_that_had_it(
    client: Any, ada: Any, leads: list[Any]
) -> None:
    client.force_login(ada)
    view = made(ada, columns=["custom.gone", "owner__password", "name", "company"])

    page = shown(client, f"/leads/?view={view.public_id}")

    assert "hot company" in page
    assert "password" not in page[page.index("<thead>") : page.index("</thead>")]
