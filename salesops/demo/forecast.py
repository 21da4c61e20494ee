"""What Nordlicht Machines wanted to sell, what it believed it would, and a picture of its pipeline for each week."""

import datetime as dt
from dataclasses import asdict, dataclass, replace
from decimal import Decimal

from django.utils import timezone

from catalog.valuing import rates_at
from forecasts.actions import make_call, set_goal
from forecasts.house import house_now
from forecasts.models import DealAsOf, ForecastCall, Goal, Snapshot
from forecasts.selectors import figures_of
from forecasts.sums import keep_sums
from kernel.periods import Period, period_of
from opportunities.models import Opportunity, Stage, StageVisit
from people.models import Team, User

WEEKS = 13
DAY = dt.timedelta(days=1)
STEP = Decimal(500)
SHARES = {
    "ada": Decimal("1.1"),
    "ben": Decimal("0.95"),
    "chloe": Decimal("1.2"),
}  # target over what is promised
WORDS = ["Two are sure, the third one signs next week.", "One may slip: their budget waits for the board.",
         "As committed.", "A little less than the system says: one customer compares us with another."]  # fmt: skip


def make_forecast(people: dict[str, User]) -> None:
    """Weekly pictures of a quarter, goals of this quarter and the last ones, and what was called."""
    ask_in_stages()
    set_sights()
    take_pictures()
    sales, boss = Team.objects.get(name="Sales"), people["mei"]
    this = period_of(timezone.localdate())
    for period in (this.previous, this):
        for name, share in SHARES.items():
            goal_of(people[name], period, share, by=boss)
    set_goal(people["ada"], this, Decimal(4), by=boss, metric=Goal.Metric.DEALS)
    for name, rep in ((name, people[name]) for name in SHARES):
        call(rep, this, Decimal("1.12"), 12, WORDS[len(name) % 2], by=rep)
        if name != "chloe":
            call(rep, this, Decimal("1.02"), 3, WORDS[2 + len(name) % 2], by=rep)
    call(sales, this, Decimal("0.97"), 2, "I take a little off: December is short.", by=boss)
    past = this.previous
    for factor in ("1.08", "0.94"):
        call(
            sales, past, Decimal(factor), (timezone.localdate() - past.starts_on).days - 24, WORDS[2], by=boss
        )
        past = past.previous


def ask_in_stages() -> None:
    """What this house wants to know of a deal by and by."""
    asked = {
        "Develop": ([], ["need", "stakeholders"]),
        "Propose": (["amount"], ["estimated_close_on", "competitors"]),
        "Close": (["amount", "estimated_close_on"], ["next_step"]),
    }
    for stage in Stage.objects.filter(pipeline__is_default=True, name__in=asked):
        stage.required_fields, stage.advised_fields = asked[stage.name]
        stage.save(update_fields=["required_fields", "advised_fields"])


def set_sights() -> None:
    """Much of what is open is to be won before the quarter ends; some deals have no day yet."""
    today, ends_on = timezone.localdate(), period_of(timezone.localdate()).ends_on
    for number, deal in enumerate(Opportunity.objects.filter(status="open").order_by("pk")):
        days = number * 5 % ((ends_on - today).days + 1)
        if number % 3 != 1:
            Opportunity.objects.filter(pk=deal.pk).update(estimated_close_on=today + days * DAY)


# --- goals and calls ------------------------------------------------------------------------------------------


def goal_of(rep: User, period: Period, share: Decimal, *, by: User) -> None:
    """A target near what is promised, set when the period began."""
    goal = set_goal(rep, period, rounded(figures_of(rep, period).commit_total * share), by=by)
    Goal.objects.filter(pk=goal.pk).update(at=moment_of(period.starts_on))


def call(whose: User | Team, period: Period, share: Decimal, days_ago: int, note: str, *, by: User) -> None:
    """A call near what came of the period, made so many days ago."""
    seen = figures_of(whose, period).commit_total
    made = make_call(whose, period, rounded(seen * share), by=by, note=note)
    day = max(timezone.localdate() - days_ago * DAY, period.starts_on)
    ForecastCall.objects.filter(pk=made.pk).update(at=moment_of(day), commit=rounded(seen * Decimal("0.9")))


def rounded(amount: Decimal) -> Decimal:
    """As people say it: in five hundreds, and never nothing."""
    return max((amount / STEP).quantize(Decimal(1)), Decimal(1)) * STEP


