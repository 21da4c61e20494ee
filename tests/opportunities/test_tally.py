"""The tally: whatever writes deals, its sum is the sum of the open ones, and every scope reads its own part of it."""

import datetime as dt
from decimal import Decimal
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import BigIntegerField, F
from django.db.models.functions import Cast
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from catalog.valuing import rates_at
from kernel.pricing import round_half_up
from opportunities import tally_triggers
from opportunities.actions import (
    assign_opportunity,
    change_opportunity,
    create_opportunity,
    hold_opportunity,
    move_opportunity,
    reopen_opportunity,
)
from opportunities.measures import open_worth
from opportunities.models import Opportunity, Tally
from opportunities.tally import column_worth
from opportunities.tally_actions import compact, ensure_triggers, recount
from opportunities.tasks import compact_tally
from orders.actions import win_opportunity
from people.access import visible
from people.removing import remove_record, restore_record
from quotes.actions import lose_opportunity
from tests.factories import (
    AccountFactory,
    CurrencyFactory,
    ExchangeRateFactory,
    OpportunityFactory,
    PipelineFactory,
    StageFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
D = Decimal
KEY = ("stage_id", "owner_id", "team_id", "currency_id")
DAY = dt.date(2026, 3, 2)


@pytest.fixture
def boss():
    return UserFactory(role="administrator")


def told():
    """What the tally says, added up in Python; sums of nothing left out."""
    sums = {}
    whole = [Cast(column, BigIntegerField()) for column in ("amount", "percents")]
    for row in Tally.objects.values_list(*KEY, "deals", *whole):
        before = sums.get(row[:4], (0, 0, 0))
        more = (row[4], D(row[5]).scaleb(-4), D(row[6]).scaleb(-4))
        sums[row[:4]] = tuple(a + b for a, b in zip(before, more, strict=True))
    return {key: sum_ for key, sum_ in sums.items() if any(sum_)}


def counted():
    """What the deals themselves say, added up in Python."""
    sums = {}
    for row in Opportunity.objects.filter(status="open").values_list(
        *KEY, "estimated_revenue", "probability"
    ):
        n, amount, percents = sums.get(row[:4], (0, 0, 0))
        sums[row[:4]] = (n + 1, amount + row[4], percents + row[4] * row[5])
    return sums


def agree():
    assert told() == counted()
    return True


# --- everything that writes deals ---------------------------------------------------------------


def test_a_deal_that_is_opened_changed_moved_handed_over_and_closed_is_followed(boss):
    StageFactory(pipeline=PipelineFactory())
    CurrencyFactory()
    deal = create_opportunity(by=boss, name="A", account=AccountFactory(), estimated_revenue=D("48000.25"))
    assert agree()
    assert list(told().values()) == [(1, D("48000.25"), D("480002.5"))]

    change_opportunity(deal, by=boss, estimated_revenue=D("0.1"))
    assert agree()
    assert next(iter(told().values()))[1] == D("0.1")
    move_opportunity(deal, by=boss, stage=StageFactory(position=2))
    assert agree()
    colleague = UserFactory()
    assign_opportunity(deal, by=boss, owner=colleague)
    assert agree()
    assert next(iter(told()))[1] == colleague.pk
    lose_opportunity(deal, by=boss, reason="canceled")
    assert agree()
    assert told() == {}


def test_winning_and_reopening_take_a_deal_out_and_back(boss):
    deal = OpportunityFactory(estimated_revenue=500)
    win_opportunity(deal, by=boss, actual_revenue=D(450))
    assert agree()
    assert told() == {}

    reopen_opportunity(Opportunity.objects.get(), by=boss)

    assert agree()
    assert len(told()) == 1


def test_calculated_deals_follow_their_lines(boss):
    deal = OpportunityFactory(revenue_mode="system_calculated", lines=2)

    change_opportunity(deal, by=boss, discount_percent=D(10))

    assert agree()


def test_what_changes_no_sum_adds_no_row(boss):
    deal = OpportunityFactory(estimated_revenue=10)
    before = Tally.objects.count()

    change_opportunity(deal, by=boss, name="Other", need="Much")
    hold_opportunity(Opportunity.objects.get(), by=boss)
    Opportunity.objects.update(estimated_revenue=F("estimated_revenue"), probability=F("probability"))
    lost = OpportunityFactory(status="lost")
    Opportunity.objects.filter(pk=lost.pk).update(estimated_revenue=3)
    Opportunity.objects.filter(pk=lost.pk).delete()

    assert Tally.objects.count() == before


def test_bulk_writes_raw_statements_and_deletions_are_counted():
    stage, other = StageFactory(), StageFactory(position=2)
    pattern = OpportunityFactory(stage=stage)
    deals = []
    for number in range(40):
        copied = {f.attname: getattr(pattern, f.attname) for f in Opportunity._meta.concrete_fields}
        copied |= {"id": None, "number": f"B-{number}", "estimated_revenue": D(number) / 8}
        copied["public_id"] = Opportunity._meta.get_field("public_id").get_default()
        deals.append(Opportunity(**copied))
    Opportunity.objects.bulk_create(deals)
    assert agree()
    assert sum(sums[0] for sums in told().values()) == 41

    Opportunity.objects.filter(number__lt="B-2").update(stage=other, probability=33)
    assert agree()
    for deal in deals:
        deal.estimated_revenue += D("0.0001")
    Opportunity.objects.bulk_update(deals, ["estimated_revenue"])
    assert agree()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE opportunities_opportunity SET owner_id = NULL WHERE number LIKE 'B-3%%'", [])
    assert agree()
    Opportunity.objects.filter(number__startswith="B-1").delete()
    assert agree()


def test_the_recycle_bin_takes_a_deal_out_and_puts_it_back(boss):
    deal = OpportunityFactory(estimated_revenue=D("12.34"))
    OpportunityFactory()
    whole = told()

    removed = remove_record(deal, by=boss)
    assert agree()
    assert told() != whole
    restore_record(removed, by=boss)

    assert agree()
    assert told() == whole


def test_what_is_taken_back_was_never_counted():
    OpportunityFactory()
    whole = told()

    with transaction.atomic():
        OpportunityFactory(estimated_revenue=9)
        Opportunity.objects.update(probability=99)
        transaction.set_rollback(True)

    assert agree()
    assert told() == whole


def test_a_database_without_deals_has_no_sums():
    OpportunityFactory.create_batch(3, estimated_revenue=7)
    if connection.vendor == "sqlite":  # where a flush may empty this table first, and fires triggers
        Tally.objects.all().delete()

    Opportunity.objects.all().delete()

    assert told() == {}


# --- adding up ----------------------------------------------------------------------------------


def test_adding_up_changes_no_sum_and_leaves_one_row_each():
    deals = OpportunityFactory.create_batch(3, owner=UserFactory(), estimated_revenue=D("0.1"))
    for deal in deals:
        for amount in ("33.3333", "0.7", "99999999999.9999"):
            Opportunity.objects.filter(pk=deal.pk).update(estimated_revenue=D(amount), probability=0)
    OpportunityFactory(owner=None, team=None, estimated_revenue=1)

    saved = compact_tally()

    assert saved > 0
    assert agree()
    assert Tally.objects.count() == len(told()) == 2
    assert compact() == 0


def test_sums_of_nothing_disappear():
    deal = OpportunityFactory(estimated_revenue=5)
    other = OpportunityFactory(stage=deal.stage)
    Opportunity.objects.filter(pk=deal.pk).update(stage=StageFactory(position=2))
    Opportunity.objects.filter(pk=deal.pk).update(stage=other.stage)

    compact()

    assert agree()
    assert Tally.objects.count() == 2


def test_counting_anew_mends_what_somebody_broke():
    OpportunityFactory.create_batch(2, estimated_revenue=D("3.3333"), probability=77)
    Tally.objects.update(deals=9)

    recount()

    assert agree()


def test_triggers_that_are_gone_come_back_after_migrating_and_count_what_they_missed():
    OpportunityFactory()
    tally_triggers.remove(connection)
    OpportunityFactory(estimated_revenue=8)
    assert told() != counted()
    assert tally_triggers.are_missing(connection)

    ensure_triggers("default")

    assert agree()
    assert not tally_triggers.are_missing(connection)
    OpportunityFactory()
    assert agree()


def test_the_first_of_these_migrations_counts_the_deals_of_before():
    migration = import_module("opportunities.migrations.0011_tally_triggers")
    tally_triggers.remove(connection)
    OpportunityFactory.create_batch(2, estimated_revenue=D("8.5"))

    class Editor:
        pass

    Editor.connection = connection
    migration.install(apps, Editor)

    assert agree()
    assert sum(sums[0] for sums in told().values()) == 2


ACTS = {
    "open": lambda one, n, amount: OpportunityFactory(
        stage=StageFactory(position=1 + n % 2), estimated_revenue=amount, probability=n * 20
    ),
    "amount": lambda one, n, amount: one.update(estimated_revenue=amount),
    "stage": lambda one, n, amount: one.update(stage=StageFactory(position=1 + n % 2)),
    "owner": lambda one, n, amount: one.update(owner=UserFactory() if n % 3 else None, team=None),
    "chance": lambda one, n, amount: Opportunity.objects.update(probability=n * 20),
    "close": lambda one, n, amount: [lose(deal) for deal in one.filter(status="open")],
    "bin": lambda one, n, amount: [bin_and_back(deal) for deal in one],
    "delete": lambda one, n, amount: one.filter(closes=None).delete(),
    "compact": lambda one, n, amount: compact(),
}
PLANS = some.lists(
    some.tuples(
        some.sampled_from(sorted(ACTS)), some.integers(0, 5), some.decimals(0, 99999999999, places=4)
    ),
    max_size=14,
)


def lose(deal):
    lose_opportunity(deal, by=UserFactory(role="administrator"), reason="canceled")


def bin_and_back(deal):
    boss = UserFactory(role="administrator")
    restore_record(remove_record(deal, by=boss), by=boss)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=PLANS)
