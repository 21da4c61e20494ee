"""Where are deals stuck? The stages of a pipeline: what stands in each, how many go on, and how long it takes."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.charts import BarRow, Bars, Mark
from kernel.formats import money, number
from opportunities.measures import Worth, open_worth, total
from opportunities.models import Opportunity, Pipeline, Stage, StageVisit
from people.models import User
from reports.questions import notes
from reports.questions.asked import Asked
from reports.questions.middle import NEWEST, Middle, newest_middles
from reports.questions.shape import (
    Answer,
    Cell,
    Figure,
    Report,
    Table,
    amount,
    count,
    days,
    percent_text,
    rate_of,
    share,
)

FEW = 10  # fewer say little about what is usual


@dataclass(frozen=True)
class Step:
    """How one stage stands."""

    stage: Stage
    worth: Worth
    went_on: int  # of the deals of the last twelve months that left it, forward
    stopped: int  # that were lost in it
    stay: Middle | None

    @property
    def rate(self) -> Decimal | None:
        return rate_of(self.went_on, self.went_on + self.stopped)

    @property
    def days(self) -> Decimal | None:
        return self.stay.days[0] if self.stay else None


def answer(user: User, asked: Asked) -> Answer:
    """One funnel for each pipeline in use, or the one that was asked for."""
    pipelines = [asked.pipeline] if asked.pipeline else list(Pipeline.objects.filter(is_active=True))
    found = steps(user, asked, pipelines)
    everything = total(step.worth for row in found.values() for step in row)
    figures = [
        Figure(
            _("Open deals"), money(everything.amount, asked.base), everything.amount, asked.url(status="open"),
            _("%(n)s deals") % {"n": number(everything.deals)},
        )
    ]  # fmt: skip
    for pipeline in pipelines:
        if worst := slowest(found[pipeline.pk]):
            figures.append(
                Figure(
                    _("Most is lost in %(stage)s") % {"stage": worst.stage.name},
                    _("%(rate)s go on") % {"rate": percent_text(worst.rate or 0)}, worst.rate,
                    lost_url(worst, asked), pipeline.name,
                )
            )  # fmt: skip
    return Answer(
        figures, [funnel(pipeline, found[pipeline.pk], asked) for pipeline in pipelines],
        [table(pipeline, found[pipeline.pk], asked) for pipeline in pipelines],
        [
            _("How many go on: of the deals that are open now or were closed in the last 12 months and have left the "
              "stage, those that were won or stand (or were lost) in a later one."),
            _("Days: the median of the stays that ended in the last 12 months (at most the newest %(n)s).")
            % {"n": number(NEWEST)},
            *notes.unrated(everything.unrated, asked),
        ],
    )  # fmt: skip


def steps(user: User, asked: Asked, pipelines: Sequence[Pipeline]) -> dict[int, list[Step]]:
    """The stages of the pipelines with their figures, in four queries."""
    stages = Stage.objects.filter(pipeline__in=pipelines).order_by("position", "pk")
    deals = asked.deals(user)
    worths = open_worth(deals.filter(status=Opportunity.Status.OPEN), "stage", rates=asked.rates)
    since, until = asked.last_year
    closed = Q(closed_on__gte=since, closed_on__lte=until)
    counts = deals.filter(Q(status=Opportunity.Status.OPEN) | closed).order_by().values("stage", "status")
    stood = {(row["stage"], row["status"]): row["n"] for row in counts.annotate(n=Count("pk"))}
    stays = usual_stays(user, asked, since)
    found: dict[int, list[Step]] = defaultdict(list)
    by_pipeline: dict[int, list[Stage]] = defaultdict(list)
    for stage in stages:
        by_pipeline[stage.pipeline_id].append(stage)
    for pk, row in by_pipeline.items():
        for stage in row:
            step = Step(
                stage, worths.get((stage.pk,), Worth()), *gone_on(stage, row, stood), stays.get((stage.pk,))
            )
            if stage.is_active or step.worth.deals:
                found[pk].append(step)
    return found


def gone_on(stage: Stage, row: Sequence[Stage], stood: Mapping[tuple[int, str], int]) -> tuple[int, int]:
    """How many left a stage forward, and how many were lost in it."""
    won = sum(stood.get((one.pk, "won"), 0) for one in row)
    later = [one for one in row if one.position > stage.position]
    further = sum(stood.get((one.pk, status), 0) for one in later for status in ("open", "lost"))
    return won + further, stood.get((stage.pk, "lost"), 0)


def usual_stays(user: User, asked: Asked, since: dt.date) -> dict[tuple[int, ...], Middle]:
    """The median of stays in each stage that ended since that day, of the deals that were asked for."""
    begin = dt.datetime.combine(since, dt.time(), timezone.get_current_timezone())
    visits = StageVisit.objects.filter(left_at__gte=begin, opportunity__in=asked.deals(user))
    return newest_middles(visits, "stage", since="entered_at", until="left_at")


def slowest(row: Sequence[Step]) -> Step | None:
    """The stage where the smallest share goes on, of those with enough deals to say so."""
    judged = [step for step in row if step.went_on + step.stopped >= FEW and step.stopped]
    return min(judged, key=lambda step: step.rate or 0, default=None)


def lost_url(step: Step, asked: Asked) -> str:
    return asked.url(stage=step.stage, status="lost", closed_on=asked.last_year)


def funnel(pipeline: Pipeline, row: Sequence[Step], asked: Asked) -> Bars:
    worst = slowest(row)
    finding = (
        _("Most deals end in %(stage)s: %(rate)s go on.")
        % {"stage": worst.stage.name, "rate": percent_text(worst.rate or 0)}
        if worst
        else _("%(n)s open deals; too few were decided to say where they get stuck.")
        % {"n": number(sum(step.worth.deals for step in row))}
    )
    rows = [
        BarRow(
            step.stage.name,
            [
                Mark(
                    step.stage.name, step.worth.amount,
                    f"{number(step.worth.deals)} · {money(step.worth.amount, asked.base)}",
                    asked.url(stage=step.stage, status="open"),
                )
            ],
            note=said(step),
        )
        for step in row
    ]  # fmt: skip
    has_any = any(step.worth.deals or step.went_on or step.stopped for step in row)
    return Bars(pipeline.name, finding, _("No deal has been in this pipeline yet."), rows if has_any else ())


def said(step: Step) -> str:
    """How many go on and how long it takes, in few words."""
    parts = []
    if step.rate is not None:
        parts.append(_("%(rate)s go on") % {"rate": percent_text(step.rate)})
    if step.days is not None:
        parts.append(_("%(n)s days") % {"n": number(step.days)})
    return ", ".join(parts)


def table(pipeline: Pipeline, row: Sequence[Step], asked: Asked) -> Table:
    heads = [
        _("Stage"), _("Deals"), _("Amount"), _("Weighted"), _("Go on"), _("Went on"), _("Lost here"), _("Median days"),
    ]  # fmt: skip
    rows = []
    for step in row:
        url = asked.url(stage=step.stage, status="open")
        few = step.rate is not None and step.went_on + step.stopped < FEW
        rows.append([
            Cell(step.stage.name), count(step.worth.deals, url=url), amount(step.worth.amount, asked.base, url=url),
            amount(step.worth.weighted, asked.base), share(step.rate, note=_("few") if few else ""),
            count(step.went_on), count(step.stopped, url=lost_url(step, asked)), days(step.days),
        ])  # fmt: skip
    return Table(f"stages-{pipeline.pk}", pipeline.name, heads, rows)


REPORT = Report(
    "stuck",
    gettext_lazy("Funnel"),
    gettext_lazy("Where are deals stuck?"),
    answer,
    frozenset({"pipeline", "owner", "team"}),
)
