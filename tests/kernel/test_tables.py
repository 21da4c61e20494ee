"""Lists: every row once and in order, whichever way one pages; filters and search narrow; queries stay constant."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test import RequestFactory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.tables import BooleanFilter, ChoiceFilter, Column, OwnerFilter, StatusFilter, Table
from kernel.tables.keyset import Order, cut
from leads.models import Lead
from people.models import Role, Team, User
from tests.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db

names = st.text(alphabet="aAbBäÄzZ ñ0", max_size=4)
moments = st.none() | st.sampled_from([dt.datetime(2026, month, 1, tzinfo=dt.UTC) for month in (1, 2, 3)])
people = st.lists(st.tuples(names, moments, st.sampled_from(["", "North", "South"])), max_size=14)


class UserTable(Table):
    title = "People"
    searchable = False
    columns = (
        Column("username", "Name", main=True, sort=True),
        Column("last_login", "Seen", kind="datetime", sort=True),
        Column("team.name", "Team", sort=True),
    )
    filters = (ChoiceFilter("role", "Role", Role),)
    default_order = "last_name"


class LeadTable(Table):
    columns = (
        Column("number", "Number", main=True, sort=True),
        Column("topic", "Topic", sort=True),
        Column("status", "Status", kind="badge"),
        Column("owner.username", "Owner"),
    )
    filters = (
        StatusFilter(Lead.Status),
        OwnerFilter(),
        BooleanFilter("unrated", "Unrated", Q(rating="")),
    )
    default_order = "-number"


def page_of(table: type[Table], address: str, queryset: Any, user: Any = None) -> Any:
    request = RequestFactory().get(address)
    request.user = user or User(username="nobody")
    return table.page(request, queryset)


def make_people(rows: list[tuple[str, dt.datetime | None, str]]) -> None:
    User.objects.all().delete()
    teams = {name: Team.objects.get_or_create(name=name)[0] for name in ("North", "South")}
    User.objects.bulk_create(
        User(username=f"user{n}", last_name=name, last_login=seen, team=teams.get(team))
        for n, (name, seen, team) in enumerate(rows)
    )


@given(
    rows=people,
    path=st.sampled_from(["last_name", "last_login", "team__name", "pk"]),
    descending=st.booleans(),
    size=st.integers(1, 5),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_paging_forward_and_back_shows_each_row_once_and_in_order(
    rows: list[Any], path: str, descending: bool, size: int
) -> None:
    make_people(rows)
    order = Order(User, path, descending)
    everybody = [user.pk for user in order.apply(User.objects.all())]

    pages = [cut(User.objects.all(), order, size=size)]
    while pages[-1].has_next:
        pages.append(cut(User.objects.all(), order, size=size, after=order.cursor(pages[-1].rows[-1])))
    backward = [pages[-1]]
    while backward[0].has_previous:
        backward.insert(
            0, cut(User.objects.all(), order, size=size, before=order.cursor(backward[0].rows[0]))
        )

    assert [user.pk for page in pages for user in page.rows] == everybody
    assert [user.pk for page in backward for user in page.rows][-len(everybody) :] == everybody
    assert not backward[0].has_previous


def test_rows_without_a_value_come_last_in_either_direction() -> None:
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    make_people([("never", None, ""), ("seen", moment, "")])

    up = page_of(UserTable, "/?sort=last_login", User.objects.all())
    down = page_of(UserTable, "/?sort=-last_login", User.objects.all())

    assert [u.last_name for u in up.rows] == [u.last_name for u in down.rows] == ["seen", "never"]


def test_a_page_survives_the_removal_of_the_row_it_starts_after() -> None:
    make_people([(name, None, "") for name in "abcd"])
    order = Order(User, "last_name")
    first = cut(User.objects.all(), order, size=2)
    cursor = order.cursor(first.rows[-1])

    first.rows[-1].delete()

    assert [u.last_name for u in cut(User.objects.all(), order, size=2, after=cursor).rows] == ["c", "d"]


@pytest.mark.parametrize(
    "query",
    [
        "after=rubbish",
        "before=eyJhIjoxfQ:1:x",
        "after=%00",
        "sort=password",
        "sort=team__path",
        "sort=-",
        "size=7",
        "size=9999999999",
        "role=god",
        "after=",
        "before=&after=",
    ],
)
def test_an_address_that_makes_no_sense_shows_the_first_page(query: str) -> None:
    make_people([(name, None, "") for name in "ba"])

    page = page_of(UserTable, f"/people/?{query}", User.objects.all())

    assert [u.last_name for u in page.rows] == ["a", "b"]
    assert not page.filtered


def test_a_cursor_of_another_order_is_not_mistaken_for_this_one() -> None:
    make_people([(name, None, "") for name in "abc"])
    order = Order(User, "last_name")
    cursor = order.cursor(cut(User.objects.all(), order, size=2).rows[-1])

    page = page_of(UserTable, f"/?sort=username&after={cursor}", User.objects.all())

    assert len(page.rows) == 3


def test_the_addresses_of_the_pages_keep_sort_filter_and_size() -> None:
    make_people([(f"name {n:02}", None, "") for n in range(30)])

    page = page_of(UserTable, "/people/?size=25&sort=-username&role=salesperson&junk=1", User.objects.all())

    assert page.previous_url == ""
    assert page.next_url.startswith("/people/?role=salesperson&sort=-username&size=25&after=")
    rest = page_of(UserTable, page.next_url, User.objects.all())
    assert len(rest.rows) == 5
    assert rest.next_url == ""
    assert len(page_of(UserTable, rest.previous_url, User.objects.all()).rows) == 25


def test_a_page_takes_the_same_queries_however_many_rows(django_assert_num_queries: Any) -> None:
    make_people([("one", None, "North")])
    with django_assert_num_queries(1):  # what fits on one page needs no counting
        [str(row.team.name) for row in page_of(UserTable, "/", User.objects.all()).rows]

    for count in (60, 90):
        make_people([(f"name {n}", None, "North") for n in range(count)])
        with django_assert_num_queries(2 if connection.vendor == "sqlite" else 3):
            [str(row.team.name) for row in page_of(UserTable, "/", User.objects.all()).rows]


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL has statistics to go by")
def test_a_large_list_is_counted_only_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernel.tables.counting.COUNTED", 30)
    make_people([(f"{n:02}", None, "") for n in range(30)])
    assert page_of(UserTable, "/?size=25", User.objects.all()).summary == "25 shown · 30 in all"

    make_people([(f"{n:02}", None, "") for n in range(40)])
    page = page_of(UserTable, "/?size=25", User.objects.all())
    assert page.summary == "25 shown · over 30"
    assert page_of(UserTable, page.count_url, User.objects.all()).summary == "25 shown · 40 in all"


def test_search_finds_all_words_whatever_their_case_and_accents() -> None:
    LeadFactory(topic="Müller Retrofit", number="LEA-1")
    LeadFactory(topic="Müller Spares", number="LEA-2")

    page = page_of(LeadTable, "/?q=RETROFIT+muller", Lead.objects.all())

    assert [lead.number for lead in page.rows] == ["LEA-1"]
    assert (page.filtered, page.search, page.clear_url) == (True, "RETROFIT muller", "/")


@pytest.mark.parametrize("text", ["%25", "_", "%00", "a" * 5000, "'; drop table", "\\"])
def test_search_takes_any_text_literally(text: str) -> None:
    LeadFactory(topic="plain")

    assert page_of(LeadTable, f"/?q=x{text}", Lead.objects.all()).rows == []


def test_tabs_menus_and_chips_say_what_is_chosen_and_how_to_leave_it() -> None:
    seller = UserFactory()
    mine = LeadFactory(owner=seller, rating="")
    LeadFactory()

    page = page_of(LeadTable, "/leads/?status=open&owner=me&unrated=yes", Lead.objects.all(), seller)

    assert page.rows == [mine]
    assert [tab.label for tab in page.tabs if tab.current] == ["Open"]
    assert [chip.label for chip in page.chips] == ["Owner: Me", "Unrated"]
    assert page.chips[0].url == "/leads/?status=open&unrated=yes"
    assert page.clear_url == "/leads/"


def test_a_second_click_on_a_head_turns_the_order_round() -> None:
    page = page_of(UserTable, "/?sort=username", User.objects.none())

    name, seen, _team = page.heads
    assert (name.direction, name.sort_url) == ("ascending", "/?sort=-username")
    assert (seen.direction, seen.sort_url) == ("", "/?sort=-last_login")
