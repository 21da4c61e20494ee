"""What stands around a list: its views, and where one filters, chooses columns, exports and acts on many rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.tables import rights
from kernel.tables.address import NO_VIEW, VIEW, Address
from kernel.tables.asked import Asked
from kernel.tables.bulk import BulkAction, actions_of
from kernel.view_models import SavedView


@dataclass(frozen=True)
class Choice:
    """A view in the menu of views."""

    label: str
    url: str
    current: bool = False
    note: str = ""


@dataclass(frozen=True)
class Tools:
    """The tools of one list for one person, as the template draws them."""

    base: str
    query: str
    here: str
    view: SavedView | None
    changed: bool
    mine: bool
    views: Sequence[Choice]
    reset_url: str
    bulk: Sequence[BulkAction] = ()
    editable: frozenset[str] = frozenset()
    may_export: bool = False

    def at(self, what: str) -> str:
        """The address of a tool, with what the list shows now."""
        return f"{self.base}{what}/?{self.query}" if self.query else f"{self.base}{what}/"


def tools_of(table: Any, asked: Asked, address: Address) -> Tools:
    """The tools around a list as this person sees it now."""
    view = asked.view
    pairs = address.marked(address.pairs)
    return Tools(
        base=base_of(table.name),
        query=urlencode(pairs),
        here=address.of(address.pairs),
        view=view,
        changed=asked.changed if view else bool(asked.pairs),
        mine=view is not None and view.owner_id == asked.user.pk,
        views=_choices(asked, address.path),
        reset_url=f"{address.path}?{urlencode({VIEW: view.public_id})}" if view else "",
        bulk=list(actions_of(table, asked.user).values()),
        editable=editable(table, asked),
        may_export=rights.may(asked.user, "export", table.model),
    )


def base_of(name: str) -> str:
    """Where the tools of a list live."""
    return reverse("lists:tools", args=[name])


def editable(table: Any, asked: Asked) -> frozenset[str]:
    """The columns whose cells this person may change in place."""
    if table.editing is None or not rights.may(asked.user, "change", table.model):
        return frozenset()
    return frozenset(column.name for column in asked.columns if column.edit)


def _choices(asked: Asked, path: str) -> list[Choice]:
    everything = f"{path}?{VIEW}={NO_VIEW}" if asked.views.default else path
    found = [Choice(_("Standard"), everything, asked.view is None)]
    for view in asked.views.offered:
        note = "" if view.owner_id == asked.user.pk else str(view.get_audience_display())
        address = f"{path}?{urlencode({VIEW: view.public_id})}"
        found.append(Choice(view.name, address, asked.view is not None and view.pk == asked.view.pk, note))
    return found
