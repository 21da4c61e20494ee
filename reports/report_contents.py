"""A report of the registry as a document: what its page shows, in texts and tables."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from kernel.jinja import url
from reports.contents import Content, Figure, Grid, Unseen
from reports.questions.asked import Asked, asked_of
from reports.questions.shape import Answer, Report, Table
from reports.registry import report_named


def content_of_report(user: Any, slug: str, query: str, *, title: str = "") -> Content:
    """What the report answers to this person. Raises Unseen for one that is gone or not for them."""
    report = report_named(slug)
    if report is None:
        raise Unseen(_("this report is not there any more"))
    if not report.is_for(user):
        raise Unseen(_("may not see %(report)s") % {"report": report.title})
    asked = asked_of(QueryDict(query), user, takes=report.takes)
    return content_of_answer(report, asked, report.answer(user, asked), title=title)


def content_of_answer(report: Report, asked: Asked, answer: Answer, *, title: str = "") -> Content:
    """An answer as it is printed and sent."""
    notes = [*answer.notes, *(table.note for table in answer.tables if table.note)]
    return Content(
        title=title or str(report.title), name=report.slug, filters=filters_of(report, asked),
        figures=[Figure(str(one.label), str(one.text), str(one.note)) for one in answer.figures],
        charts=list(answer.charts), tables=[grid_of(table) for table in answer.tables],
        notes=[str(note) for note in notes], url=url("reports:report", report.slug) + asked.query,
    )  # fmt: skip


def filters_of(report: Report, asked: Asked) -> list[tuple[str, str]]:
    """What was asked for, in words; the question itself comes first."""
    said = [(_("Question"), str(report.question))]
    if "period" in report.takes:
        said.append((_("Period"), asked.period.label))
    for label, found in ((_("Pipeline"), asked.pipeline), (_("Team"), asked.team), (_("Owner"), asked.owner)):
        if found is not None:
            said.append((label, str(found)))
    return said


def grid_of(table: Table) -> Grid:
    """A table with its exact values for files and its words for paper."""
    values = [[cell.plain for cell in row] for row in table.rows]
    texts = [[" ".join(filter(None, [str(cell.text), str(cell.note)])) for cell in row] for row in table.rows]
    return Grid(str(table.title), [str(head) for head in table.heads], values, texts)
