"""The same deals as a table, as a board and along time: one question, three ways to look at the answer."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kernel.jinja import url
from kernel.tables.address import PLACE

WAYS = (
    ("opportunities:list", _("Table"), "table-2"),
    ("opportunities:board", _("Board"), "square-kanban"),
    ("opportunities:timeline", _("Timeline"), "chart-gantt"),
)
OWN = {*PLACE, "column", "show", "bars"}  # parameters of one way that mean nothing to the others


@dataclass(frozen=True)
class Way:
    label: Any
    icon: str
    url: str
    is_current: bool


def ways(request: HttpRequest) -> list[Way]:
    """Those that exist, each with what is asked here."""
    asked = [(name, value) for name, values in request.GET.lists() for value in values if name not in OWN]
    query = f"?{urlencode(asked)}" if asked else ""
    found = [(label, icon, url(name)) for name, label, icon in WAYS]
    return [
        Way(label, icon, f"{address}{query}", request.path == address)
        for label, icon, address in found
        if address
    ]
