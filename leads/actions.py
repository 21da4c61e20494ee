"""What can be done to a lead: each action is one function and one transaction.

Qualifying makes an opportunity and therefore lives above: ``opportunities.actions.qualify_lead``.
"""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.actions import receive_task
from customers.actions import ADDRESS
from kernel import history, outbox
from kernel.errors import Blocker, Conflict, DomainError, TransitionRefused
from kernel.lifecycle import advance
from kernel.numbering import next_number
from kernel.writing import assign, locked
from leads.assigning import place, told
from leads.models import Lead
from leads.scoring import score
from people.access import may, require
from people.models import Team, User

FIELDS = ADDRESS | {
    "topic", "first_name", "last_name", "company", "job_title", "email", "phone", "mobile", "website",
    "source", "rating", "industry", "budget_amount", "budget_status", "need", "timeframe",
    "purchase_process", "decision_maker", "estimated_value", "estimated_close_on", "account", "contact",
    "campaign", "do_not_email", "do_not_phone", "do_not_bulk_email", "do_not_post", "consent_at", "consent_note",
    "custom",
}  # fmt: skip
REVISIT_AT = dt.time(9)
LOSSES = Lead.REASONS["disqualified"]


@transaction.atomic
def create_lead(*, by: User, **values: Any) -> Lead:
    """Note somebody who may buy. Without an owner the rules say whose it is; if they do not, it is the maker's.

    What a machine brings and no rule takes stays unassigned.
    """
    lead = Lead()
    assign(lead, {"topic": "", **values}, allowed=FIELDS | {"owner", "team"})
    require(by, "add", owned(lead, by))
    refuse_unseen(lead, by)
    rule = None if values.get("owner") or values.get("team") else place(lead)
    score(lead)
    lead.number = next_number("lead")
    lead.save(force_insert=True)
    history.record(lead, "created", by=by)
    if rule is not None:
        told(rule, lead, by)
    outbox.publish("lead.created", lead, by=by)
    return lead


def owned(lead: Lead, by: User) -> Lead:
    """The lead with an owner, in memory, where nobody has said one: its maker, unless that is a machine."""
    if lead.owner_id is None and lead.team_id is None and not by.is_service:
        lead.owner, lead.team = by, by.team
    elif lead.team_id is None and lead.owner:
        lead.team = lead.owner.team
    return lead


@transaction.atomic
def change_lead(lead: Lead, *, by: User, version: int | None = None, note: str = "", **values: Any) -> Lead:
    """Change what is known of a lead, while it is open."""
    lead = locked(lead, version=version)
    advance(lead.edit, by=by)
    if changes := assign(lead, values, allowed=FIELDS):
        refuse_unseen(lead, by)
        score(lead)
        lead.save()
        history.record(lead, "changed", by=by, changes=changes, note=note)
    return lead


@transaction.atomic
def contact_lead(lead: Lead, *, by: User, version: int | None = None) -> Lead:
    """Note that somebody spoke to them."""
    lead = locked(lead, version=version)
    advance(lead.mark_contacted, by=by)
    lead.last_contacted_at = timezone.now()
    score(lead)
    return _step(lead, "contacted", Lead.Status.OPEN, by=by)


@transaction.atomic
def disqualify_lead(
    lead: Lead,
    *,
    by: User,
    reason: str,
    note: str = "",
    revisit_on: dt.date | None = None,
    version: int | None = None,
) -> Lead:
    """Give a lead up, and say why; a day to look at it again becomes a task."""
    lead = locked(lead, version=version)
    before = lead.status
    if reason not in LOSSES:
        raise DomainError(_("Say why: choose one of the reasons."), code="unknown_reason", field="reason")
    if revisit_on is not None and revisit_on <= timezone.localdate():
        raise DomainError(_("Choose a day that is still to come."), code="day_passed", field="revisit_on")
    advance(lead.disqualify, by=by, reason=reason)
    _step(lead, "disqualified", before, by=by, note=note)
    if revisit_on is not None:
        remember_to_revisit(lead, revisit_on, note, by)
    return lead


