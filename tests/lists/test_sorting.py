"""Lists sorted by up to three columns: the same as plain sorting, page by page, both ways."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.tables.keyset import Order, cut
from people.models import Team, User
from tests.factories import LeadFactory, UserFactory

pytestmark = pytest.mark.django_db

moments = st.none() | st.sampled_from([dt.datetime(2026, month, 1, tzinfo=dt.UTC) for month in (1, 2)])
people = st.lists(
    st.tuples(st.sampled_from("aab"), moments, st.sampled_from(["", "North", "South"])), max_size=12
)
PATHS = ("last_name", "last_login", "team__name", "pk")


def plainly_sorted(rows: list[User], keys: list[tuple[str, bool]]) -> list[int]:
    """What sorting in Python gives: from the last key to the first, rows without a value last in any direction."""

    def value(user: User, path: str) -> Any:
        return (
            user.team.name
            if path == "team__name" and user.team
            else None
            if path == "team__name"
            else getattr(user, path)
        )

    rows = sorted(rows, key=lambda user: user.pk, reverse=keys[0][1])
    for path, descending in reversed(keys):
        known = sorted(
            (u for u in rows if value(u, path) is not None), key=lambda u: value(u, path), reverse=descending
        )
        # Python's reverse keeps equal rows in their order, as sorting key by key needs it.
        rows = [*known, *(u for u in rows if value(u, path) is None)]
    return [user.pk for user in rows]


@given(
    rows=people,
    keys=st.lists(
        st.tuples(st.sampled_from(PATHS), st.booleans()), min_size=1, max_size=3, unique_by=lambda k: k[0]
    ),
    size=st.integers(1, 5),
)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_pages_by_three_keys_are_plain_sorting_cut_into_pieces(
    rows: list[Any], keys: list[tuple[str, bool]], size: int
) -> None:
    User.objects.all().delete()
    teams = {name: Team.objects.get_or_create(name=name)[0] for name in ("North", "South")}
    User.objects.bulk_create(
        User(username=f"user{n}", last_name=name, last_login=seen, team=teams.get(team))
        for n, (name, seen, team) in enumerate(rows)
    )
    (path, down), *then = keys
    order = Order(User, path, down, tuple(then))
    expected = plainly_sorted(list(User.objects.select_related("team")), keys)

    pages = [cut(User.objects.all(), order, size=size)]
    while pages[-1].has_next:
        pages.append(cut(User.objects.all(), order, size=size, after=order.cursor(pages[-1].rows[-1])))
    backward = [pages[-1]]
    while backward[0].has_previous:
        backward.insert(
            0, cut(User.objects.all(), order, size=size, before=order.cursor(backward[0].rows[0]))
        )

    assert [user.pk for page in pages for user in page.rows] == expected
    assert [user.pk for page in backward for user in page.rows] == expected


def test_a_head_sorts_alone_or_within_what_sorts_already(client: Any) -> None:
    user = UserFactory(role="administrator")
    LeadFactory(company="Borg", last_name="B")
    client.force_login(user)

    page = client.get("/leads/?sort=company").text
    assert 'href="/leads/?sort=-company"' in page
    assert 'data-then="/leads/?sort=company%2Clast_name"' in page
    both = client.get("/leads/?sort=company,last_name").text
    assert both.count("aria-sort") == 2
    assert "<small>2</small>" in both
