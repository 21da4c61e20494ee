"""What hangs on one deal, read in one query: its page asks for all of it, and each part has only a few rows."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, DateTimeField, F, Max, Min, Q, QuerySet, Value
from django.db.models.functions import Cast

from kernel.addresses import record_url
from opportunities.models import DealMember, Opportunity, OpportunityClose, Rival, StageVisit, Stakeholder
from opportunities.rotting import PLANNED, about_one, done_and_ahead, quote_model, said_with_quotes

COLUMNS = ("what", "key", "ref", "first", "last", "words", "at", "until")


@dataclass(frozen=True)
class Involved:
    """Somebody who has to do with the deal, as its page names them."""

    key: int
    ref: str
    name: str
    words: str = ""  # the part they play, or what is to be said of them
    code: str = ""  # of a role that the product knows
    url: str = ""


@dataclass(frozen=True)
class Visit:
    """A time that the deal spent in a stage."""

    stage_id: int
    entered_at: dt.datetime
    left_at: dt.datetime | None


@dataclass
class Hanging:
    """All of it."""

    stakeholders: list[Involved] = field(default_factory=list)
    rivals: list[Involved] = field(default_factory=list)
    members: list[Involved] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    heard: list[tuple[str, dt.datetime]] = field(
        default_factory=list
    )  # for the clock of opportunities.rotting
    has_quotes: bool = False
    was_closed: bool = False

    def known(self, *, lines: bool) -> dict[str, bool]:
        """What stages may ask for, as ``Asked.answers`` takes it."""
        return {
            "lines": lines,
            "quotes": self.has_quotes,
            "stakeholders": bool(self.stakeholders),
            "decision_maker": any(one.code == Stakeholder.Role.DECISION_MAKER for one in self.stakeholders),
            "competitors": bool(self.rivals),
            "members": bool(self.members),
        }


def hanging_on(deal: Opportunity) -> Hanging:
    """What hangs on the deal, in the order in which it came: one query."""
    found = Hanging()
    parts = [*people_parts(deal), *course_parts(deal), *heard_parts(deal)]
    for what, key, ref, first, last, words, at, until in parts[0].union(*parts[1:], all=True):
        name = f"{first} {last}".strip()
        if what == "stakeholder":
            url = record_url("customers:contact", ref)
            found.stakeholders.append(Involved(key, ref, name, Stakeholder.role_said(words), words, url))
        elif what == "rival":
            found.rivals.append(Involved(key, name, name, words))
        elif what == "member":
            found.members.append(Involved(key, ref, name or ref, words))
        elif what == "visit":
            found.visits.append(Visit(key, at, until))
        elif what == "heard":
            found.heard.append((ref, at))
        else:
            found.has_quotes |= what == "quote"
            found.was_closed |= what == "close"
    found.visits.sort(key=lambda one: one.entered_at)
    return found


def people_parts(deal: Opportunity) -> list[QuerySet[Any]]:
    """People at the customer, competitors, colleagues."""
    mine = Q(opportunity=deal)
    return [
        shaped(Stakeholder.objects.filter(mine).order_by(), "stakeholder", key=F("contact_id"),
               ref=F("contact__number"), first=F("contact__first_name"), last=F("contact__last_name"), words=F("role")),
        shaped(Rival.objects.filter(mine).order_by(), "rival", key=F("competitor_id"), last=F("competitor__name"),
               words=F("note")),
        shaped(DealMember.objects.filter(mine).order_by(), "member", key=F("user_id"), ref=F("user__username"),
               first=F("user__first_name"), last=F("user__last_name"), words=F("role")),
    ]  # fmt: skip


def course_parts(deal: Opportunity) -> list[QuerySet[Any]]:
    """Its stages so far, whether it was ever offered, whether it was ever closed."""
    mine = Q(opportunity=deal)
    return [
        shaped(StageVisit.objects.filter(mine).order_by(), "visit", key=F("stage_id"), at=F("entered_at"),
               until=F("left_at")),
        shaped(quote_model()._default_manager.filter(mine).order_by(), "quote", key=F("pk")),
        shaped(OpportunityClose.objects.filter(mine).order_by(), "close", key=F("pk")),
    ]  # fmt: skip


def heard_parts(deal: Opportunity) -> list[QuerySet[Any]]:
    """The last contact of each kind with the customer, and what is planned."""
    done, ahead = done_and_ahead(about_one(deal))
    said = said_with_quotes(quote_model()._default_manager.filter(opportunity=deal).order_by().values("pk"))
    return [
        shaped(done, "heard", ref=F("kind"), at=Max("done_at")),
        shaped(ahead, "heard", ref=Value(PLANNED), at=Min("due_at")),
        shaped(said, "heard", ref=F("verb"), at=Max("at")),
    ]


def shaped(rows: QuerySet[Any], what: str, **columns: Any) -> QuerySet[Any]:
    """The rows as parts of one union: every part has the same columns of the same types."""
    texts = {
        name: Cast(columns.get(name, Value("")), CharField(max_length=300))
        for name in ("ref", "first", "last", "words")
    }
    nothing = Cast(Value(None), DateTimeField())
    grouped = rows.annotate(
        what_=Cast(Value(what), CharField(max_length=300)), key_=columns.get("key", Value(0)),
        **{f"{name}_": value for name, value in texts.items()},
    ).values_list(*(f"{name}_" for name in COLUMNS[:6]))  # fmt: skip
    return grouped.annotate(at_=columns.get("at", nothing), until_=columns.get("until", nothing))