def remember_to_revisit(lead: Lead, day: dt.date, note: str, by: User) -> None:
    """A task on that morning, of whoever looks after the lead."""
    morning = timezone.make_aware(dt.datetime.combine(day, REVISIT_AT))
    receive_task(
        regarding=lead, subject=str(_("Revisit %(lead)s") % {"lead": lead.name})[:200], body=note, by=by,
        due_at=morning,
    )  # fmt: skip


@transaction.atomic
def reopen_lead(lead: Lead, *, by: User, version: int | None = None) -> Lead:
    """Work on a lead again; what it became stays as it is."""
    lead = locked(lead, version=version)
    before = lead.status
    advance(lead.reopen, by=by)
    return _step(lead, "reopened", before, by=by)


@transaction.atomic
def assign_lead(
    lead: Lead, *, by: User, owner: User | None, team: Team | None = None, version: int | None = None
) -> Lead:
    """Give the lead to somebody, or (without an owner) to a team's queue."""
    lead = locked(lead, version=version)
    taken_by_hand = lead.owner_id is None and owner == by and may(by, "change", lead)
    if not taken_by_hand:
        require(by, "assign", lead)
    team = team or (owner.team if owner else lead.team)
    changes = assign(lead, {"owner": owner, "team": team}, allowed={"owner", "team"})
    if not taken_by_hand and not may(by, "assign", lead):
        raise DomainError(
            _("You may hand it only to somebody you work with."), code="out_of_reach", field="owner"
        )
    if changes:
        lead.save()
        history.record(lead, "assigned", by=by, changes=changes)
        outbox.publish("lead.assigned", lead, by=by)
    return lead


@transaction.atomic
def take_lead(lead: Lead, *, by: User) -> Lead:
    """Take a lead out of the queue: the first who does has it, the others are told who was faster."""
    require(by, "change", Lead)
    lead = locked(lead)
    if lead.owner_id is not None and lead.owner_id != by.pk:
        text = _("%(who)s has taken %(lead)s already.") % {"who": lead.owner, "lead": lead}
        raise Conflict(text, code="taken_already")
    advance(lead.edit, by=by)
    if lead.owner_id is None:
        team = by.team or lead.team
        changes = assign(lead, {"owner": by, "team": team}, allowed={"owner", "team"})
        lead.save()
        history.record(lead, "taken", by=by, changes=changes)
        outbox.publish("lead.assigned", lead, by=by)
    return lead


@transaction.atomic
def place_lead(lead: Lead, *, by: User, version: int | None = None) -> Lead:
    """Give the lead to whom the rules say."""
    lead = locked(lead, version=version)
    require(by, "assign", lead)
    before = (lead.owner_id, lead.team_id)
    rule = place(lead)
    if rule is None:
        raise DomainError(_("No rule fits this lead."), code="no_rule", field="owner")
    if (lead.owner_id, lead.team_id) != before:
        lead.save()
        told(rule, lead, by)
        outbox.publish("lead.assigned", lead, by=by)
    return lead


@transaction.atomic
def delete_lead(lead: Lead, *, by: User, version: int | None = None) -> None:
    """Remove a lead that led nowhere; one with an opportunity stays."""
    lead = locked(lead, version=version)
    require(by, "delete", lead)
    if below := list(lead.opportunities.all()[:5]):
        text = _("it led to this document")
        raise TransitionRefused(lead, [Blocker("has_downstream", text, record=str(found)) for found in below])
    history.record(lead, "deleted", by=by, note=str(lead))
    lead.delete()


def _step(lead: Lead, verb: str, before: str, *, by: User, note: str = "") -> Lead:
    """Save a step that was taken, remember it, tell the apps above."""
    lead.save()
    history.record(lead, verb, by=by, from_status=before, note=note)
    outbox.publish(f"lead.{verb}", lead, by=by)
    return lead


def refuse_unseen(lead: Lead, by: User) -> None:
    """Nobody links a customer that does not exist for them."""
    for name in ("account", "contact"):
        customer = getattr(lead, name)
        if customer is not None and not may(by, "view", customer):
            raise DomainError(_("There is no such %(what)s.") % {"what": name}, code="not_found", field=name)
