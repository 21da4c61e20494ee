"""The overview and the customer's page say the same of deals as board and forecast do: to the cent, in any currency."""

import pytest
from django.urls import reverse
from django.utils import timezone

from opportunities.models import Stage
from reports import customer_figures
from reports.figures import figures, people, stages
from tests.factories import AccountFactory, TeamFactory, UserFactory
from tests.reports.mixed_currencies import UNRATED, brought, cents, listed, make_deals, rows, worth

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    team = TeamFactory()
    boss = UserFactory(role="sales_manager", team=team)
    below = TeamFactory(parent=team)
    make_deals(UserFactory(team=below, first_name="Ben"), UserFactory(team=below, first_name="Cleo"))
    return boss


def test_open_deals_are_valued_at_todays_rates_and_what_has_none_is_named(boss, client):
    client.force_login(boss)

    found = figures(boss)[0]
    page = client.get(reverse("reports:overview")).text

    count, amount, _weighted = worth(rows("status = 'open'"))
    assert (found.count, cents(found.amount), found.unrated) == (count, amount, {UNRATED})
    assert f"No exchange rate today: {UNRATED}." in page
    assert listed(client, found.url) == count


def test_every_stage_says_what_its_deals_are_worth_and_leads_to_them(boss, client):
    client.force_login(boss)

    found = [row for row in stages(boss) if row.count]

    by_stage = [worth(rows(f"status = 'open' AND stage_id = {pk}")) for pk in stage_keys()]
    assert [(row.count, cents(row.amount), cents(row.weighted)) for row in found] == by_stage
    assert [listed(client, row.url) for row in found] == [count for count, _amount, _weighted in by_stage]


def stage_keys():
    held = {row["stage_id"] for row in rows("status = 'open'")}
    order = Stage.objects.order_by("-pipeline__is_default", "pipeline", "position")
    return [pk for pk in order.values_list("pk", flat=True) if pk in held]


def test_every_person_says_what_is_open_and_what_was_won_this_year(boss, client):
    client.force_login(boss)
    first_day = f"{timezone.localdate().year}-01-01"

    found = people(boss)

    assert [row.label.partition(" ")[0] for row in found] == ["Ben", "Cleo"]
    for row, owner in zip(found, sorted({row["owner_id"] for row in rows()}), strict=True):
        mine = f"owner_id = {owner} AND "
        won = rows(f"{mine} status = 'won' AND closed_on >= '{first_day}'")
        assert (row.count, cents(row.amount), cents(row.weighted)) == worth(rows(f"{mine} status = 'open'"))
        assert cents(row.won) == brought(won)
        assert (listed(client, row.url), listed(client, row.won_url)) == (row.count, len(won))


def test_the_parts_add_up_to_the_whole(boss):
    whole = figures(boss)[0]

    for part in (stages(boss), people(boss)):
        assert (sum(row.count for row in part), sum(row.amount for row in part)) == (
            whole.count,
            whole.amount,
        )


def test_a_customers_open_deals_are_worth_what_they_are_worth_elsewhere(client):
    rep = UserFactory()
    account = AccountFactory(owner=rep)
    make_deals(rep, account=account, contact=None)
    client.force_login(rep)

    tile = next(tile for tile in customer_figures.figures(rep, account) if tile.label == "Open deals")

    count, amount, _weighted = worth(rows("status = 'open'"))
    assert (tile.sums.count, cents(tile.sums.base), tile.sums.unrated) == (count, amount, {UNRATED})
    in_own = {code: sum(row["estimated_revenue"] for row in rows(f"status = 'open' AND code = '{code}'"))
              for code, _amount in tile.sums.amounts}  # fmt: skip
    assert dict(tile.sums.amounts) == in_own
    assert listed(client, tile.url) == count
    assert f"no rate today: {UNRATED}" in client.get(account.get_absolute_url()).text
