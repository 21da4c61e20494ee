"""How right people and the system were: what was called and committed in past periods, beside what was won."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from forecasts.figures import Figures, Part
from forecasts.models import ForecastCall, Snapshot
from forecasts.moments import Moment, added_up, moment_at, moment_of
from forecasts.rights import said_to
from kernel.periods import Period
from people.models import User

MOST = 6
USUAL_DAY = 30
LATEST = dt.timedelta(days=7)  # a snapshot older than that does not tell of the day


@dataclass(frozen=True)
class Past:
    """One past period: what was said of it on a certain day of it, and what came of it."""

    period: Period
    day: dt.date  # the day of the period by whose end call and commit are taken
    actual: Decimal  # won in it
    call: Decimal | None  # what was called by then; None: nothing
    commit: Decimal | None  # won and committed as of the snapshot of that day; None: there is none
    taken_on: dt.date | None  # the snapshot's own day

    @property
    def call_off(self) -> Decimal | None:
        """By how much the call was too high (or, negative, too low)."""
        return None if self.call is None else self.call - self.actual

    @property
    def commit_off(self) -> Decimal | None:
        """By how much won and committed were too high (or, negative, too low)."""
        return None if self.commit is None else self.commit - self.actual


def accuracy(
    user: User, period: Period, *, part: Part | None = None, person: int | None = None, team: int | None = None,
    day: int = USUAL_DAY, most: int = MOST,
) -> list[Past]:  # fmt: skip
    """The periods before this one, oldest first, with what was known of each at the end of its n-th day.

    ``part`` narrows the deals to a row of the forecast; ``person`` or ``team`` says whose calls (``row.user_id``,
    or ``row.team_id`` of a team). Periods of which nothing at all is known are left out.
    """
    periods = [period.previous]
    while len(periods) < most:
        periods.append(periods[-1].previous)
    days = [min(one.starts_on + dt.timedelta(days=day - 1), one.ends_on) for one in periods]
    calls = _calls(user, periods, person=person, team=team)
    taken = _snapshots(days)
    found = [
        _past(user, one, on, calls.get(one.key, []), taken.get(on), part or Part())
        for one, on in zip(periods, days, strict=True)
    ]
    return [
        past for past in reversed(found) if past.actual or past.call is not None or past.commit is not None
    ]


def _past(
    user: User,
    period: Period,
    day: dt.date,
    calls: Sequence[ForecastCall],
    taken: Snapshot | None,
    part: Part,
) -> Past:
    by_then = [call.amount for call in calls if timezone.localdate(call.at) <= day]
    then = _figures(user, period, moment_at(taken), part) if taken else None
    return Past(
        period, day, _figures(user, period, moment_of(None), part).won.amount, by_then[-1] if by_then else None,
        then.commit_total if then else None, taken.taken_on if taken else None,
    )  # fmt: skip


def _figures(user: User, period: Period, moment: Moment, part: Part) -> Figures:
    return added_up(moment.cells(user, period, part))


def _calls(
    user: User, periods: Sequence[Period], *, person: int | None, team: int | None
) -> dict[str, list[ForecastCall]]:
    """What was called of each period, in the order in which it was."""
    if person is None and team is None:
        return {}
    whose = {"user": person} if person is not None else {"team": team}
    rows = said_to(user, ForecastCall.objects.filter(period__in=[one.key for one in periods], **whose))
    found: dict[str, list[ForecastCall]] = {}
    for call in rows.order_by("pk"):
        found.setdefault(call.period, []).append(call)
    return found


def _snapshots(days: Sequence[dt.date]) -> dict[dt.date, Snapshot]:
    """The newest snapshot by the end of each day, where one is fresh enough to tell, in one query."""
    taken = list(
        Snapshot.objects.defer("tree").filter(taken_on__gte=min(days) - LATEST, taken_on__lte=max(days))
    )
    found: dict[dt.date, Snapshot] = {}
    for day in days:
        fresh = [one for one in taken if day - LATEST <= one.taken_on <= day]
        if fresh:
            found[day] = max(fresh, key=lambda one: one.taken_on)
    return found
