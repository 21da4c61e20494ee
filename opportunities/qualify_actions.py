"""Qualifying leads, alone and by the hundred, and the ways back: undo it while nobody has touched it, or reopen."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from activities.actions import copy_over, hand_over
from activities.models import Activity
from kernel import history, outbox
from kernel.errors import DomainError
from kernel.lifecycle import advance
from kernel.writing import assign, locked
from leads.models import Lead
from leads.scoring import score
from opportunities.closing import close_as_lost
from opportunities.filling import fill_in
from opportunities.models import LeadQualification, Opportunity
from opportunities.qualifying import (
    AS_THE_LEAD_SAYS,
    ASKED_IN_PLACE,
    BulkResult,
    Choices,
    Qualification,
    customers_of,
    opportunity_of,
)
from people.access import require
from people.models import User


@transaction.atomic
def qualify_lead(
    lead: Lead, *, by: User, choices: Choices = AS_THE_LEAD_SAYS, version: int | None = None
) -> Qualification:
    """Turn a lead into a customer with a deal, as chosen; notes and activities follow.

    Raises DomainError, with nothing made, when a probable duplicate or an opportunity that is still there
    asks for a decision.
    """
    lead = locked(lead, version=version)
    kept = LeadQualification(lead=lead, by=by, reason_before=lead.status_reason)
    before = lead.status
    changes = assign(lead, choices.said, allowed=ASKED_IN_PLACE) if choices.said else {}
    advance(lead.qualify, by=by)
    account, contact, made = customers_of(lead, choices, by)
    kept.filled = fill_in(lead, account, contact, choices.fill - made, by)
    kept.linked = isinstance(choices.opportunity, Opportunity) and choices.opportunity.lead_id is None
    opportunity = opportunity_of(lead, choices, account, contact, by)
    if opportunity is not None and not isinstance(choices.opportunity, Opportunity):
        made.add("opportunity")
    result = Qualification(lead, account, contact, opportunity, frozenset(made))
    kept.lead_before = {"account": lead.account_id, "contact": lead.contact_id}
    links = {"account": account or lead.account, "contact": contact or lead.contact}
    changes |= assign(lead, links, allowed=links)
    score(lead)
    lead.save()
    go_along(result, kept)
    entry = history.record(lead, "qualified", by=by, from_status=before, note=choices.reason, changes=changes)
    remember(result, kept, mark=entry.pk)
    payload = {name: str(record.public_id) for name, record in became(result).items()}
    outbox.publish("lead.qualified", lead, by=by, payload=payload)
    return result


def became(result: Qualification) -> dict[str, Any]:
    """What the lead became, by name."""
    all_three = {"account": result.account, "contact": result.contact, "opportunity": result.opportunity}
    return {name: record for name, record in all_three.items() if record is not None}


def go_along(result: Qualification, kept: LeadQualification) -> None:
    """What is to do moves to the heir; notes, calls and files stand with all three."""
    if result.heir is None:
        return
    gone = hand_over(result.lead, result.heir)
    copies = [copy_over(result.lead, one) for one in became(result).values() if one is not result.heir]
    kept.moved = {
        str(pk): version
        for pk, version in Activity.objects.filter(pk__in=gone.moved).values_list("pk", "version")
    }
    kept.copied = [pk for each in (gone, *copies) for pk in each.copied]
    kept.files = [pk for each in (gone, *copies) for pk in each.files]


def remember(result: Qualification, kept: LeadQualification, *, mark: int) -> None:
    """Keep what was done, for the way back."""
    kept.made = sorted(result.made)
    kept.became = {name: record.pk for name, record in became(result).items()}
    kept.lead_version = result.lead.version
    kept.mark = mark
    kept.save(force_insert=True)


def bulk_qualify(leads: Iterable[Lead], *, by: User) -> list[BulkResult]:
    """Qualify many leads, each for itself: what one lead is refused for does not hold up the others."""
    results = []
    for lead in leads:
        try:
            results.append(BulkResult(lead, qualify_lead(lead, by=by)))
        except DomainError as refusal:
            results.append(BulkResult(lead, refusal=str(refusal), blockers=tuple(refusal.blockers)))
        except PermissionDenied as refusal:
            results.append(BulkResult(lead, refusal=str(refusal)))
    return results


@transaction.atomic
def reopen_qualified(
    lead: Lead, *, by: User, opportunities: str = "keep", version: int | None = None
) -> Lead:
    """Work on a lead again, and say what becomes of its open opportunities: they stay, or are closed as canceled."""
    lead = locked(lead, version=version)
    if opportunities not in ("keep", "close"):
        text = _("Say what becomes of the opportunity.")
        raise DomainError(text, code="unknown_choice", field="opportunities")
    before = lead.status
    advance(lead.reopen, by=by)
    if opportunities == "close":
        for found in lead.opportunities.filter(status=Opportunity.Status.OPEN).order_by("pk"):
            close_with_lead(locked(found), lead, by)
    lead.save()
    history.record(lead, "reopened", by=by, from_status=before)
    outbox.publish("lead.reopened", lead, by=by)
    return lead


def close_with_lead(opportunity: Opportunity, lead: Lead, by: User) -> None:
    """The deal ends with what it came from; quotes that are out have to be decided first."""
    require(by, "lose", opportunity)
    if waiting := opportunity.quotes.filter(status__in=["draft", "active"]).first():
        text = _("%(opportunity)s has the quote %(quote)s: close that one first, or keep the opportunity.") % {
            "opportunity": opportunity, "quote": waiting,
        }  # fmt: skip
        raise DomainError(text, code="has_quotes", field="opportunities")
    note = str(_("%(lead)s was reopened.") % {"lead": lead})
    close_as_lost(opportunity, by=by, reason="canceled", closed_on=timezone.localdate(), note=note)
