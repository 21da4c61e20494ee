"""Which dashboards there are for somebody, and what stands on their tiles."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from kernel.jinja import url
from kernel.tables.views import teams_above
from people.access import may
from reports.models import Dashboard, Home, Tile
from reports.questions.asked import asked_of
from reports.questions.shape import Answer, Report
from reports.registry import report_named, reports_for

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Drawn:
    """A tile as its reader sees it; without an answer it says why."""

    tile: Tile
    title: str
    url: str
    answer: Answer | None = None
    problem: str = ""


def of_person(user: Any) -> QuerySet[Dashboard]:
    """The dashboards that exist for this person: their own, their teams', everybody's; all for administrators."""
    found = Dashboard.objects.select_related("owner", "team").order_by("name", "id")
    if may(user, "view", Dashboard):
        return found
    shared = Q(audience=Dashboard.Audience.ALL)
    of_team = Q(audience=Dashboard.Audience.TEAM, team__in=teams_above(user))
    return found.filter(Q(owner=user.pk) | shared | of_team)


def may_change(user: Any, dashboard: Dashboard) -> bool:
    """Whether it is this person's to change."""
    return dashboard.owner_id == user.pk or may(user, "change", Dashboard)


def home_of(user: Any) -> Dashboard | None:
    """The dashboard that this person's day begins with, while it exists for them."""
    return of_person(user).filter(pk__in=Home.objects.filter(user=user.pk).values("dashboard")).first()


def offered(user: Any) -> list[Report]:
    """The reports that this person may put on a tile."""
    return reports_for(user)


# --- tiles ----------------------------------------------------------------------------------------------------


def named(tile: Tile) -> Drawn:
    """The tile without what it answers: for the page that reads its tiles later."""
    report = report_named(tile.slug)
    if report is None:
        return Drawn(tile, tile.slug, "", problem=_("This report is not there any more."))
    asked = f"?{tile.query}" if tile.query else ""
    return Drawn(tile, str(report.title), url("reports:report", tile.slug) + asked)


def drawn(tile: Tile, user: Any) -> Drawn:
    """The tile with what its report answers to this person; one that fails says so and takes nothing with it."""
    found, report = named(tile), report_named(tile.slug)
    if report is None:
        return found
    if not report.is_for(user):
        return Drawn(tile, found.title, "", problem=_("This report is not for you."))
    try:
        answer = report.answer(user, asked_of(QueryDict(tile.query), user, takes=report.takes))
    except Exception:
        # One report that fails must not take the others of the dashboard with it.
        logger.exception("Tile %s (%s) could not be drawn", tile.pk, tile.slug)
        return Drawn(tile, found.title, found.url, problem=_("This cannot be told just now."))
    return Drawn(tile, found.title, found.url, answer)


def all_drawn(tiles: Sequence[Tile], user: Any, *, now: bool) -> list[Drawn]:
    """Every tile: with its answer, or only named, to be read one by one."""
    return [drawn(tile, user) if now else named(tile) for tile in tiles]
