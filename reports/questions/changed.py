"""What changed since last week? From the open deals of a period then to those of now, step by step."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forecasts.bridge import Bridge as Changes
from forecasts.bridge import Step, bridge
from forecasts.figures import Part
from forecasts.models import Snapshot
from kernel.addresses import record_url
from kernel.charts import Bridge, Mark
from kernel.formats import day_text, money, number
from people.models import User
from reports.questions import notes
from reports.questions.asked import Asked
from reports.questions.shape import Answer, Cell, Figure, Report, Table, amount, count

BACK = dt.timedelta(days=7)
MOST = 50  # deals of a step


def answer(user: User, asked: Asked) -> Answer:
    """The bridge from the snapshot of a week ago (or the oldest since) to now."""
    since = start_of(asked)
    if since is None:
        return Answer(
            charts=[nothing_yet()], notes=[_("Every night a snapshot is taken; the first one starts it.")]
        )
    part = Part(frozenset(asked.team_ids)) if asked.team is not None else None
    found = bridge(user, asked.period, since, figure="open", part=part)
    figures = [
        Figure(day_text(found.since), money(found.start, asked.base), found.start),
        Figure(_("Now"), money(found.end, asked.base), found.end, now_url(asked)),
        Figure(_("Difference"), signed(found, asked), found.difference),
    ]
    lines = [
        _("Open deals that are due in %(period)s, without those left out of the forecast; both ends at the rates of "
          "their own days.") % {"period": asked.period.label}
    ]  # fmt: skip
    tables = [overview(found, asked), *(moves(step, asked) for step in found.steps if step.moves)]
    return Answer(figures, [picture(found, asked)], tables, [*lines, *notes.unrated(found.unrated, asked)])


def start_of(asked: Asked) -> dt.date | None:
    """The day of the snapshot to start from."""
    days = Snapshot.objects.order_by("-taken_on").values_list("taken_on", flat=True)
    older = days.filter(taken_on__lte=asked.today - BACK).first()
    return older or days.filter(taken_on__lt=asked.today).last()


def now_url(asked: Asked) -> str:
    return asked.url(
        status="open", forecast=["committed", "best_case", "pipeline"], estimated_close_on=asked.period
    )


def nothing_yet() -> Bridge:
    return Bridge(_("What changed"), "", _("There is no snapshot to compare with yet."))


def signed(found: Changes, asked: Asked) -> str:
    plus = "+" if found.difference > 0 else ""
    return f"{plus}{money(found.difference, asked.base)}"


def picture(found: Changes, asked: Asked) -> Bridge:
    marks = [
        Mark(step.label, step.amount, money(step.amount, asked.base), f"#table-{step.name}" if step.moves else "",
             _("%(n)s deals") % {"n": number(step.deals)})
        for step in found.steps
    ]  # fmt: skip
    return Bridge(
        _("What changed"), finding(found, asked), _("Nothing was there, and nothing has come since."),
        Mark(day_text(found.since), found.start, money(found.start, asked.base)), marks,
        Mark(_("Now"), found.end, money(found.end, asked.base), now_url(asked)),
    )  # fmt: skip


def finding(found: Changes, asked: Asked) -> str:
    if not found.steps:
        return _("Nothing changed.")
    largest = max(found.steps, key=lambda step: abs(step.amount))
    return _("%(difference)s since %(day)s; most of it: %(step)s, %(amount)s.") % {
        "difference": signed(found, asked), "day": day_text(found.since), "step": str(largest.label).lower(),
        "amount": money(largest.amount, asked.base),
    }  # fmt: skip


def overview(found: Changes, asked: Asked) -> Table:
    rows = [
        [
            Cell(step.label, url=f"#table-{step.name}" if step.moves else ""),
            count(step.deals),
            amount(step.amount, asked.base),
        ]
        for step in found.steps
    ]
    return Table(
        "steps", _("Step by step"), [_("Step"), _("Deals"), _("Amount")], rows, _("Nothing changed.")
    )


def moves(step: Step, asked: Asked) -> Table:
    """The deals of a step, the largest first."""
    rows = []
    for move in step.moves[:MOST]:
        # What is not the asker's any more has no page for them.
        url = record_url("opportunities:detail", move.number) if move.after is not None else ""
        rows.append([Cell(f"{move.number} {move.name}", url=url), amount(move.amount, asked.base)])
    note = (
        _("The %(n)s largest of %(all)s.") % {"n": MOST, "all": number(step.deals)}
        if step.deals > MOST and len(step.moves) > MOST
        else ""
    )
    return Table(step.name, step.label, [_("Deal"), _("Amount")], rows, note=note)


REPORT = Report(
    "changed", gettext_lazy("Changes"), gettext_lazy("What changed since last week?"), answer,
    frozenset({"period", "team"}),
)  # fmt: skip
