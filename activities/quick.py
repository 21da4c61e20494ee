"""A line of text read as an activity: ``call Ada fri 15:00``. Pure: knows no database.

Days are whole words (today, fri, 31 mar, in 3 days, +14, 2026-03-31), times are 15:00, 3pm or noon. What is read is
taken out of the text; what is not understood stays in the subject, so nothing that was typed is lost.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

KINDS = {
    "call": "call", "phone": "call", "ring": "call", "e-mail": "email", "email": "email", "mail": "email",
    "write": "email", "meet": "appointment", "meeting": "appointment", "visit": "appointment", "lunch": "appointment",
    "demo": "appointment", "appointment": "appointment", "note": "note", "task": "task", "todo": "task",
}  # fmt: skip
NAMES_ONLY = {"note", "task", "todo", "appointment"}  # these say what it is and are not part of the subject
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
END_OF_DAY = dt.time(17)
MORNING, NOON, EVENING = dt.time(9), dt.time(12), dt.time(18)
UNITS = {"m": 1, "h": 60}

_day = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in DAYS) + "|tues|thur|thurs"
_month = "|".join(f"{name[:3]}(?:{name[3:]})?" for name in MONTHS)
_CLOCK = r"(?P<h>\d{1,2})(?::(?P<m>\d{2}))?\s*(?P<half>am|pm)"
_HOURS = r"(?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)"


@dataclass(frozen=True)
class Reading:
    """What a line was understood to say."""

    subject: str
    kind: str = "task"
    due_at: dt.datetime | None = None
    ends_at: dt.datetime | None = None
    priority: str = "normal"


@dataclass(frozen=True)
class _Line:
    """A line while it is being read."""

    text: str
    now: dt.datetime
    day: dt.date | None = None
    time: dt.time | None = None
    moment: dt.datetime | None = None
    minutes: int = 0

    def without(self, found: re.Match[str], **read: object) -> "_Line":
        """The line with what was read taken out of it."""
        return replace(self, text=f"{self.text[: found.start()]} {self.text[found.end() :]}", **read)  # type: ignore[arg-type]


Rule = tuple[re.Pattern[str], Callable[[_Line, re.Match[str]], _Line | None]]


def read(text: str, *, now: dt.datetime) -> Reading:
    """What the line says, as seen from ``now`` in the reader's own time zone."""
    line = _Line(f" {' '.join(text.split())} ", now)
    priority = "normal"
    if found := re.search(r"(?<=\s)!(?:high)?(?=\s)", line.text):
        priority, line = "high", line.without(found)
    for pattern, rule in RULES:
        found = pattern.search(line.text)
        if found and (after := rule(line, found)):
            line = after
    kind, subject = kind_of(" ".join(line.text.split()))
    due_at = moment_of(line, kind)
    ends_at = due_at + dt.timedelta(minutes=line.minutes) if due_at and line.minutes else None
    return Reading(subject or " ".join(text.split()), kind, due_at, ends_at, priority)


def kind_of(text: str) -> tuple[str, str]:
    """What the first word says it is, and the subject."""
    first, _space, rest = text.partition(" ")
    word = first.lower().rstrip(":")
    kind = KINDS.get(word, "task")
    subject = rest if word in NAMES_ONLY and rest else text
    return kind, subject[:1].upper() + subject[1:]


def moment_of(line: _Line, kind: str) -> dt.datetime | None:
    """When it is to be; a time that has passed today means tomorrow, a day without a time its end of work."""
    if line.moment:
        return line.moment
    if line.day is None and line.time is None:
        return None
    day = line.day or line.now.date()
    time = line.time or (MORNING if kind == "appointment" else END_OF_DAY)
    due = dt.datetime.combine(day, time, line.now.tzinfo)
    if line.day is None and due <= line.now:
        due += dt.timedelta(days=1)
    return due


# --- rules: each takes what it understands ----------------------------------------------------------------------


def _relative(line: _Line, found: re.Match[str]) -> _Line | None:
    count, unit = int(found["n"]), found["unit"][0]
    if unit in UNITS and not found["unit"].startswith("mo"):
        moment = line.now.replace(second=0, microsecond=0) + dt.timedelta(minutes=count * UNITS[unit])
        return line.without(found, moment=moment)
    days = count * {"d": 1, "w": 7}.get(unit, 30)
    return _in_days(line, found, days)


def _plus(line: _Line, found: re.Match[str]) -> _Line | None:
    return _in_days(line, found, int(found["n"]) * (7 if found["unit"] == "w" else 1))


def _in_days(line: _Line, found: re.Match[str], days: int) -> _Line | None:
    if days > 3650:
        return None
    return line.without(found, day=line.now.date() + dt.timedelta(days=days))


def _iso(line: _Line, found: re.Match[str]) -> _Line | None:
    return _on(line, found, int(found["y"]), int(found["mo"]), int(found["d"]))


def _named_month(line: _Line, found: re.Match[str]) -> _Line | None:
    month = next(n for n, name in enumerate(MONTHS, 1) if name.startswith(found["mon"].lower()[:3]))
    return _in_year(line, found, month, int(found["d"]), found["y"])


