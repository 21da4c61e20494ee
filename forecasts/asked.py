"""What the address of a forecast page asks for: the period, the day, the team, what is folded, the cell looked into."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from kernel.periods import Period, period_named, period_of

PLACE = "forecasts:forecast"
WHOSE = re.compile(r"all|(?:team|person|nobody)-[0-9A-Za-z]{1,10}(?:-[0-9]{1,10})?")  # the key of a row
LONGEST = 30
EARLIEST, LATEST = 2000, 2200


@dataclass(frozen=True)
class Cell:
    """A figure of the table: whose it is and which."""

    whose: str
    kind: str


@dataclass(frozen=True)
class Asked:
    """One view of the forecast; every link of the page is another one."""

    period: Period
    as_of: dt.date | None = None
    team: int | None = None
    folded: frozenset[str] = frozenset()
    cell: Cell | None = None
    since: dt.date | None = None
    pictures: bool = False

    @property
    def query(self) -> dict[str, Any]:
        """The parameters of the address; what is as usual is left out."""
        found = {
            "period": self.period.key,
            "team": self.team,
            "as_of": self.as_of and self.as_of.isoformat(),
            "fold": ".".join(sorted(self.folded)),
            "of": self.cell and self.cell.whose,
            "in": self.cell and self.cell.kind,
            "since": self.since and self.since.isoformat(),
            "pictures": 1 if self.pictures else "",
        }
        return {name: value for name, value in found.items() if value}

    def url(
        self, *, page: str = PLACE, ref: str = "", more: Mapping[str, str] | None = None, **changes: Any
    ) -> str:
        """The address of the same view with something changed, or of another page about it."""
        query = replace(self, **changes).query | dict(more or {})
        return f"{reverse(page, args=[ref] if ref else None)}?{urlencode(query)}"

    def into(self, whose: str, kind: str) -> str:
        """The address of the deals behind a figure."""
        return self.url(cell=Cell(whose, kind))

    def is_cell(self, whose: str, kind: str) -> bool:
        """Whether this is the figure whose deals are shown."""
        return self.cell == Cell(whose, kind)

    def folding(self, whose: str) -> str:
        """The address with one team folded, or unfolded."""
        return self.url(folded=self.folded ^ {whose})


def asked(query: Mapping[str, str]) -> Asked:
    """What an address says; what makes no sense is taken as not said."""
    whose, kind = query.get("of", ""), query.get("in", "")
    kind = kind if kind.isidentifier() and len(kind) < LONGEST else ""
    return Asked(
        period=period_asked(query.get("period", "")),
        as_of=day_asked(query.get("as_of", "")),
        team=key_asked(query.get("team", "")),
        folded=frozenset(one for one in query.get("fold", "")[:500].split(".") if WHOSE.fullmatch(one)),
        cell=Cell(whose, kind) if WHOSE.fullmatch(whose) else None,
        since=day_asked(query.get("since", "")),
        pictures=query.get("pictures") == "1",
    )


def period_asked(text: str) -> Period:
    """The period of that name, else the present quarter."""
    found = period_named(text)
    if found is None or not EARLIEST <= found.starts_on.year <= LATEST:
        return period_of(timezone.localdate())
    return found


def day_asked(text: str) -> dt.date | None:
    """The day of that name, if it is one a forecast can be about."""
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return found if found and EARLIEST <= found.year <= LATEST else None


def key_asked(text: str) -> int | None:
    """A key that a database can look for."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
