"""Saved views: a list as somebody likes it, for oneself, a team or all; pinned beside the menu or opening first."""

from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from kernel.view_models import SavedView

LAYOUT = ""  # the name of the view that is no view: which columns somebody wants where nothing else says so
Audience = SavedView.Audience


@dataclass(frozen=True)
class Pin:
    """A pinned view as the sidebar draws it."""

    label: str
    url: str
    current: bool


@dataclass
class Views:
    """The views of one list that one person sees."""

    offered: list[SavedView] = field(default_factory=list)
    layout: SavedView | None = None

    @property
    def default(self) -> SavedView | None:
        return next((view for view in self.offered if view.opens), None)  # type: ignore[attr-defined]

    def named(self, public_id: str) -> SavedView | None:
        """The view that an address names, if this person sees it."""
        return next((view for view in self.offered if str(view.public_id) == public_id), None)


def seen_by(user: Any) -> Q:
    """The views that exist for this person: their own, their teams', everybody's."""
    return (
        Q(owner=user.pk)
        | (Q(audience=Audience.ALL) & ~Q(name=LAYOUT))
        | Q(audience=Audience.TEAM, team__in=teams_above(user))
    )


def teams_above(user: Any) -> list[int]:
    """The person's team and those it is part of: what is shared with them is shared with the person."""
    team = getattr(user, "team", None)
    return [int(step) for step in team.path.split("/") if step] if team is not None else []


def with_choices(user: Any) -> models.QuerySet[SavedView]:
    """Views this person sees, each with what it is to them: ``pinned``, ``opens``."""
    mine = FilteredRelation("choices", condition=Q(choices__user=user.pk))
    return (
        SavedView.objects.annotate(mine=mine)
        .annotate(pinned=F("mine__is_pinned"), opens=F("mine__is_default"))
        .filter(seen_by(user))
        .order_by("name", "pk")
    )


# The same for a page: written out, because every page asks it and putting it together cost more than asking.
READ = """
SELECT v.*, c.is_pinned AS pinned, c.is_default AS opens
FROM kernel_savedview v LEFT JOIN kernel_viewchoice c ON c.view_id = v.id AND c.user_id = %s
WHERE (v.owner_id = %s OR (v.audience = 'all' AND v.name <> '') OR (v.audience = 'team' AND v.team_id IN ({teams})))
AND (v."table" = %s OR c.is_pinned = %s) ORDER BY v.name, v.id
"""


def read(user: Any, table: str) -> list[SavedView]:
    """The views of a list and everything pinned anywhere, as far as this person sees them."""
    teams = teams_above(user) or [0]
    sql = READ.format(teams=", ".join(["%s"] * len(teams)))
    return list(SavedView.objects.raw(sql, [user.pk, user.pk, *teams, table, True]))


def views_of(request: HttpRequest, table: str) -> Views:
    """The views of a list; what is pinned anywhere comes with them, since the page draws its sidebar too."""
    found = read(request.user, table)
    remember(request, found)
    own = [view for view in found if view.table == table]
    layout = next((view for view in own if view.name == LAYOUT), None)
    return Views([view for view in own if view.name != LAYOUT], layout)


def remember(request: HttpRequest, found: list[SavedView]) -> None:
    request.__dict__["_pinned_views"] = [view for view in found if view.pinned]  # type: ignore[attr-defined]


def pinned(request: HttpRequest) -> list[Pin]:
    """What this person pinned beside the menu; one query a page at most."""
    if "_pinned_views" not in request.__dict__:
        remember(request, read(request.user, ""))
    now = request.GET.get("view", "")
    found = []
    for view in request.__dict__["_pinned_views"]:
        if address := address_of(view):
            found.append(Pin(view.name, address, str(view.public_id) == now))
    return found


def address_of(view: SavedView) -> str:
    """Where a view opens; empty when its list does not exist any more."""
    try:
        return reverse("lists:open", args=[view.table, view.public_id])
    except NoReverseMatch:
        return ""
