"""Rows of many deals: board, timeline, forecast, dashboards and reports over 200,000 opportunities."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from django.db import connection, transaction
from django.utils import timezone

from benchmarks.copying import fill
from benchmarks.data import World, analyze, owner, team
from benchmarks.floors import plain_connection
from benchmarks.measure import Bench, Missing, Pair, Row
from benchmarks.visitors import address, browser
from catalog.models import Currency, ExchangeRate
from catalog.valuing import rates_at
from forecasts.snapshot_actions import take_snapshot
from opportunities.measures import open_worth
from opportunities.models import Opportunity, OpportunityClose, Stage, StageVisit
from opportunities.tally import column_worth
from opportunities.tally_actions import recount
from reports.registry import REPORTS

OPEN = CLOSED = 100_000
FIRST = 1_000_000  # their keys: open and closed ones in turn, as they come and go
NOBODY: dict[str, str] = {}
DEALS = "opportunities_opportunity"


class Deals:
    """The deals of the world, made when the first row asks for them."""

    made: "dict[int, list[Stage]]" = {}

    @classmethod
    def of(cls, world: World) -> list[Stage]:
        """The stages that they stand in."""
        if id(world) not in cls.made:
            cls.made[id(world)] = make_deals(world)
        return cls.made[id(world)]


def make_deals(world: World) -> list[Stage]:
    """100,000 open deals in five stages and two currencies, as many won and lost ones, and yesterday's snapshot."""
    pipeline = world.stage.pipeline
    stages = [world.stage] + [
        Stage.objects.create(pipeline=pipeline, name=name, position=2 + n, probability=20 * (n + 1), forecast=forecast)
        for n, (name, forecast) in enumerate(
            [("Check", "pipeline"), ("Offer", "best_case"), ("Agree", "committed"), ("Close", "committed")]
        )
    ]  # fmt: skip
    dollar = Currency.objects.create(code="USD", name="Dollar", digits=2)
    ExchangeRate.objects.create(
        currency=dollar, rate="0.9", valid_from=timezone.localdate() - timedelta(days=900)
    )
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("SET LOCAL statement_timeout = 0")
        insert(world, stages, dollar)
    recount()
    analyze()
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    take_snapshot(today - timedelta(days=1), is_final=True)
    analyze()
    return stages


def insert(world: World, stages: list[Stage], dollar: Currency) -> None:
    """The rows themselves: open ones, then won and lost ones with how they were closed, and their visits of stages."""
    head = {
        "account_id": "1 + g % 50", "owner_id": owner("g"), "team_id": team("g"),
        "price_list_id": str(world.price_list.pk), "name": "'Deal ' || g", "search_text": "'deal ' || g",
        "currency_id": f"CASE g / 100 % 5 WHEN 0 THEN {dollar.pk} ELSE {world.currency.pk} END",
        "exchange_rate": "CASE g / 100 % 5 WHEN 0 THEN 0.91 ELSE 1 END", "estimated_revenue": "g % 997 * 100 + 0.25",
        "stage_id": f"(ARRAY{[stage.pk for stage in stages]})[1 + g / 20 % 5]", "probability": "g / 20 % 10 * 10",
        "forecast": "(ARRAY['pipeline','pipeline','best_case','committed','committed'])[1 + g / 20 % 5]",
    }  # fmt: skip
    fill(Opportunity, f"generate_series(1, {OPEN}) g", **head, id=f"{FIRST} + 2 * g", number="'OPN-' || g",
         estimated_close_on="CURRENT_DATE - 60 + g / 3 % 365", created_at="now() - g % 200 * interval '1 day'",
         stage_entered_at="now() - g % 90 * interval '1 day'",
         next_due_at="CASE g / 7 % 4 WHEN 0 THEN NULL ELSE now() + (g / 11 % 60 - 20) * interval '1 day' END",
         )  # fmt: skip
    fill(Opportunity, f"generate_series(1, {CLOSED}) g", **head, id=f"{FIRST} + 1 + 2 * g", number="'CLD-' || g",
         estimated_close_on="CURRENT_DATE - g % 720", closed_on="CURRENT_DATE - g % 720",
         created_at="now() - (g % 720 + g % 90) * interval '1 day'",
         actual_revenue="CASE g % 3 WHEN 0 THEN g % 997 * 90 ELSE NULL END",
         status="CASE g % 3 WHEN 0 THEN 'won' ELSE 'lost' END",
         status_reason="CASE g % 3 WHEN 0 THEN 'won' WHEN 1 THEN 'canceled' ELSE 'out_sold' END")  # fmt: skip
    fill(OpportunityClose, f"{DEALS} o WHERE o.status <> 'open'", opportunity_id="o.id", outcome="o.status",
         closed_on="o.closed_on", actual_revenue="o.actual_revenue", by_id=str(world.administrator.pk))  # fmt: skip
    fill(StageVisit, f"{DEALS} o", opportunity_id="o.id", stage_id="o.stage_id",
         entered_at="coalesce(o.stage_entered_at, o.created_at)",
         left_at="o.closed_on::timestamptz")  # fmt: skip


