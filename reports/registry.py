"""The reports there are, in the order in which they are listed."""

from collections.abc import Sequence
from typing import Any

from reports.questions import attention, cash, changed, cycle, number, owed, stuck, sync, wins
from reports.questions.shape import Report

REPORTS: Sequence[Report] = (
    attention.REPORT, stuck.REPORT, number.REPORT, changed.REPORT, wins.REPORT, cycle.REPORT, owed.REPORT, cash.REPORT,
    sync.REPORT,
)  # fmt: skip
_BY_SLUG = {report.slug: report for report in REPORTS}


def report_named(slug: str) -> Report | None:
    """The report that an address or a subscription names."""
    return _BY_SLUG.get(slug)


def reports_for(user: Any) -> list[Report]:
    """The reports that exist for this person."""
    return [report for report in REPORTS if report.is_for(user)]
