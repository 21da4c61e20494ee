"""What can be done to views of lists: each action is one function and one transaction."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from kernel.errors import DomainError
from kernel.tables import rights
from kernel.tables.views import LAYOUT, Audience
from kernel.view_models import SavedView, ViewChoice

MOST_VIEWS = 200
SHARES = {Audience.TEAM: "share_team", Audience.ALL: "share_all"}


def audiences_for(user: Any) -> list[tuple[str, Any]]:
    """For whom this person may make views."""
    found = [(Audience.PRIVATE.value, Audience.PRIVATE.label)]
    if getattr(user, "team", None) is not None and rights.may(user, SHARES[Audience.TEAM], SavedView):
        found.append((Audience.TEAM.value, Audience.TEAM.label))
    if rights.may(user, SHARES[Audience.ALL], SavedView):
        found.append((Audience.ALL.value, Audience.ALL.label))
    return found


@transaction.atomic
def create_view(
    *, by: Any, table: str, name: str, query: str, columns: Sequence[str] = (), audience: str = Audience.PRIVATE,
    pinned: bool = False, default: bool = False,
) -> SavedView:  # fmt: skip
    """Keep a list as it is shown now under a name."""
    if SavedView.objects.filter(table=table, owner=by).count() >= MOST_VIEWS:
        raise DomainError(_("These are too many views. Delete one first."), code="too_many_views")
    view = SavedView(table=table, owner=by, query=query, columns=list(columns))
    _say(view, by, name, audience)
    _write(view)
    choose(view, by=by, pinned=pinned, default=default)
    return view


@transaction.atomic
def change_view(view: SavedView, *, by: Any, name: str, audience: str) -> SavedView:
    """Give a view another name or other readers."""
    view = _held(view, by)
    _say(view, by, name, audience)
    _write(view)
    return view


@transaction.atomic
def overwrite_view(view: SavedView, *, by: Any, query: str, columns: Sequence[str]) -> SavedView:
    """Let a view show what the list shows now."""
    view = _held(view, by)
    view.query, view.columns = query, list(columns)
    _write(view)
    return view


@transaction.atomic
def delete_view(view: SavedView, *, by: Any) -> None:
    """Forget a view, for everybody who had it."""
    _held(view, by).delete()


@transaction.atomic
def choose(view: SavedView, *, by: Any, pinned: bool, default: bool) -> None:
    """Say what a view is to oneself: pinned beside the menu, or what the list opens with."""
    if default:
        ViewChoice.objects.filter(user=by, table=view.table).exclude(view=view).update(is_default=False)
    ViewChoice.objects.update_or_create(
        view=view, user=by, defaults={"table": view.table, "is_pinned": pinned, "is_default": default}
    )


@transaction.atomic
def keep_layout(*, by: Any, table: str, columns: Sequence[str]) -> None:
    """Remember which columns this person wants in a list where no view says so; none means as declared."""
    if not columns:
        SavedView.objects.filter(owner=by, table=table, name=LAYOUT).delete()
        return
    SavedView.objects.update_or_create(
        owner=by, table=table, name=LAYOUT, defaults={"columns": list(columns), "query": ""}
    )


def _held(view: SavedView, by: Any) -> SavedView:
    """The view as it stands, locked; only its owner, or who looks after all shared ones, changes it."""
    held = SavedView.objects.select_for_update().get(pk=view.pk)
    shared = held.audience != Audience.PRIVATE and rights.may(by, "change", SavedView)
    if held.owner_id != by.pk and not shared:
        raise PermissionDenied(_("This view belongs to somebody else. Save it under a name of your own."))
    return held


def _say(view: SavedView, by: Any, name: str, audience: str) -> None:
    if not name.strip():
        raise DomainError(_("Give the view a name."), code="required", field="name")
    if audience != view.audience and audience not in dict(audiences_for(by)):
        raise PermissionDenied(_("You may not share views this far."))
    view.name, view.audience = name.strip()[:80], audience
    if audience == Audience.TEAM and view.team_id is None:
        view.team = by.team


def _write(view: SavedView) -> None:
    view.version += 0 if view._state.adding else 1
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        text = _("You have a view of this name already.")
        raise DomainError(text, code="name_taken", field="name") from None
