"""A line of text read as an activity."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.quick import read

BERLIN = ZoneInfo("Europe/Berlin")
NOW = dt.datetime(2026, 11, 25, 10, 30, tzinfo=BERLIN)  # a Wednesday


def at(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> dt.datetime:
    return dt.datetime(year, month, day, hour, minute, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("text", "kind", "subject", "due"),
    [
        ("call Ada fri 15:00", "call", "Call Ada", at(11, 27, 15)),
        ("Call Ada on Friday at 3pm", "call", "Call Ada", at(11, 27, 15)),
        ("email the brochure tomorrow", "email", "Email the brochure", at(11, 26, 17)),
        ("meet Borg next mon 9:30", "appointment", "Meet Borg", at(11, 30, 9, 30)),
        ("visit Acme wed", "appointment", "Visit Acme", at(12, 2, 9)),
        ("send papers today", "task", "Send papers", at(11, 25, 17)),
        ("check stock 9:00", "task", "Check stock", at(11, 26, 9)),
        ("check stock 16:00", "task", "Check stock", at(11, 25, 16)),
        ("call back in 2 hours", "call", "Call back", at(11, 25, 12, 30)),
        ("ring Ben in 10 min", "call", "Ring Ben", at(11, 25, 10, 40)),
        ("follow up in 3 days", "task", "Follow up", at(11, 28, 17)),
        ("follow up in 2 weeks 10:00", "task", "Follow up", at(12, 9, 10)),
        ("follow up +14", "task", "Follow up", at(12, 9, 17)),
        ("follow up +2w", "task", "Follow up", at(12, 9, 17)),
        ("renew 31 mar", "task", "Renew", at(3, 31, 17, year=2027)),
        ("renew dec 24", "task", "Renew", at(12, 24, 17)),
        ("renew 2027-01-31 8:15", "task", "Renew", at(1, 31, 8, 15, year=2027)),
        ("renew 24.12.", "task", "Renew", at(12, 24, 17)),
        ("renew 1.2.2028", "task", "Renew", at(2, 1, 17, year=2028)),
        ("lunch with Mei noon fri", "appointment", "Lunch with Mei", at(11, 27, 12)),
        ("plan the fair next week", "task", "Plan the fair", at(11, 30, 9)),
        ("task: clean the desk", "task", "Clean the desk", None),
        ("write a novel", "email", "Write a novel", None),
        ("buy 3 pumps", "task", "Buy 3 pumps", None),
    ],
)
def test_a_line_says_what_when_and_how(text, kind, subject, due):
    reading = read(text, now=NOW)

    assert (reading.kind, reading.subject, reading.due_at) == (kind, subject, due)


def test_a_stretch_of_time_has_an_end():
    assert read("meeting with Borg fri 15:00-16:30", now=NOW).ends_at == at(11, 27, 16, 30)
    assert read("demo at Acme fri 15:00 for 45 min", now=NOW).ends_at == at(11, 27, 15, 45)


def test_an_exclamation_mark_of_its_own_is_high_priority():
    assert read("call Ada ! fri", now=NOW).priority == "high"
    assert read("call Ada fri!", now=NOW).priority == "normal"


@pytest.mark.parametrize(
    "text", ["renew 31 feb", "renew 2026-13-40", "in 99999 days", "meet 16:00-15:00", "at 25:00"]
)
def test_what_is_no_day_stays_in_the_subject(text):
    assert read(text, now=NOW).subject.lower().split()[-1] == text.split()[-1]


@given(st.text(max_size=80))
def test_no_text_breaks_it_and_none_comes_out_empty(text):
    reading = read(text, now=NOW)

    assert bool(reading.subject) == bool(text.split())
    assert reading.ends_at is None or reading.ends_at > reading.due_at
