"""A saved view of a list as a report: its rows as one person sees them."""

from collections.abc import Iterator
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.models import SavedView
from kernel.tables.asked import Asked
from kernel.tables.export import Export, Wish
from kernel.tables.exporting import pieces
from kernel.tables.listing import Listing
from kernel.tables.registry import table_named
from kernel.tables.views import Views
from people.access import may
from reports.contents import Content, Figure, Grid, Unseen

MOST_ROWS = 20_000


def content_of_view(user: Any, view: SavedView, *, title: str) -> Content:
    """The rows of a view that exist for this person, in the columns of the view.

    Raises Unseen for who may not see such records, or may not take them away.
    """
    found = listing_of(user, view)
    try:
        export = Export(found, Wish())
    except PermissionDenied as error:
        raise Unseen(_("may not export %(list)s") % {"list": found.title}) from error
    rows = list(islice(all_rows(export), MOST_ROWS + 1))
    grid = Grid(str(found.title), [str(out.label) for out in export.outs], rows[:MOST_ROWS])
    cut = len(rows) > MOST_ROWS
    notes = (
        [_("Only the first %(n)s rows; the list itself has all.") % {"n": f"{MOST_ROWS:,}"}] if cut else []
    )
    shown = len(grid.rows)
    words = ngettext("%(n)s row", "%(n)s rows", shown) % {"n": f"{shown:,}" + ("+" if cut else "")}
    return Content(
        title=title, name=found.name, filters=words_of(found), figures=[Figure(str(found.title), words)],
        tables=[grid], notes=notes, url=found.back,
    )  # fmt: skip


def all_rows(export: Export) -> Iterator[tuple[Any, ...]]:
    """The rows of the list in its order, read piece by piece."""
    for piece in pieces(export.rows, export.order, export.outs):
        yield from piece.rows


def listing_of(user: Any, view: SavedView) -> Listing:
    """The list with the view's filters, order and columns, for somebody who need not know the view."""
    table = table_named(view.table)
    if table is None:
        raise Unseen(_("this list is not there any more"))
    if not may(user, "view", table.model):
        raise Unseen(
            _("may not see %(list)s") % {"list": table.title or table.model._meta.verbose_name_plural}
        )
    columns = urlencode({"cols": ",".join(view.columns)}) if view.columns else ""
    params = QueryDict("&".join(filter(None, [view.query, columns])))
    return Listing(table, user, Asked(table, params, user, Views()))


def words_of(found: Listing) -> list[tuple[str, str]]:
    """The filters of the list in words."""
    asked, said = found.asked, _("Filter")
    chips = [one.chip(value) for one, value in asked.filters]
    chips += [_(" or ").join(one.words(found.user) for one in group) for group in asked.groups]
    return [*((said, text) for text in chips), *([(_("Search"), asked.search)] if asked.words else [])]