def moment_of(day: dt.date) -> dt.datetime:
    """Some time in the afternoon of that day, but not in time to come."""
    then = timezone.make_aware(dt.datetime.combine(day, dt.time(16)))
    return min(then, timezone.now())


# --- pictures -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """A deal as a picture keeps it."""

    opportunity_id: int
    number: str
    name: str
    owner_id: int | None
    team_id: int | None
    stage_id: int
    status: str
    forecast: str
    amount: Decimal
    currency: str
    rate: Decimal
    probability: int
    close_on: dt.date | None


def take_pictures() -> None:
    """One for each of the past weeks, and one of yesterday, told from what the deals went through."""
    deals = list(Opportunity.objects.select_related("currency", "stage"))
    visits: dict[int, list[StageVisit]] = {}
    for visit in StageVisit.objects.select_related("stage").order_by("entered_at"):
        visits.setdefault(visit.opportunity_id, []).append(visit)
    yesterday, tree = timezone.localdate() - DAY, house_now().as_json
    before: dict[int, Fact] = {}
    for day in [yesterday - week * 7 * DAY for week in range(WEEKS, -1, -1)]:
        now = {deal.pk: fact(deal, visits.get(deal.pk, []), day) for deal in deals if begun(deal) <= day}
        keep(day, before, now)
        describe(day, len(now), tree)
        before = now


def keep(day: dt.date, before: dict[int, Fact], now: dict[int, Fact]) -> None:
    """Rows for what is new or has changed."""
    changed = [pk for pk, one in now.items() if before.get(pk) != one]
    DealAsOf.objects.filter(until_on=DealAsOf.FOREVER, opportunity__in=changed).update(until_on=day)
    DealAsOf.objects.bulk_create(DealAsOf(from_on=day, **asdict(now[pk])) for pk in changed)


def describe(day: dt.date, deals: int, tree: dict[str, object]) -> None:
    rates = rates_at(day)
    keep_sums(day, rates.by_code)
    Snapshot.objects.create(
        taken_on=day, taken_at=timezone.make_aware(dt.datetime.combine(day, dt.time(23, 59))), base=rates.base,
        rates={code: str(rate) for code, rate in rates.by_code.items()}, tree=tree, deals=deals, is_final=True,
    )  # fmt: skip


def begun(deal: Opportunity) -> dt.date:
    """When it came up; no deal is closed before it did."""
    made = timezone.localdate(deal.created_at) - deal.pk * 11 % 60 * DAY
    return min(made, deal.closed_on - 20 * DAY) if deal.closed_on else made


def fact(deal: Opportunity, visits: list[StageVisit], day: dt.date) -> Fact:
    """What a deal was on that day, as far as its history tells."""
    if deal.closed_on and deal.closed_on <= day:
        return kept(
            deal, deal.stage, deal.status, deal.actual_revenue or deal.estimated_revenue, deal.closed_on
        )
    then = [visit.stage for visit in visits if timezone.localdate(visit.entered_at) <= day]
    stage = then[-1] if then else visits[0].stage if visits else deal.stage
    expected = deal.closed_on or deal.estimated_close_on
    guess = kept(deal, stage, "open", deal.estimated_revenue, expected)
    return earlier(guess, (timezone.localdate() - day).days)


def kept(deal: Opportunity, stage: Stage, status: str, amount: Decimal, on: dt.date | None) -> Fact:
    is_now = stage.pk == deal.stage_id
    return Fact(
        deal.pk, deal.number, deal.name, deal.owner_id, deal.team_id, stage.pk, status,
        deal.forecast if is_now else stage.forecast, amount, deal.currency.code, deal.exchange_rate,
        deal.probability if is_now else stage.probability, on,
    )  # fmt: skip


def earlier(one: Fact, days: int) -> Fact:
    """What people thought of it some time before: hopes were sooner, or higher, or lower."""
    pk = one.opportunity_id
    if pk % 5 == 0 and days > 10:
        one = replace(one, amount=one.amount * (Decimal("0.75") if pk % 2 else Decimal("1.2")))
    if pk % 3 == 1 and days > 5 and one.close_on:
        one = replace(one, close_on=one.close_on - dt.timedelta(days=28 + pk % 4 * 7))
    if pk % 7 == 3 and days > 3:
        one = replace(one, forecast="committed" if one.forecast == "best_case" else "pipeline")
    return one
