"""Appointments and tasks as calendar programs read them (RFC 5545)."""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from activities.models import Activity

LINE_END = "\r\n"
WIDEST = 75  # octets, without the line end
PRIORITIES = {"high": 1, "normal": 5, "low": 9}
STATUSES = {"open": "CONFIRMED", "completed": "CONFIRMED", "canceled": "CANCELLED"}
TYPE = "text/calendar; charset=utf-8"


def calendar(activities: Iterable[Activity], *, name: str, now: dt.datetime) -> str:
    """A whole calendar; the participants must have been read along."""
    lines = [
        ("BEGIN", "VCALENDAR"), ("VERSION", "2.0"), ("PRODID", "-//Salesops//Calendar//EN"), ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"), ("X-WR-CALNAME", text(name)), ("REFRESH-INTERVAL;VALUE=DURATION", "PT15M"),
    ]  # fmt: skip
    for activity in activities:
        lines += event(activity, now=now)
    lines.append(("END", "VCALENDAR"))
    return "".join(folded(f"{label}:{value}") + LINE_END for label, value in lines)


def event(activity: Activity, *, now: dt.datetime) -> Iterator[tuple[str, str]]:
    """One event; its UID and sequence stay the same however often it is read."""
    assert activity.due_at is not None
    yield "BEGIN", "VEVENT"
    yield "UID", uid(activity)
    yield "DTSTAMP", moment(activity.updated_at)
    yield "LAST-MODIFIED", moment(activity.updated_at)
    yield "CREATED", moment(activity.created_at)
    yield "SEQUENCE", str(activity.version - 1)
    yield "DTSTART", moment(activity.due_at)
    yield "DTEND", moment(activity.until or activity.due_at)
    yield "SUMMARY", text(summary(activity))
    if words := description(activity):
        yield "DESCRIPTION", text(words)
    if activity.place:
        yield "LOCATION", text(activity.place)
    yield "URL", address(activity)
    yield "STATUS", STATUSES[activity.status]
    # A task takes no time of the day that others could not have.
    yield "TRANSP", "OPAQUE" if activity.kind == Activity.Kind.APPOINTMENT else "TRANSPARENT"
    yield "PRIORITY", str(PRIORITIES[activity.priority])
    yield "CATEGORIES", text(str(activity.get_kind_display()))
    for one in activity.participants.all():
        if is_address(one.email):
            yield f"ATTENDEE;CN={parameter(str(one))}", f"mailto:{one.email}"
    yield "END", "VEVENT"


def uid(activity: Activity) -> str:
    return f"{activity.public_id}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}"


def address(activity: Activity) -> str:
    return f"{settings.SITE_URL}{activity.get_absolute_url()}"


def summary(activity: Activity) -> str:
    """What it is; what is done says so, because calendars show no other sign of it."""
    done = "✓ " if activity.status == Activity.Status.COMPLETED else ""
    return f"{done}{activity.subject}"


def description(activity: Activity) -> str:
    return "\n".join(part for part in (activity.body, activity.result) if part)


def is_address(email: str) -> bool:
    """Nothing in it could end the line or begin another field."""
    return "@" in email and email.isprintable() and not any(c in email for c in ' ":;,\\')


def moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def text(value: str) -> str:
    """A text value: what has a meaning of its own is escaped, what no calendar may hold is left out."""
    plain = value.replace("\r\n", "\n").replace("\r", "\n")
    clean = "".join(c for c in plain if c in "\n\t" or (ord(c) >= 32 and c != "\x7f"))
    for mark in ("\\", ";", ","):
        clean = clean.replace(mark, f"\\{mark}")
    return clean.replace("\n", "\\n")


def parameter(value: str) -> str:
    """A parameter value in quotes, which it must not hold itself."""
    return '"' + "".join(c for c in value if ord(c) >= 32 and c not in '"\x7f') + '"'


def folded(line: str) -> str:
    """The line in pieces of at most 75 octets, never cutting a character."""
    pieces: list[str] = []
    piece, width = "", 0
    for character in line:
        size = len(character.encode())
        if width + size > WIDEST:
            pieces.append(piece)
            piece, width = " ", 1
        piece, width = piece + character, width + size
    return LINE_END.join([*pieces, piece])


def fingerprint(activities: Sequence[Any]) -> str:
    """What changes when the calendar does: its ETag."""
    said = "|".join(f"{one.pk}:{one.version}" for one in activities)
    return f'"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'
