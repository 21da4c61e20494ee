"""Who a lead may already be, with a score and the reason in words; and what its page shows beside it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from activities.models import Activity
from customers.models import Account, Contact
from duplicates.matching import Match, matches
from kernel.models import HistoryEntry
from leads.models import Lead
from people.access import visible
from people.models import User

__all__ = [
    "Match",
    "certain",
    "last_contacts",
    "matching_accounts",
    "matching_contacts",
    "next_steps",
    "takeable",
]

TOLD_FOR = timedelta(days=1)


def matching_accounts(lead: Lead, user: User) -> list[Match]:
    """Companies the lead may belong to, the likeliest first, as far as they exist for this person."""
    return matches(lead, Account, user=user)


def matching_contacts(lead: Lead, user: User) -> list[Match]:
    """People the lead may be, the likeliest first, as far as they exist for this person."""
    return matches(lead, Contact, user=user)


def certain(found: list[Match]) -> list[Match]:
    """The matches that leave little doubt."""
    return [match for match in found if match.is_certain]


def takeable(user: User, leads: QuerySet[Lead]) -> QuerySet[Lead]:
    """Leads one may try to take: those one sees, and those of one's team that somebody took from the queue just now.

    Who comes second could still see the lead a moment ago, and is told who has it.
    """
    just_taken = HistoryEntry.objects.filter(
        record_type=Lead._meta.label_lower, record_id=OuterRef("pk"), verb="taken",
        at__gte=timezone.now() - TOLD_FOR,
    )  # fmt: skip
    seen = visible(user, Lead.objects.all()).values("pk")
    mine = Q(team__in=user.team_ids) & Exists(just_taken)
    return leads.filter(Q(pk__in=seen) | mine)


def last_contacts(leads: Iterable[Lead]) -> dict[int, datetime]:
    """When somebody last spoke or wrote with each of these leads, by their finished activities, in one query."""
    found = (
        Activity.objects.filter(
            regarding_type=ContentType.objects.get_for_model(Lead),
            regarding_id__in=[lead.pk for lead in leads],
            status=Activity.Status.COMPLETED,
            kind__in=[Activity.Kind.CALL, Activity.Kind.APPOINTMENT, Activity.Kind.EMAIL],
        )
        .values_list("regarding_id")
        .annotate(latest=Max("done_at"))
    )
    return {pk: latest for pk, latest in found if pk is not None and latest is not None}


def next_steps(leads: Iterable[Lead]) -> dict[int, Any]:
    """What is to be done next with each of these leads, in one query."""
    planned = (
        Activity.objects.filter(
            regarding_type=ContentType.objects.get_for_model(Lead),
            regarding_id__in=[lead.pk for lead in leads],
            status=Activity.Status.OPEN,
        )
        .order_by(F("due_at").desc(nulls_first=True), "-id")
        .only("subject", "kind", "due_at", "regarding_id", "public_id", "status")
    )
    # The most urgent one comes last and stays.
    return {activity.regarding_id: activity for activity in planned if activity.regarding_id is not None}
