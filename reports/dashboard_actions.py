"""What can be done to dashboards: each action is one function and one transaction."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from kernel import history
from kernel.errors import DomainError
from kernel.tables.view_actions import audiences_for
from kernel.writing import locked
from people.models import User
from reports.dashboard_models import LONGEST_QUERY
from reports.dashboards import may_change, of_person
from reports.models import Dashboard, Home, Tile
from reports.registry import report_named

MOST_OF_ONE = 50
MOST_TILES = 24


@transaction.atomic
def create_dashboard(*, by: User, name: str, audience: str = Dashboard.Audience.PRIVATE) -> Dashboard:
    """An empty dashboard of one's own."""
    if Dashboard.objects.filter(owner=by).count() >= MOST_OF_ONE:
        raise DomainError(_("These are too many dashboards. Delete one first."), code="too_many")
    made = Dashboard(owner=by)
    say(made, by, name, audience)
    made.save()
    history.record(made, "created", by=by)
    return made


@transaction.atomic
def change_dashboard(
    dashboard: Dashboard, *, by: User, name: str, audience: str, version: int | None = None
) -> Dashboard:
    """Give it another name or other readers."""
    kept = held(dashboard, by, version=version)
    before = {"name": kept.name, "audience": kept.audience}
    say(kept, by, name, audience)
    written(kept)
    changes = {key: [old, getattr(kept, key)] for key, old in before.items() if old != getattr(kept, key)}
    history.record(kept, "changed", by=by, changes=changes)
    return kept


@transaction.atomic
def delete_dashboard(dashboard: Dashboard, *, by: User) -> None:
    """Forget it, for everybody who had it."""
    kept = held(dashboard, by)
    history.record(kept, "deleted", by=by, note=kept.name)
    kept.delete()


@transaction.atomic
def add_tile(
    dashboard: Dashboard, *, by: User, slug: str, query: str = "", size: str = Tile.Size.SMALL
) -> Tile:
    """Put a report on it, after those that are there."""
    kept = held(dashboard, by)
    report = report_named(slug)
    if report is None or not report.is_for(by):
        raise DomainError(_("There is no such report."), code="no_report", field="slug")
    if size not in Tile.Size.values:
        raise DomainError(_("There is no such size."), code="no_size", field="size")
    tiles = list(kept.tiles.all())
    if len(tiles) >= MOST_TILES:
        raise DomainError(_("A dashboard has no room for more tiles."), code="too_many", field="slug")
    place = max((tile.position for tile in tiles), default=0) + 1
    query = query.replace("\0", "")[:LONGEST_QUERY]
    made = Tile.objects.create(dashboard=kept, slug=slug, query=query, size=size, position=place)
    written(kept)
    history.record(kept, "tile_added", by=by, note=str(report.title))
    return made


@transaction.atomic
def move_tile(tile: Tile, *, by: User, up: bool) -> None:
    """One place up or down."""
    kept = held(tile.dashboard, by)
    rows = list(kept.tiles.all())
    here = next((place for place, row in enumerate(rows) if row.pk == tile.pk), None)
    if here is None:
        return
    there = here - 1 if up else here + 1
    if 0 <= there < len(rows):
        rows[here], rows[there] = rows[there], rows[here]
        for place, row in enumerate(rows, 1):
            row.position = place
        Tile.objects.bulk_update(rows, ["position"])
        written(kept)
        history.record(kept, "tile_moved", by=by, note=tile.slug)


@transaction.atomic
def resize_tile(tile: Tile, *, by: User, size: str) -> None:
    """Give it half the width or all of it."""
    kept = held(tile.dashboard, by)
    if size not in Tile.Size.values:
        raise DomainError(_("There is no such size."), code="no_size", field="size")
    kept.tiles.filter(pk=tile.pk).update(size=size)
    written(kept)
    history.record(kept, "tile_resized", by=by, note=tile.slug)


@transaction.atomic
def remove_tile(tile: Tile, *, by: User) -> None:
    """Take it away."""
    kept = held(tile.dashboard, by)
    kept.tiles.filter(pk=tile.pk).delete()
    written(kept)
    history.record(kept, "tile_removed", by=by, note=tile.slug)


@transaction.atomic
def make_home(dashboard: Dashboard, *, by: User) -> None:
    """Let one's day begin with it."""
    if not of_person(by).filter(pk=dashboard.pk).exists():
        raise PermissionDenied(_("This dashboard is not for you."))
    Home.objects.update_or_create(user=by, defaults={"dashboard": dashboard})


@transaction.atomic
def leave_home(*, by: User) -> None:
    """Let one's day begin as it does for everybody of the role."""
    Home.objects.filter(user=by).delete()


# --- parts of actions -----------------------------------------------------------------------------------------


def held(dashboard: Dashboard, by: User, *, version: int | None = None) -> Dashboard:
    """The dashboard as it stands, its row locked, for who may change it."""
    kept = locked(dashboard, version=version)
    if not may_change(by, kept):
        raise PermissionDenied(_("This dashboard belongs to somebody else."))
    return kept


def written(dashboard: Dashboard) -> None:
    dashboard.version += 1
    dashboard.save()


def say(dashboard: Dashboard, by: Any, name: str, audience: str) -> None:
    """Name and readers, as far as this person may share."""
    name = " ".join(name.replace("\0", "").split())[:80]
    if not name:
        raise DomainError(_("Give it a name."), code="required", field="name")
    taken = Dashboard.objects.filter(owner=dashboard.owner, name=name).exclude(pk=dashboard.pk)
    if taken.exists():
        raise DomainError(_("You have a dashboard of this name already."), code="name_taken", field="name")
    if audience not in Dashboard.Audience.values:
        raise DomainError(_("There are no such readers."), code="no_audience", field="audience")
    if audience != dashboard.audience and audience not in dict(audiences_for(by)):
        raise PermissionDenied(_("You may not share dashboards this far."))
    dashboard.name, dashboard.audience = name, audience
    if audience == Dashboard.Audience.TEAM and dashboard.team_id is None:
        dashboard.team = by.team
