"""Deals that go bad: how long the customer has heard nothing, and whether somebody has a plan.

What counts is contact with the customer: calls, meetings and e-mails that took place, and what customers do with their
quotes. Changed fields, tries that reached nobody and letters that go out by themselves do not count.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Max, Min, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from activities.models import Activity
from kernel.formats import day_text
from kernel.models import HistoryEntry
from opportunities.models import Opportunity

PLANNED = "planned"
# What counts as contact, by kind of activity and by verb in the history of a quote.
ACTIVITIES = {
    "call": gettext_lazy("phone call"),
    "appointment": gettext_lazy("appointment"),
    "email": gettext_lazy("e-mail"),
}
BY_CUSTOMER = {
    "viewed": gettext_lazy("the customer opened the quote"),
    "accepted": gettext_lazy("the customer accepted the quote"),
    "declined": gettext_lazy("the customer declined the quote"),
    "asked": gettext_lazy("the customer asked a question"),
    "asked_for_offer": gettext_lazy("the customer asked for a new offer"),
}
BY_PEOPLE = {
    "sent": gettext_lazy("quote sent"),
    "offered": gettext_lazy("quote sent by e-mail"),
    "reminded": gettext_lazy("quote sent again"),
}
CLOCK = {"created_at", "status", "status_reason", "next_step_on"}
WORDS = {**ACTIVITIES, **BY_CUSTOMER, **BY_PEOPLE}
IN_VAIN = (Activity.Outcome.NOT_REACHED, Activity.Outcome.DID_NOT_COME)


@dataclass(frozen=True)
class Rot:
    """How a deal stands with its customer."""

    since: dt.datetime  # the last contact, else when the deal was opened
    days: int
    limit: int | None = None  # days after which its stage calls it rotten; None: never
    contact: Any = ""  # what the last contact was; empty: there was none yet
    waits_until: dt.date | None = None  # something is planned for this day
    rests: bool = False  # on hold or closed: nothing is expected

    @property
    def is_rotten(self) -> bool:
        """The customer has heard nothing for longer than the stage allows, and nothing is planned."""
        late = self.limit is not None and self.days > self.limit
        return late and self.waits_until is None and not self.rests

    @property
    def state(self) -> str:
        """rotten, waiting, resting or fresh."""
        if self.rests:
            return "resting"
        return "rotten" if self.is_rotten else "waiting" if self.waits_until else "fresh"

    @property
    def words(self) -> str:
        """In one line, for lists and cards."""
        if self.rests:
            return ""
        if self.waits_until is not None:
            return _("waiting until %(day)s") % {"day": day_text(self.waits_until)}
        if self.contact and not self.days:
            return _("contact today")
        text = (
            ngettext("%(n)s day since the last contact", "%(n)s days since the last contact", self.days)
            if self.contact
            else ngettext("%(n)s day without any contact", "%(n)s days without any contact", self.days)
        ) % {"n": self.days}
        return (
            _("%(words)s (limit %(limit)s)") % {"words": text, "limit": self.limit}
            if self.is_rotten
            else text
        )

    @property
    def reset_by(self) -> str:
        """What the clock was last set back by."""
        day = day_text(timezone.localdate(self.since))
        if not self.contact:
            return _("No contact with the customer yet; the deal was opened on %(day)s.") % {"day": day}
        return _("Last contact: %(what)s, %(day)s.") % {"what": self.contact, "day": day}


@dataclass
class _Deal:
    """What the clock of one deal is read from."""

    opened_at: dt.datetime
    limit: int | None
    rests: bool
    next_step_on: dt.date | None
    contact_at: dt.datetime | None = None
    contact: Any = ""
    planned: list[dt.date] = field(default_factory=list)


def rot_of(deal: Opportunity) -> Rot:
    """How one deal stands with its customer."""
    return rots_of([deal])[deal.pk]


def rot_told(deal: Opportunity, heard: Iterable[tuple[str, dt.datetime]]) -> Rot:
    """The same from what was heard, for who has read the deal, its stage and (what, when) along with other things."""
    found = _Deal(
        deal.created_at,
        deal.stage.rots_after_days,
        _rests(deal.status, deal.status_reason),
        deal.next_step_on,
    )
    for what, at in heard:
        _take(found, what, at)
    return _rot(found, timezone.localdate())


def rots_of(deals: Iterable[Any], *, as_read: bool = False) -> dict[int, Rot]:
    """How each of the deals (or of these keys) stands with its customer: two queries, however many.

    What a deal says of itself is read again, unless it was read just now (``as_read``).
    """
    deals = list(deals)
    keys = list(dict.fromkeys(getattr(deal, "pk", deal) for deal in deals))
    if not keys:
        return {}
    found, deal_of_quote = _told_by(deals) if as_read and all(map(_tells, deals)) else _read(keys)
    for kind, key, what, at in _heard(keys, list(deal_of_quote)):
        owner = key if kind == _deal_type() else deal_of_quote.get(key)
        if owner in found:
            _take(found[owner], what, at)
    today = timezone.localdate()
    return {pk: _rot(one, today) for pk, one in found.items()}


def _rests(status: str, reason: str) -> bool:
    return status != Opportunity.Status.OPEN or reason == Opportunity.Reason.ON_HOLD


def _take(deal: _Deal, what: str, at: dt.datetime) -> None:
    if what == PLANNED:
        deal.planned.append(timezone.localdate(at))
    elif deal.contact_at is None or at > deal.contact_at:
        deal.contact_at, deal.contact = at, WORDS[what]


def _rot(deal: _Deal, today: dt.date) -> Rot:
    since = deal.contact_at or deal.opened_at
    ahead = [day for day in [*deal.planned, deal.next_step_on] if day is not None and day >= today]
    return Rot(
        since, max((today - timezone.localdate(since)).days, 0), deal.limit, deal.contact,
        min(ahead, default=None), deal.rests,
    )  # fmt: skip


def _read(keys: Sequence[int]) -> tuple[dict[int, _Deal], dict[int, int]]:
    """The deals, and to which of them each of their quotes belongs: one query."""
    rows = Opportunity.objects.filter(pk__in=keys).values_list(
        "pk", "created_at", "stage__rots_after_days", "status", "status_reason", "next_step_on", "quotes__pk"
    )
    found: dict[int, _Deal] = {}
    deal_of_quote: dict[int, int] = {}
    for pk, opened_at, limit, status, reason, next_step_on, quote in rows.order_by():
        found.setdefault(pk, _Deal(opened_at, limit, _rests(status, reason), next_step_on))
        if quote is not None:
            deal_of_quote[quote] = pk
    return found, deal_of_quote


def _tells(deal: Any) -> bool:
    """Whether a deal was read with all that its clock needs."""
    return (
        isinstance(deal, Opportunity)
        and deal.__dict__.keys() >= CLOCK
        and "stage" in deal._state.fields_cache
    )


def _told_by(deals: Sequence[Opportunity]) -> tuple[dict[int, _Deal], dict[int, int]]:
    """The same for deals that were read already: one small query."""
    found = {
        deal.pk: _Deal(
            deal.created_at, deal.stage.rots_after_days, _rests(deal.status, deal.status_reason), deal.next_step_on
        )
        for deal in deals
    }  # fmt: skip
    quotes = quote_model()._default_manager.filter(opportunity__in=found).order_by()
    return found, dict(quotes.values_list("pk", "opportunity_id"))


def _heard(deals: Sequence[int], quotes: Sequence[int]) -> Iterable[tuple[int, int, str, dt.datetime]]:
    """(type of record, key, what, when) of the last contact of each kind and of what is planned: one query."""
    about = Q(regarding_type=_deal_type(), regarding_id__in=deals)
    if quotes:
        about |= Q(regarding_type=quote_type(), regarding_id__in=quotes)
    done, ahead = done_and_ahead(about)
    parts: list[Any] = [
        done.values_list("regarding_type_id", "regarding_id", "kind").annotate(at=Max("done_at"))
    ]
    ahead = ahead.annotate(what=Value(PLANNED))
    parts.append(ahead.values_list("regarding_type_id", "regarding_id", "what").annotate(at=Min("due_at")))
    if quotes:
        said = said_with_quotes(quotes).annotate(type=Value(quote_type()))
        parts.append(said.values_list("type", "record_id", "verb").annotate(at=Max("at")))
    found: Iterable[tuple[int, int, str, dt.datetime]] = parts[0].union(*parts[1:], all=True)
    return found


def done_and_ahead(about: Q) -> tuple[QuerySet[Activity], QuerySet[Activity]]:
    """The activities about these records that were contact, and those that are planned from today on."""
    rows = Activity.objects.filter(about).order_by()
    done = rows.filter(status=Activity.Status.COMPLETED, kind__in=ACTIVITIES).exclude(outcome__in=IN_VAIN)
    midnight = dt.datetime.combine(timezone.localdate(), dt.time(), timezone.get_current_timezone())
    return done, rows.filter(status=Activity.Status.OPEN, due_at__gte=midnight)


def said_with_quotes(quotes: Any) -> QuerySet[HistoryEntry]:
    """What customers did with these quotes, and what people sent them."""
    return said_with_any_quote().filter(record_id__in=quotes)


def said_with_any_quote() -> QuerySet[HistoryEntry]:
    """What customers did with quotes, and what people sent them."""
    return HistoryEntry.objects.filter(
        Q(verb__in=BY_CUSTOMER) | Q(verb__in=BY_PEOPLE, actor__is_service=False),
        record_type=quote_model()._meta.label_lower,
    ).order_by()


def quote_model() -> Any:
    """Quotes, which lie above: known by what they point at."""
    return Opportunity._meta.get_field("quotes").related_model


def quote_type() -> int:
    return ContentType.objects.get_for_model(quote_model()).pk


def about_one(deal: Opportunity) -> Q:
    """The activities about one deal and its quotes."""
    quotes = quote_model()._default_manager.filter(opportunity=deal).order_by().values("pk")
    return Q(regarding_type=_deal_type(), regarding_id=deal.pk) | Q(
        regarding_type=quote_type(), regarding_id__in=quotes
    )


def _deal_type() -> int:
    return ContentType.objects.get_for_model(Opportunity).pk


# --- in lists ------------------------------------------------------------------------------------


def look_up_rots(rows: Sequence[Any]) -> None:
    """How the deals of a page of a list stand with their customers, in two queries."""
    found: Mapping[int, Rot] = rots_of(rows, as_read=True)
    for row in rows:
        row.__dict__["rot"] = found.get(row.pk)


def told_rot(row: Any) -> str:
    """How one of them stands, in words."""
    rot: Rot | None = row.__dict__.get("rot")
    return rot.words if rot is not None else ""