def test_any_sequence_of_writes_leaves_the_sum_right(db, plan):
    for act, number, amount in plan:
        keys = list(Opportunity.objects.order_by("pk").values_list("pk", flat=True))
        one = Opportunity.objects.filter(pk__in=keys[number % len(keys) :][:1] if keys else [])
        ACTS[act](one, number, amount)
        assert agree()


# --- reading ------------------------------------------------------------------------------------


@pytest.fixture
def many():
    """Deals of several people and teams in three currencies, one of which has no rate."""
    top = TeamFactory()
    below, elsewhere = TeamFactory(parent=top), TeamFactory()
    people = [UserFactory(team=top), UserFactory(team=below), UserFactory(team=elsewhere)]
    ExchangeRateFactory(rate=D("0.9"))
    currencies = [CurrencyFactory(), CurrencyFactory(code="USD"), CurrencyFactory(code="XAU")]
    owners = [(people[0], top), (people[1], below), (people[2], elsewhere), (None, top), (None, None)]
    for number in range(45):
        owner, team = owners[number % 5]
        OpportunityFactory(
            stage=StageFactory(position=1 + number % 4), owner=owner, team=team, currency=currencies[number % 3],
            estimated_revenue=D(number) * D("17.77"), exchange_rate=D("1.5"), probability=number,
            status="won" if number % 11 == 10 else "open",
        )  # fmt: skip
    OpportunityFactory(stage=StageFactory(pipeline=PipelineFactory(name="Other")), estimated_revenue=1)
    return people, (top, below, elsewhere)


