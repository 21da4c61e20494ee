"""Dashboards: reports side by side, each reader with their own figures; one that fails takes nothing with it."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from kernel.errors import Conflict, DomainError
from kernel.models import HistoryEntry
from reports import dashboard_actions as actions
from reports import dashboards, registry
from reports.models import Dashboard, Home, Tile
from reports.questions.shape import Answer, Figure
from reports.registry import REPORTS
from tests.factories import OpportunityFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
FIRST, SECOND = REPORTS[0].slug, REPORTS[1].slug


@pytest.fixture
def rep():
    return UserFactory()


@pytest.fixture
def boss(rep):
    return UserFactory(role="sales_manager", team=rep.team)


@pytest.fixture
def board(boss):
    made = actions.create_dashboard(by=boss, name="Every morning", audience="team")
    for slug in (FIRST, SECOND):
        actions.add_tile(made, by=boss, slug=slug)
    made.refresh_from_db()
    return made


def slugs(board):
    return list(Tile.objects.filter(dashboard=board).values_list("slug", flat=True))


def answering(monkeypatch, **by_slug):
    """Let reports answer so: by slug, with what they answer or the error they fall over."""
    known = {
        slug: replace(report, answer=by_slug.get(slug, report.answer))
        for slug, report in registry._BY_SLUG.items()
    }
    monkeypatch.setattr(registry, "_BY_SLUG", known)


def test_a_dashboard_is_put_together_moved_about_and_taken_apart(client, boss):
    client.force_login(boss)
    client.post(reverse("reports:dashboard-new"), {"name": "Mine", "audience": "private"})
    board = Dashboard.objects.get()
    for slug in (FIRST, SECOND):
        client.post(reverse("reports:dashboard-add", args=[board.public_id]), {"slug": slug, "size": "small"})
    first = board.tiles.get(slug=FIRST)
    change = reverse("reports:dashboard-tile-change", args=[board.public_id, first.public_id])

    client.post(change, {"do": "down"})
    assert slugs(board) == [SECOND, FIRST]
    client.post(change, {"do": "down"})
    assert slugs(board) == [SECOND, FIRST]
    client.post(change, {"do": "wide"})
    first.refresh_from_db()
    assert first.size == "wide"
    client.post(change, {"do": "remove"})
    assert slugs(board) == [SECOND]
    verbs = (
        HistoryEntry.objects.filter(record_type="reports.dashboard")
        .order_by("id")
        .values_list("verb", flat=True)
    )
    assert list(verbs) == [
        "created",
        "tile_added",
        "tile_added",
        "tile_moved",
        "tile_resized",
        "tile_removed",
    ]
    client.post(reverse("reports:dashboard-delete", args=[board.public_id]))
    assert not Dashboard.objects.exists()


def test_a_report_is_put_there_with_the_filters_of_its_page(client, boss, board):
    client.force_login(boss)
    address = reverse("reports:dashboard-put")
    page = client.get(address, {"slug": FIRST, "query": "period=2026-Q1"}).text
    assert 'value="period=2026-Q1"' in page

    client.post(
        address, {"dashboard": board.public_id, "slug": FIRST, "size": "wide", "query": "period=2026-Q1"}
    )

    assert board.tiles.last().query == "period=2026-Q1"
    assert board.tiles.last().size == "wide"


def test_readers_see_it_and_do_not_change_it(client, board, rep):
    other = UserFactory()
    with pytest.raises(PermissionDenied):
        actions.change_dashboard(board, by=rep, name="Ours", audience="private")
    with pytest.raises(PermissionDenied):
        actions.remove_tile(board.tiles.first(), by=rep)
    with pytest.raises(PermissionDenied):
        actions.make_home(board, by=other)
    client.force_login(rep)
    assert client.get(board.get_absolute_url()).status_code == 200
    assert client.get(reverse("reports:dashboard-edit", args=[board.public_id])).status_code == 403
    client.force_login(other)
    assert client.get(board.get_absolute_url()).status_code == 404
    assert (Dashboard.objects.get().name, Home.objects.count(), len(slugs(board))) == ("Every morning", 0, 2)


@pytest.mark.parametrize(("role", "audience"), [("salesperson", "all"), ("finance", "team")])
def test_nobody_shares_further_than_they_may(role, audience):
    user = UserFactory(role=role, team=None if role == "finance" else TeamFactory())

    with pytest.raises(PermissionDenied):
        actions.create_dashboard(by=user, name="For you", audience=audience)
    assert not Dashboard.objects.exists()


def test_what_makes_no_sense_is_refused(boss, board):
    for wrong in (
        lambda: actions.create_dashboard(by=boss, name="  "),
        lambda: actions.create_dashboard(by=boss, name="Every morning"),
        lambda: actions.add_tile(board, by=boss, slug="nonsense"),
        lambda: actions.add_tile(board, by=boss, slug=FIRST, size="huge"),
    ):
        with pytest.raises(DomainError):
            wrong()
    with pytest.raises(Conflict):
        actions.change_dashboard(board, by=boss, name="Late", audience="team", version=1)
    assert (Dashboard.objects.count(), len(slugs(board))) == (1, 2)


def test_the_day_begins_with_the_dashboard_one_chose_while_it_is_there(client, boss, board, rep):
    client.force_login(rep)
    client.post(reverse("reports:dashboard-home", args=[board.public_id]), {"home": "yes"})
    assert client.get("/").headers["Location"] == board.get_absolute_url()

    actions.change_dashboard(board, by=boss, name="Every morning", audience="private")
    assert client.get("/").headers["Location"] == "/my-day/"

    actions.change_dashboard(Dashboard.objects.get(), by=boss, name="Every morning", audience="team")
    client.post(reverse("reports:dashboard-home", args=[board.public_id]), {"home": "no"})
    assert client.get("/").headers["Location"] == "/my-day/"


def test_each_reader_sees_their_own_figures_on_a_tile(client, boss, board, rep, monkeypatch):
    def counted(user, asked):
        return Answer(figures=[Figure("Deals", f"{asked.deals(user).count()} deals")])

    answering(monkeypatch, **{FIRST: counted})
    OpportunityFactory(owner=rep)
    OpportunityFactory(owner=boss)
    tile = reverse("reports:dashboard-tile", args=[board.public_id, board.tiles.get(slug=FIRST).public_id])

    for user, words in ((boss, "2 deals"), (rep, "1 deals")):
        client.force_login(user)
        assert words in client.get(tile).text
        part = client.get(tile, headers={"HX-Request": "true"}).text
        assert words in part
        assert "<html" not in part


def test_a_tile_that_fails_says_so_and_the_others_stand(client, boss, board, monkeypatch):
    def broken(user, asked):
        raise RuntimeError("no figures today")

    def fine(user, asked):
        return Answer(figures=[Figure("Deals", "forty-two")])

    answering(monkeypatch, **{FIRST: broken, SECOND: fine})
    client.force_login(boss)

    page = client.get(board.get_absolute_url(), {"whole": "1"})

    assert page.status_code == 200
    assert "This cannot be told just now." in page.text
    assert "forty-two" in page.text


def test_every_report_can_stand_on_a_dashboard(client, boss):
    board = actions.create_dashboard(by=boss, name="All")
    for report in REPORTS:
        if report.is_for(boss):
            actions.add_tile(board, by=boss, slug=report.slug, size="wide")
    client.force_login(boss)

    page = client.get(board.get_absolute_url(), {"whole": "1"}).text

    assert "This cannot be told just now." not in page
    assert page.count('class="tile wide"') == Tile.objects.count()


def test_a_report_that_is_gone_leaves_a_word_and_no_error(client, boss, board):
    Tile.objects.filter(slug=FIRST).update(slug="gone")
    client.force_login(boss)

    assert "This report is not there any more." in client.get(board.get_absolute_url()).text


def test_the_page_asks_as_many_questions_for_many_tiles_as_for_few(
    client, boss, board, django_assert_max_num_queries
):
    client.force_login(boss)
    client.get(board.get_absolute_url())
    with django_assert_max_num_queries(20) as few:
        client.get(board.get_absolute_url())
    for _n in range(6):
        actions.add_tile(board, by=boss, slug=FIRST)
    with django_assert_max_num_queries(len(few)):
        client.get(board.get_absolute_url())


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "\u202e x", "{{ 7 * 7 }}", "a" * 5000])
def test_hostile_names_are_texts(client, boss, name):
    board = actions.create_dashboard(by=boss, name=name)
    client.force_login(boss)

    text = client.get(board.get_absolute_url()).text + client.get(reverse("reports:dashboards")).text

    assert "<script>alert" not in text
    assert len(board.name) <= 80


def test_a_hostile_query_of_a_tile_is_no_question(boss, board):
    for query in ("period=%00", "owner=' OR 1=1", "team=" + "9" * 400, "&&&==", "x" * 9000):
        tile = actions.add_tile(board, by=boss, slug=FIRST, query=query)
        assert dashboards.drawn(tile, boss).problem == ""
