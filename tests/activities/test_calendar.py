"""The calendar: on pages, as a feed for other programs, as a file of one appointment."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from activities import ical
from activities.actions import change_activity, close_feed, create_activity, open_feed
from activities.models import CalendarFeed
from activities.participants import Guest
from activities.planner import neighbors, span
from tests.factories import ActivityFactory, ContactFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db

MOMENT = dt.datetime(2026, 11, 27, 14, 0, tzinfo=dt.UTC)


@pytest.fixture
def seller(client):
    user = UserFactory()
    client.force_login(user)
    return user


def address(token: str) -> str:
    return reverse("activities:ical", args=[token])


# --- reading it the way a calendar program does: RFC 5545, 3.1 and 3.3.11 -------------------------------------------

NAME = re.compile(r"^[A-Z0-9-]+$")
PARAMETER = re.compile(r';([A-Z0-9-]+)=("[^"\x00-\x1f\x7f]*"|[^";:,\x00-\x1f\x7f]*)')


def parsed(body: bytes) -> list[tuple[str, dict[str, str], str]]:
    """Every content line as name, parameters and value; fails on whatever the standard does not allow."""
    text = body.decode("utf-8")
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert "\r" not in text.replace("\r\n", "")
    for line in body.split(b"\r\n"):
        assert len(line) <= 75
        line.decode("utf-8")  # no character is cut in two
    found = []
    for line in text[:-2].replace("\r\n ", "").split("\r\n"):
        head = re.match(r"[A-Z0-9-]+", line)
        assert head, line
        assert NAME.match(head[0])
        rest, parameters = line[head.end() :], {}
        while one := PARAMETER.match(rest):
            parameters[one[1]] = one[2].strip('"')
            rest = rest[one.end() :]
        assert rest.startswith(":"), line
        found.append((head[0], parameters, rest[1:]))
    return found


def events(body: bytes) -> list[dict[str, str]]:
    lines = parsed(body)
    assert [lines[0], lines[-1]] == [("BEGIN", {}, "VCALENDAR"), ("END", {}, "VCALENDAR")]
    assert {("VERSION", "2.0"), ("CALSCALE", "GREGORIAN")} <= {(name, value) for name, _p, value in lines}
    assert sum(name == "PRODID" for name, _p, _v in lines) == 1
    found: list[dict[str, str]] = []
    open_event: dict[str, str] | None = None
    for name, _parameters, value in lines[1:-1]:
        if name == "BEGIN":
            assert (value, open_event) == ("VEVENT", None)
            open_event = {}
        elif name == "END":
            assert open_event is not None
            assert {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "STATUS"} <= open_event.keys()
            found.append(open_event)
            open_event = None
        elif open_event is not None:
            assert name == "ATTENDEE" or name not in open_event
            open_event[name] = value
    assert open_event is None
    return found


def meant(value: str) -> str:
    """A text value without its escapes."""
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", value)
    return re.sub(r"\\([\\;,nN])", lambda found: "\n" if found[1] in "nN" else found[1], value)


# --- the feed ----------------------------------------------------------------------------------------------------


def test_an_appointment_is_told_with_all_there_is_to_it(client, seller):
    contact = ContactFactory(owner=seller, email="ada@borg.example", first_name="Ada", last_name='O"Long')
    made = create_activity(
        by=seller, kind="appointment", subject="Demo; at Borg, Ltd", due_at=MOMENT,
        ends_at=MOMENT + dt.timedelta(minutes=90), place="Hall 3\\B", body="Bring:\n- laptop, cable", priority="high",
        participants=[Guest(contact=contact), Guest(address="guest@example.com")],
    )  # fmt: skip

    answer = client.get(address(open_feed(by=seller)))

    (event,) = events(answer.content)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert event["UID"] == f"{made.public_id}@localhost" or event["UID"].startswith(str(made.public_id))
    assert (event["DTSTART"], event["DTEND"]) == ("20261127T140000Z", "20261127T153000Z")
    assert meant(event["SUMMARY"]) == "Demo; at Borg, Ltd"
    assert meant(event["LOCATION"]) == "Hall 3\\B"
    assert meant(event["DESCRIPTION"]) == "Bring:\n- laptop, cable"
    assert (event["STATUS"], event["TRANSP"], event["PRIORITY"]) == ("CONFIRMED", "OPAQUE", "1")
    attendees = [(p, v) for name, p, v in parsed(answer.content) if name == "ATTENDEE"]
    assert attendees == [
        ({"CN": "Ada OLong"}, "mailto:ada@borg.example"), ({"CN": "guest@example.com"}, "mailto:guest@example.com"),
    ]  # fmt: skip


def test_a_change_keeps_the_uid_and_counts_the_sequence_up(client, seller):
    made = create_activity(by=seller, kind="call", subject="Call", due_at=timezone.now())
    feed = address(open_feed(by=seller))
    first, tag = events(client.get(feed).content)[0], client.get(feed)["ETag"]

    change_activity(made, by=seller, subject="Call Ada")
    second = events(client.get(feed).content)[0]

    assert first["UID"] == second["UID"]
    assert int(second["SEQUENCE"]) == int(first["SEQUENCE"]) + 1
    assert client.get(feed, headers={"If-None-Match": tag}).status_code == 200


def test_a_program_that_has_it_already_is_told_so(client, seller):
    ActivityFactory(owner=seller, due_at=timezone.now())
    feed = address(open_feed(by=seller))
    tag = client.get(feed)["ETag"]

    assert client.get(feed, headers={"If-None-Match": tag}).status_code == 304


def test_what_is_canceled_says_so_and_notes_do_not_appear(client, seller):
    ActivityFactory(owner=seller, due_at=timezone.now(), status="canceled")
    ActivityFactory(owner=seller, due_at=timezone.now(), kind="note")
    ActivityFactory(owner=seller, due_at=None)

    (event,) = events(client.get(address(open_feed(by=seller))).content)

    assert event["STATUS"] == "CANCELLED"


def test_the_feed_holds_ones_own_and_what_one_takes_part_in(client, seller):
    ActivityFactory(subject="Of others", due_at=timezone.now())
    theirs = UserFactory()
    create_activity(
        by=theirs,
        kind="appointment",
        subject="With me",
        due_at=timezone.now(),
        participants=[Guest(user=seller)],
    )

    found = events(client.get(address(open_feed(by=seller))).content)

    assert [event["SUMMARY"] for event in found] == ["With me"]


def test_the_address_is_secret_kept_as_a_digest_and_can_be_taken_back(client, seller):
    token = open_feed(by=seller)
    client.logout()
    assert client.get(address(token)).status_code == 200
    assert token not in str(CalendarFeed.objects.values().get())

    newer = open_feed(by=seller)
    assert [client.get(address(one)).status_code for one in (token, newer)] == [404, 200]
    close_feed(by=seller)
    assert client.get(address(newer)).status_code == 404


def test_who_left_has_no_feed(client, seller):
    token = open_feed(by=seller)
    type(seller).objects.update(is_active=False)

    assert client.get(address(token)).status_code == 404


def test_asking_without_end_is_answered_with_wait(client, seller):
    feed = address(open_feed(by=seller))

    codes = {client.get(feed).status_code for _each in range(65)}

    assert codes == {200, 429}


@pytest.mark.parametrize("count", [1, 30])
def test_the_feed_costs_the_same_however_long(client, seller, count, django_assert_max_num_queries):
    for _each in range(count):
        create_activity(by=seller, kind="call", subject="Call", due_at=timezone.now(),
                        participants=[Guest(address="a@example.com")])  # fmt: skip
    feed = address(open_feed(by=seller))

    with django_assert_max_num_queries(6):
        assert len(events(client.get(feed).content)) == count


def test_the_page_shows_the_address_once(client, seller):
    page = client.post(reverse("activities:feed")).text
    shown = re.search(r"/calendar/feed/([\w-]+)\.ics", page)[1]

    assert client.get(address(shown)).status_code == 200
    assert shown not in client.get(reverse("activities:feed")).text
    client.post(reverse("activities:feed"), {"close": "1"})
    assert client.get(address(shown)).status_code == 404


def test_one_appointment_is_a_file_for_those_who_see_it(client, seller):
    made = ActivityFactory(owner=seller, subject="Visit Borg", due_at=MOMENT)

    answer = client.get(reverse("activities:ics", args=[made.ref]))

    assert answer["Content-Disposition"] == 'attachment; filename="visit-borg.ics"'
    assert events(answer.content)[0]["DTEND"] == "20261127T143000Z"
    assert client.get(reverse("activities:ics", args=[ActivityFactory(due_at=MOMENT).ref])).status_code == 404
    assert client.get(reverse("activities:ics", args=[ActivityFactory(owner=seller).ref])).status_code == 422


@given(st.text(max_size=300), st.text(min_size=1, max_size=200))
def test_no_text_breaks_a_calendar(body, name):
    lines = [
        "BEGIN:VCALENDAR",
        f"DESCRIPTION:{ical.text(body)}",
        f"ATTENDEE;CN={ical.parameter(name)}:mailto:a@b.c",
    ]
    raw = "".join(ical.folded(line) + "\r\n" for line in lines).encode("utf-8", "surrogatepass")

    found = parsed(raw)

    kept = "".join(
        c
        for c in body.replace("\r\n", "\n").replace("\r", "\n")
        if c in "\n\t" or (ord(c) >= 32 and c != "\x7f")
    )
    assert (found[1][0], meant(found[1][2])) == ("DESCRIPTION", kept)
    assert (found[2][0], found[2][2]) == ("ATTENDEE", "mailto:a@b.c")


# --- pages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "day", "begin", "count"),
    [
        ("agenda", dt.date(2026, 11, 25), dt.date(2026, 11, 25), 14),
        ("day", dt.date(2026, 11, 25), dt.date(2026, 11, 25), 1),
        ("week", dt.date(2026, 11, 25), dt.date(2026, 11, 23), 7),
        ("month", dt.date(2026, 11, 25), dt.date(2026, 10, 26), 42),
        ("month", dt.date(2027, 2, 10), dt.date(2027, 2, 1), 28),
    ],
)
def test_a_mode_shows_whole_weeks_where_it_shows_weeks(mode, day, begin, count):
    assert span(mode, day) == (begin, count)
    before, after = neighbors(mode, day)
    assert before < day < after


@pytest.mark.parametrize("mode", ["agenda", "day", "week", "month"])
def test_every_mode_shows_what_falls_into_it_in_the_readers_own_zone(client, mode):
    user = UserFactory(time_zone="Pacific/Auckland")
    client.force_login(user)
    late = dt.datetime(2026, 11, 27, 23, 30, tzinfo=ZoneInfo("Pacific/Auckland"))
    ActivityFactory(owner=user, subject="Late call", kind="call", due_at=late)
    ActivityFactory(owner=user, subject="Another year", due_at=late.replace(year=2028))
    ActivityFactory(subject="Of others", due_at=late)

    page = client.get(reverse("activities:calendar"), {"mode": mode, "day": "2026-11-27"}).text

    assert "Late call" in page
    assert "23:30" in page
    assert "Another year" not in page
    assert "Of others" not in page


def test_what_lasts_several_days_stands_on_each(client, seller):
    begin = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
    ActivityFactory(owner=seller, subject="Fair", kind="appointment", due_at=begin,
                    ends_at=begin + dt.timedelta(days=2))  # fmt: skip

    page = client.get(reverse("activities:calendar"), {"mode": "agenda", "day": "2026-11-23"}).text

    assert page.count("Fair") == 3


def test_a_manager_sees_the_calendar_of_the_team_only_when_asked(client):
    boss = UserFactory(role="sales_manager")
    client.force_login(boss)
    ActivityFactory(owner=UserFactory(team=boss.team), subject="Of the team", due_at=timezone.now())

    assert "Of the team" not in client.get(reverse("activities:calendar")).text
    assert "Of the team" in client.get(reverse("activities:calendar"), {"whose": "team"}).text


@pytest.mark.parametrize(
    "query", ["?day=nonsense", "?day=0001-01-01", "?day=9999-12-31&mode=month", "?mode=x&whose=y"]
)
def test_no_address_breaks_the_calendar(client, seller, query):
    assert client.get(reverse("activities:calendar") + query).status_code == 200


@pytest.mark.parametrize("mode", ["agenda", "week", "month"])
@pytest.mark.parametrize("count", [1, 40])
def test_the_calendar_costs_the_same_however_full(client, seller, mode, count, django_assert_max_num_queries):
    ActivityFactory.create_batch(count, owner=seller, due_at=timezone.now())

    with django_assert_max_num_queries(6):
        assert client.get(reverse("activities:calendar"), {"mode": mode}).status_code == 200


def test_a_task_is_moved_to_another_day_at_its_time_of_day(client, seller):
    made = ActivityFactory(owner=seller, regarding=LeadFactory(owner=seller), kind="appointment", due_at=MOMENT,
                           ends_at=MOMENT + dt.timedelta(hours=1))  # fmt: skip

    client.post(reverse("activities:move", args=[made.ref]), {"day": "2026-12-01"})

    made.refresh_from_db()
    assert (made.due_at, made.ends_at - made.due_at) == (
        MOMENT.replace(month=12, day=1),
        dt.timedelta(hours=1),
    )