def _dotted(line: _Line, found: re.Match[str]) -> _Line | None:
    return _in_year(line, found, int(found["mo"]), int(found["d"]), found["y"])


def _in_year(line: _Line, found: re.Match[str], month: int, day: int, year: str | None) -> _Line | None:
    """A day of this year, or of the next when it has passed."""
    if year:
        return _on(line, found, int(year), month, day)
    this = _on(line, found, line.now.year, month, day)
    if this and this.day and this.day < line.now.date():
        return _on(line, found, line.now.year + 1, month, day)
    return this


def _on(line: _Line, found: re.Match[str], year: int, month: int, day: int) -> _Line | None:
    if not 2000 <= year <= 2200:
        return None
    try:
        return line.without(found, day=dt.date(year, month, day))
    except ValueError:
        return None


def _weekday(line: _Line, found: re.Match[str]) -> _Line | None:
    wanted = next(n for n, name in enumerate(DAYS) if name.startswith(found["day"].lower()[:3]))
    ahead = (wanted - line.now.weekday()) % 7 or 7
    if found["next"]:
        monday = line.now.date() + dt.timedelta(days=7 - line.now.weekday())
        return line.without(found, day=monday + dt.timedelta(days=wanted))
    return line.without(found, day=line.now.date() + dt.timedelta(days=ahead))


def _word(line: _Line, found: re.Match[str]) -> _Line | None:
    word, today = found["word"].lower(), line.now.date()
    if word == "next week":
        return line.without(
            found, day=today + dt.timedelta(days=7 - line.now.weekday()), time=line.time or MORNING
        )
    if word == "tonight":
        return line.without(found, day=today, time=line.time or EVENING)
    return line.without(found, day=today + dt.timedelta(days=0 if word == "today" else 1))


def _span(line: _Line, found: re.Match[str]) -> _Line | None:
    begin, end = (dt.time(int(found[a]), int(found[b])) for a, b in (("h", "m"), ("h2", "m2")))
    minutes = (end.hour - begin.hour) * 60 + end.minute - begin.minute
    return line.without(found, time=begin, minutes=minutes) if minutes > 0 else None


def _time(line: _Line, found: re.Match[str]) -> _Line | None:
    return line.without(found, time=dt.time(int(found["h"]), int(found["m"])))


def _clock(line: _Line, found: re.Match[str]) -> _Line | None:
    hour, minute = int(found["h"]), int(found["m"] or 0)
    if not 1 <= hour <= 12 or minute > 59:
        return None
    return line.without(found, time=dt.time(hour % 12 + (12 if found["half"] == "pm" else 0), minute))


def _noon(line: _Line, found: re.Match[str]) -> _Line | None:
    return line.without(found, time=NOON)


def _lasting(line: _Line, found: re.Match[str]) -> _Line | None:
    return line.without(found, minutes=min(int(found["n"]) * UNITS[found["unit"][0]], 24 * 60))


def _rule(pattern: str, rule: Callable[[_Line, re.Match[str]], _Line | None]) -> Rule:
    return re.compile(rf"(?<=\s){pattern}(?=[\s,.!?])", re.IGNORECASE), rule


RULES: tuple[Rule, ...] = (
    _rule(r"for\s+(?P<n>\d{1,3})\s*(?P<unit>minutes?|mins?|m|hours?|hrs?|h)", _lasting),
    _rule(
        r"(?:at\s+|from\s+)?" + _HOURS + r"\s*(?:-|–|to|until)\s*(?P<h2>[01]?\d|2[0-3]):(?P<m2>[0-5]\d)",
        _span,
    ),
    _rule(
        r"in\s+(?P<n>\d{1,4})\s*(?P<unit>months?|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w)", _relative
    ),
    _rule(r"\+(?P<n>\d{1,4})(?P<unit>[dw]?)", _plus),
    _rule(r"(?:on\s+|by\s+)?(?P<y>\d{4})-(?P<mo>\d{1,2})-(?P<d>\d{1,2})", _iso),
    _rule(
        rf"(?:on\s+|by\s+)?(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?P<mon>{_month})(?:\s+(?P<y>\d{{4}}))?",
        _named_month,
    ),
    _rule(
        rf"(?:on\s+|by\s+)?(?P<mon>{_month})\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<y>\d{{4}}))?",
        _named_month,
    ),
    _rule(r"(?:on\s+|by\s+)?(?P<d>\d{1,2})\.(?P<mo>\d{1,2})\.(?P<y>\d{4})?", _dotted),
    _rule(rf"(?:on\s+|by\s+)?(?P<next>next\s+)?(?P<day>{_day})", _weekday),
    _rule(r"(?:by\s+)?(?P<word>today|tonight|tomorrow|tmr|next week)", _word),
    _rule(r"(?:at\s+)?" + _HOURS, _time),
    _rule(r"(?:at\s+)?" + _CLOCK, _clock),
    _rule(r"(?:at\s+)?noon", _noon),
)
