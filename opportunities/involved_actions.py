"""Who has to do with a deal: people at the customer with a say in it, competitors, colleagues who help."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from activities.actions import follow, notify, unfollow
from activities.models import Notification
from customers.models import Contact
from kernel import history
from kernel.errors import DomainError
from kernel.lifecycle import advance
from kernel.writing import locked
from opportunities.closing import competitor_named
from opportunities.models import Competitor, Opportunity, Stakeholder
from people.access import may
from people.models import User

MOST = 100
LONGEST_ROLE = 60
LONGEST_NOTE = 300


@dataclass(frozen=True)
class Part:
    """Somebody with the part they play, or a competitor with what is to be said of them."""

    who: Any
    words: str = ""


Parts = dict[int, Part]


@dataclass(frozen=True)
class Circle:
    """One kind of those who have to do with a deal: where they are kept, and who may be one."""

    relation: str
    told_as: str  # in the history
    key: str
    words: str
    longest: int
    refuse: Callable[[Opportunity, Any, User], None]

    def of(self, opportunity: Opportunity) -> Parts:
        """Those there are now, in the order in which they came."""
        rows = getattr(opportunity, self.relation).select_related(self.key).order_by("pk")
        return {
            getattr(row, f"{self.key}_id"): Part(getattr(row, self.key), getattr(row, self.words))
            for row in rows
        }

    def told(self, parts: Parts) -> str:
        """All of them in one line, for the history."""
        said = Stakeholder.role_said if self.relation == "stakeholders" else str
        return "; ".join(
            f"{one.who} ({said(one.words)})" if one.words else str(one.who) for one in parts.values()
        )


# --- people at the customer ----------------------------------------------------------------------


@transaction.atomic
def set_stakeholders(
    opportunity: Opportunity, people: Sequence[Part], *, by: User, version: int | None = None
) -> Opportunity:
    """Say everybody at the customer who has a say; who is not named any more goes."""
    named = [Part(one.who, Stakeholder.role_named(one.words)) for one in people]
    return _change(opportunity, STAKEHOLDERS, lambda _now: _parts(named), by, version)


@transaction.atomic
def add_stakeholder(
    opportunity: Opportunity, contact: Contact, *, by: User, role: str = "", version: int | None = None
) -> Opportunity:
    """A person has a say in the deal; said again, the role is another one."""
    return _change(opportunity, STAKEHOLDERS, _with(contact, Stakeholder.role_named(role)), by, version)


@transaction.atomic
def remove_stakeholder(opportunity: Opportunity, contact: Contact, *, by: User) -> Opportunity:
    """A person has no say any more."""
    return _change(opportunity, STAKEHOLDERS, _without(contact), by)


# --- competitors ---------------------------------------------------------------------------------


@transaction.atomic
def set_rivals(
    opportunity: Opportunity, rivals: Sequence[tuple[str, str]], *, by: User, version: int | None = None
) -> Opportunity:
    """Say every competitor by name, each with a note; one that nobody knew of becomes known."""
    return _change(
        opportunity,
        RIVALS,
        lambda _now: _parts([Part(_competitor(name), note) for name, note in rivals]),
        by,
        version,
    )


@transaction.atomic
def add_rival(
    opportunity: Opportunity, name: str, *, by: User, note: str = "", version: int | None = None
) -> Opportunity:
    """A competitor wants the deal too; said again, the note is another one."""
    return _change(opportunity, RIVALS, lambda now: _with(_competitor(name), note)(now), by, version)


@transaction.atomic
def remove_rival(opportunity: Opportunity, competitor: Competitor, *, by: User) -> Opportunity:
    """A competitor is out of it."""
    return _change(opportunity, RIVALS, _without(competitor), by)


# --- colleagues ----------------------------------------------------------------------------------


@transaction.atomic
def set_members(
    opportunity: Opportunity, members: Sequence[Part], *, by: User, version: int | None = None
) -> Opportunity:
    """Say every colleague who works on the deal beside its owner."""
    return _change(opportunity, MEMBERS, lambda _now: _parts(members), by, version)


@transaction.atomic
def add_member(
    opportunity: Opportunity, user: User, *, by: User, role: str = "", version: int | None = None
) -> Opportunity:
    """A colleague works on the deal too: they are told, and follow it from now on."""
    return _change(opportunity, MEMBERS, _with(user, role), by, version)


@transaction.atomic
def remove_member(opportunity: Opportunity, user: User, *, by: User) -> Opportunity:
    """A colleague has no more to do with the deal."""
    return _change(opportunity, MEMBERS, _without(user), by)


# --- parts of these actions ----------------------------------------------------------------------


def _change(
    opportunity: Opportunity,
    circle: Circle,
    change: Callable[[Parts], Parts],
    by: User,
    version: int | None = None,
) -> Opportunity:
    """One circle made exactly what the change makes of it: locked, checked, saved and remembered."""
    opportunity = locked(opportunity, version=version)
    advance(opportunity.edit, by=by)
    before = circle.of(opportunity)
    after = change(dict(before))
    _refuse_misfits(opportunity, circle, before, after, by)
    if after == before:
        return opportunity
    rows = getattr(opportunity, circle.relation)
    gone, new = before.keys() - after.keys(), [key for key in after if key not in before]
    rows.filter(**{f"{circle.key}__in": gone}).delete()
    for key in after.keys() & before.keys():
        if after[key].words != before[key].words:
            rows.filter(**{circle.key: key}).update(**{circle.words: after[key].words})
    rows.bulk_create(
        rows.model(opportunity=opportunity, **{circle.key: after[key].who, circle.words: after[key].words})
        for key in new
    )
    opportunity.save()
    changes = {circle.told_as: [circle.told(before), circle.told(after)]}
    history.record(opportunity, "changed", by=by, changes=changes)
    if circle is MEMBERS:
        _tell_members(opportunity, [after[key] for key in new], [before[key].who for key in gone], by)
    return opportunity


def _refuse_misfits(opportunity: Opportunity, circle: Circle, before: Parts, after: Parts, by: User) -> None:
    if len(after) > MOST:
        raise DomainError(_("These are too many."), code="too_many", field=circle.relation)
    for key, part in after.items():
        if len(part.words) > circle.longest:
            raise DomainError(_("This is too long."), code="too_long", field=circle.words)
        if key not in before:
            circle.refuse(opportunity, part.who, by)


def _tell_members(opportunity: Opportunity, new: Sequence[Part], gone: Sequence[User], by: User) -> None:
    """Who joins hears of the deal from now on, and why; who leaves hears no more of it."""
    for part in new:
        follow(opportunity, by=part.who)
        text = (
            _("you are on the deal team now (%(role)s)") if part.words else _("you are on the deal team now")
        )
        notify(
            [part.who], text=text % {"role": part.words} if part.words else text, record=opportunity,
            kind=Notification.Kind.ASSIGNED, by=by,
        )  # fmt: skip
    for user in gone:
        if user.pk != opportunity.owner_id and may(user, "view", opportunity):
            unfollow(opportunity, by=user)


def _parts(said: Sequence[Part]) -> Parts:
    """What was said of each; of somebody who is named twice the last word counts."""
    return {one.who.pk: Part(one.who, one.words.strip()) for one in said}


def _with(who: Any, words: str) -> Callable[[Parts], Parts]:
    return lambda now: now | {who.pk: Part(who, words.strip())}


def _without(who: Any) -> Callable[[Parts], Parts]:
    def change(now: Parts) -> Parts:
        if who.pk not in now:
            raise DomainError(_("%(who)s is not there.") % {"who": who}, code="not_there")
        return {key: part for key, part in now.items() if key != who.pk}

    return change


def _competitor(name: str) -> Competitor:
    found = competitor_named(name)
    if found is None:
        raise DomainError(_("Say who it is."), code="no_name", field="competitor")
    return found


def _refuse_contact(opportunity: Opportunity, contact: Contact, by: User) -> None:
    if not may(by, "view", contact):
        raise DomainError(_("There is no such contact."), code="not_found", field="contact")
    if not contact.is_active:
        raise DomainError(_("%(who)s is inactive.") % {"who": contact}, code="inactive", field="contact")


def _refuse_competitor(opportunity: Opportunity, competitor: Competitor, by: User) -> None:
    """Whoever may change the deal may name any competitor."""


def _refuse_member(opportunity: Opportunity, user: User, by: User) -> None:
    if user.pk == opportunity.owner_id:
        owns = _("%(who)s owns the deal already.") % {"who": user}
        raise DomainError(owns, code="is_owner", field="user")
    if not user.is_active or user.is_service or not may(user, "view", opportunity):
        text = _(
            "%(who)s cannot see this deal: it is out of their reach. Give it to a team they work in first."
        )
        raise DomainError(text % {"who": user}, code="cannot_see", field="user")


STAKEHOLDERS = Circle("stakeholders", "stakeholders", "contact", "role", LONGEST_ROLE, _refuse_contact)
RIVALS = Circle("rivals", "competitors", "competitor", "note", LONGEST_NOTE, _refuse_competitor)
MEMBERS = Circle("members", "deal_team", "user", "role", LONGEST_ROLE, _refuse_member)