def live(user, pipeline, **more):
    deals = visible(user, Opportunity.objects.filter(status="open", stage__pipeline=pipeline, **more))
    worths = open_worth(deals, "stage_id", rates=rates_at(DAY))
    return {stage: rounded(worth) for (stage,), worth in worths.items()}


def rounded(worth):
    return (worth.deals, round_half_up(worth.amount, 6), round_half_up(worth.weighted, 6), worth.unrated)


@pytest.mark.parametrize("role", ["salesperson", "sales_manager", "finance", "administrator"])
def test_every_scope_reads_what_it_sees(many, role):
    people, teams = many
    pipeline = PipelineFactory()
    for person in people:
        asker = UserFactory(team=person.team, role=role)
        Opportunity.objects.filter(owner=person).update(owner=asker)
        for more in ({}, {"owner": asker}, {"owner": people[0]}, {"team": teams[0]}, {"team": teams[1]}):
            found = column_worth(asker, pipeline, rates=rates_at(DAY), **more)
            assert {stage: rounded(worth) for stage, worth in found.items()} == live(asker, pipeline, **more)
    assert any(live(UserFactory(role="administrator"), pipeline).values())


def test_who_sees_no_deals_sees_no_sums(many):
    nobody = UserFactory(role="administrator")
    type(nobody).objects.filter(pk=nobody.pk).update(is_active=False)
    nobody.refresh_from_db()

    assert column_worth(nobody, PipelineFactory(), rates=rates_at(DAY)) == {}


def test_without_a_pipeline_all_are_read(many, boss):
    found = column_worth(boss, None, rates=rates_at(DAY))

    assert sum(worth.deals for worth in found.values()) == Opportunity.objects.filter(status="open").count()


def test_no_deal_is_read_where_every_currency_has_a_rate(boss):
    OpportunityFactory.create_batch(3, estimated_revenue=4)
    pipeline, rates = PipelineFactory(), rates_at(DAY)

    with CaptureQueriesContext(connection) as queries:
        found = column_worth(boss, pipeline, rates=rates)

    assert len(queries) == 1
    assert not any("opportunities_opportunity" in query["sql"] for query in queries)
    assert [worth.deals for worth in found.values()] == [3]


def test_a_currency_without_a_rate_is_valued_at_the_rates_of_its_deals_and_named(boss):
    OpportunityFactory(currency=CurrencyFactory(code="XAU"), estimated_revenue=100, exchange_rate=D("2.5"))

    [worth] = column_worth(boss, PipelineFactory(), rates=rates_at(DAY)).values()

    assert (worth.amount, worth.unrated) == (D(250), {"XAU"})


def test_sums_that_no_float_holds_are_exact(boss):
    owner = UserFactory()
    for _n in range(3):
        OpportunityFactory(estimated_revenue=D("99999999999.9999"), probability=0, owner=owner)
    OpportunityFactory(estimated_revenue=D("0.0001"), probability=0, owner=owner)
    for _once_more in range(2):
        [worth] = column_worth(boss, PipelineFactory(), rates=rates_at(DAY)).values()
        assert worth.amount == D("299999999999.9998")
        compact()
