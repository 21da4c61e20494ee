"""What lists say about duplicates: how many a record may have, told for a whole page at once."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from duplicates.matchable import Matchable
from duplicates.selectors import duplicates_of
from kernel.jinja import url
from kernel.tables import Column

BADGE = '<a class="badge attention" href="{}">{}</a>'


def columns_for(model: Any, user: Any = None) -> list[Column]:
    """The column of possible duplicates, for records that can have some."""
    if user is None or not issubclass(model, Matchable):
        return []
    return [
        Column("duplicates", _("Duplicates"), source=badge, filter=False, prepare=partial(look_up, user)),
    ]


def look_up(user: Any, rows: Sequence[Any]) -> None:
    """How many each row has: one query, and another where there are any."""
    found = duplicates_of(rows, user)
    for row in rows:
        row.__dict__["possible_duplicates"] = found.get(row.pk, 0)


def badge(row: Any) -> Any:
    """What the cell draws: nothing, or the way to the pairs."""
    n = row.__dict__.get("possible_duplicates", 0)
    if not n:
        return ""
    words = ngettext("%s duplicate", "%s duplicates", n) % n
    return format_html(BADGE, f"{url('duplicates:list')}?type={row._meta.model_name}&of={row.ref}", words)
