"""What the reps of Nordlicht Machines did and have to do: calls, meetings, mails, notes, files, and today's list."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from activities.actions import attach_files, complete_activity, create_activity, follow, snooze_activity
from activities.models import Activity, Notification
from activities.participants import Guest
from kernel.models import HistoryEntry
from kernel.relay import deliver_internal
from opportunities.models import Opportunity, StageVisit
from people.models import User
from salesops.demo.deals import Year

CALLS = [("Asked for prices", "reached", 12, "Wants the offer before the board meets."), ("Called back", "left_message", 1, ""),
         ("Terms of payment", "reached", 25, "30 days are fine; 2 % for 10 days would be better."), ("Delivery times", "not_reached", 0, "")]  # fmt: skip
MEETINGS = [("Line walk", "Hall 3", "Saw both milling lines. The old spindle is at its end."), ("Demo of the five-axis center", "Showroom", "Three operators came along."),
            ("Offer talked through", "Video call", "They compare us with two others.")]  # fmt: skip
MAILS = [
    ("Drawings of the fixture", "in", "Attached are the drawings. We need 0.02 mm."),
    ("Our references", "out", "As promised: three customers in medical engineering."),
]
NOTES = [
    "Decides together with production; @mei should come along to the next meeting.",
    "Budget is released in the new year.",
    "Competitor is in the house since last week.",
]
TODAY = [("call", "Call about the open points of the offer", -26, 0, "high"), ("task", "Send the revised drawing", -3, 0, "normal"),
         ("call", "Agree on the delivery date", 2, 0, "normal"), ("appointment", "Line walk with production", 3, 90, "normal"),
         ("email", "Send references", 5, 0, "low"), ("task", "Prepare the visit", 27, 0, "normal"), ("appointment", "Annual talk", 50, 60, "normal")]  # fmt: skip


def live_with(year: Year, deals: Sequence[Opportunity]) -> None:
    """Fill the timelines of open deals, and the day of each rep."""
    age_the_stages()
    for number, deal in enumerate(deals):
        by = deal.owner
        assert by is not None
        told(deal, number, by)
    for number, rep in enumerate(year.reps):
        own = [deal for deal in deals if deal.owner == rep]
        day_of(rep, own, offset=number)
    boss = year.people["mei"]
    for deal in list(deals)[:3]:
        follow(deal, by=boss)
    attach(deals)
    forget_the_news()


def forget_the_news() -> None:
    """What happened while the demo was made is told now, and is no news to anybody, except what they are called to."""
    deliver_internal(limit=5000)
    Notification.objects.exclude(kind__in=[Notification.Kind.MENTION, Notification.Kind.APPROVAL]).delete()


def age_the_stages() -> None:
    """The steps of a year were taken in a second; spread the stays in the stages over it."""
    for visit in StageVisit.objects.select_related("opportunity"):
        begin = visit.opportunity.created_at
        if visit.left_at:
            visit.entered_at, visit.left_at = begin, begin + dt.timedelta(days=4 + visit.pk * 5 % 17)
        else:
            visit.entered_at = begin + dt.timedelta(days=min(6, (timezone.now() - begin).days))
            Opportunity.objects.filter(pk=visit.opportunity_id).update(stage_entered_at=visit.entered_at)
        visit.save(update_fields=["entered_at", "left_at"])


def told(deal: Opportunity, number: int, by: User) -> None:
    """What was done about a deal in the last weeks."""
    subject, outcome, minutes, words = CALLS[number % len(CALLS)]
    past(create_activity(by=by, regarding=deal, kind="call", subject=subject, done=True, direction="in" if number % 3 == 1 else "out",
                         outcome=outcome, minutes=minutes or None, body=words), days=9 + number % 5)  # fmt: skip
    if number % 2 == 0:
        subject, place, result = MEETINGS[number // 2 % len(MEETINGS)]
        when = timezone.now() - dt.timedelta(days=5)
        met = create_activity(by=by, regarding=deal, kind="appointment", subject=subject, place=place, due_at=when,
                              ends_at=when + dt.timedelta(hours=1), participants=guests(deal))  # fmt: skip
        past(complete_activity(met, by=by, outcome="held", result=result), days=5)
    if number % 3 == 0:
        subject, direction, body = MAILS[number // 3 % len(MAILS)]
        past(
            create_activity(
                by=by,
                regarding=deal,
                kind="email",
                subject=subject,
                done=True,
                direction=direction,
                body=body,
            ),
            days=3,
        )
    if number % 4 == 1:
        past(
            create_activity(
                by=by, regarding=deal, kind="note", subject="Remark", body=NOTES[number // 4 % len(NOTES)]
            ),
            days=2,
        )


def guests(deal: Opportunity) -> list[Guest]:
    return [Guest(contact=deal.contact)] if deal.contact else []


def past(activity: Activity, *, days: int) -> None:
    """Say that it was done so many days ago."""
    moment = timezone.now() - dt.timedelta(days=days, minutes=activity.pk * 13 % 300)
    Activity.objects.filter(pk=activity.pk).update(done_at=moment, created_at=moment)
    HistoryEntry.objects.filter(record_type="activities.activity", record_id=activity.pk).update(at=moment)


def day_of(rep: User, deals: Sequence[Opportunity], *, offset: int) -> None:
    """What the rep has to do today, what is late, and what comes tomorrow."""
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    for number, (kind, subject, hours, lasts, priority) in enumerate(TODAY):
        about: Any = deals[(number + offset) % len(deals)] if deals else None
        due = now + dt.timedelta(hours=hours)
        create_activity(by=rep, regarding=about, kind=kind, subject=subject, due_at=due, priority=priority,
                        ends_at=due + dt.timedelta(minutes=lasts) if lasts else None,
                        place="Hamburg" if kind == "appointment" else "", participants=guests(about) if lasts and about else ())  # fmt: skip
    often = create_activity(
        by=rep, kind="task", subject="Tidy up the sample cases", due_at=now - dt.timedelta(days=2)
    )
    for _each in range(2):
        often = snooze_activity(often, by=rep, until=now + dt.timedelta(hours=6))
    Activity.objects.filter(pk=often.pk).update(due_at=now - dt.timedelta(hours=20))


def attach(deals: Sequence[Opportunity]) -> None:
    """A few files, so that timelines have some."""
    for number, deal in enumerate(list(deals)[:4]):
        assert deal.owner is not None
        listed = f"Position;Quantity;Remark\n10;{number + 1};Spindle\n20;2;Tool holder\n".encode()
        attach_files(deal, [SimpleUploadedFile("Parts list.csv", listed)], by=deal.owner)
