"""The pages of reports: which questions there are, and the answer to one of them."""

import csv
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from kernel.http import HtmxRequest, page
from kernel.periods import Period, period_of
from kernel.tables.sheets import harmless
from opportunities.models import Pipeline
from reports.questions.asked import MOST_PEOPLE, Asked, asked_of, people_for, teams_for
from reports.questions.shape import Report, Table
from reports.registry import report_named, reports_for

PERIODS_BACK, PERIODS_AHEAD = 8, 4


def report_of(request: Any, slug: str) -> Report:
    """The report, if it exists for this person."""
    report = report_named(slug)
    if report is None or not report.is_for(request.user):
        raise Http404
    return report


@require_safe
def index(request: HtmxRequest) -> HttpResponse:
    """The questions that this person may ask."""
    return page(request, "reports/questions.html", {"reports": reports_for(request.user)})


@require_safe
def question(request: HtmxRequest, slug: str) -> HttpResponse:
    """The answer to one question; ``?format=csv`` has its tables, ``?table=`` one of them."""
    report = report_of(request, slug)
    asked = asked_of(request.GET, request.user, takes=report.takes)
    answer = report.answer(request.user, asked)
    if request.GET.get("format") == "csv":
        wanted = request.GET.get("table", "")
        tables = [table for table in answer.tables if wanted in ("", table.name)]
        return as_csv(report, tables, is_marked=not wanted)
    context = {
        "report": report, "asked": asked, "answer": answer, "reports": reports_for(request.user),
        **choices(report, asked, request.user),
    }  # fmt: skip
    return page(request, "reports/question.html", context)


def choices(report: Report, asked: Asked, user: Any) -> dict[str, Any]:
    """What the filters of the page offer; nothing where there is no choice."""
    takes = report.takes
    pipelines = list(Pipeline.objects.filter(is_active=True)) if "pipeline" in takes else []
    return {
        "periods": periods(asked) if "period" in takes else [],
        "pipelines": pipelines if len(pipelines) > 1 else [],
        "people": list(people_for(user)[:MOST_PEOPLE]) if "owner" in takes else [],
        "teams": list(teams_for(user)[:MOST_PEOPLE]) if "team" in takes else [],
    }


def periods(asked: Asked) -> list[Period]:
    """The quarters around today, and the one asked for."""
    found = [period_of(asked.today)]
    for _n in range(PERIODS_AHEAD):
        found.append(found[-1].next)
    for _n in range(PERIODS_BACK):
        found.insert(0, found[0].previous)
    return found if asked.period in found else [asked.period, *found]


def as_csv(report: Report, tables: list[Table], *, is_marked: bool) -> HttpResponse:
    """Tables for a spreadsheet; where there are several, each begins with its title."""
    name = "-".join([report.slug, *(() if is_marked else (table.name for table in tables))])
    found = HttpResponse(content_type="text/csv; charset=utf-8")
    found["Content-Disposition"] = content_disposition_header(True, f"{name}.csv")
    found["Cache-Control"] = "private, no-store"
    found.write("\N{BYTE ORDER MARK}")
    lines = csv.writer(found)
    for n, table in enumerate(tables):
        if is_marked and len(tables) > 1:
            lines.writerows([*([[]] if n else []), [harmless(str(table.title))]])
        lines.writerow([harmless(str(head)) for head in table.heads])
        for row in table.rows:
            lines.writerow(
                [harmless(cell.plain) if isinstance(cell.plain, str) else cell.plain for cell in row]
            )
    return found