def showing(name: str, *args: str, query: Callable[[Bench], dict[str, str]] | None = None,
            as_seller: bool = False) -> Callable:  # fmt: skip
    """A page over these deals beside the bare table view."""

    def make(bench: Bench, calls: int) -> Pair:
        Deals.of(bench.world)
        user = bench.world.salesperson if as_seller else bench.world.administrator
        path = address(name, *args) + (f"?{urlencode(query(bench))}" if query else "")
        headers = browser(user)
        try:
            bench.server.get(path, headers)
        except RuntimeError as refused:
            raise Missing(str(refused)[:60]) from refused
        return Pair(
            floor=lambda: bench.server.get("/bare/leads/", NOBODY),
            ours=lambda: bench.server.get(path, headers),
        )

    return make


def board(*, as_seller: bool = False) -> Callable:
    """The board; before it is measured, its sums are held against those of SQL."""
    page = showing("opportunities:board", as_seller=as_seller)

    def make(bench: Bench, calls: int) -> Pair:
        pipeline, today = Deals.of(bench.world)[0].pipeline, timezone.localdate()
        deals = Opportunity.objects.filter(status="open", stage__pipeline=pipeline)
        counted = open_worth(deals, "stage_id", rates=rates_at(today))
        told = column_worth(bench.world.administrator, pipeline, rates=rates_at(today))
        if {(stage,): worth for stage, worth in told.items()} != counted:
            raise Missing("the tally is not the sum of the deals")
        made: Pair = page(bench, calls)
        return made

    return make


def yesterday(_bench: Bench) -> dict[str, str]:
    return {"as_of": (timezone.localdate() - timedelta(days=1)).isoformat()}


def keeping() -> Callable:
    """The picture of the day after one in a hundred deals has changed, beside one pass over all deals."""

    def make(bench: Bench, calls: int) -> Pair:
        Deals.of(bench.world)
        plain = plain_connection()

        def one_pass() -> None:
            with plain.cursor() as cursor:
                cursor.execute(f"SELECT SUM(estimated_revenue * probability) FROM {DEALS}")
                cursor.fetchone()

        def change() -> None:
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE {DEALS} SET probability = 100 - probability WHERE id % 100 = 1")

        return Pair(floor=one_pass, ours=lambda: take_snapshot(), before_ours=change)

    return make


def page(name: str, title: str, make: Callable, **targets: float) -> Row:
    return Row(name, title, make, over_http=True, **targets)  # type: ignore[arg-type]


def all_visible(_bench: Bench) -> dict[str, str]:
    return {"status": "open"}


ROWS = [
    page("board", "the board of 100,000 open deals", board(), ratio=2.0),
    page("board-seller", "the board of one salesperson of twenty", board(as_seller=True), ratio=2.0),
    page("timeline", "the timeline of 100,000 open deals", showing("opportunities:timeline"), ratio=2.0),
    page("deals-list", "deals, open ones", showing("opportunities:list", query=all_visible), ratio=1.0),
    page("forecast-live", "the forecast of this quarter, live", showing("forecasts:forecast"), milliseconds=300),
    page("forecast-snapshot", "the same as of yesterday", showing("forecasts:forecast", query=yesterday),
         milliseconds=40),
    page("dashboard-overview", "the overview", showing("reports:overview"), milliseconds=300),
    page("dashboard-team", "a manager's home", showing("reports:team"), milliseconds=300),
    *(page(f"report-{one.slug}", f"the report {one.slug}", showing("reports:report", one.slug), milliseconds=300)
      for one in REPORTS),
    Row("snapshot", "the picture of the day, 1 % of the deals changed", keeping()),
]  # fmt: skip
