"""How a quote stands with its approval, as this reader may know it: broken rules, who was asked, what they said.

Whoever may not know costs is told that the margin is too low, never by how much. See quotes.models.limits for the
rules and quotes.actions.approving for the steps.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from people.access import hidden_fields, may, visible
from quotes.models import Approval, Quote
from quotes.models.limits import SECRET, Excess, exceeded


@dataclass(frozen=True, slots=True)
class Standing:
    """What one has to know about the approval of a draft."""

    broken: list[str]
    approval: Approval | None  # the latest request, whatever became of it
    is_covered: bool
    may_ask: bool
    may_decide: bool
    is_own_request: bool

    @property
    def is_waiting(self) -> bool:
        return self.approval is not None and self.approval.status == Approval.Status.PENDING

    @property
    def was_rejected(self) -> bool:
        return self.approval is not None and self.approval.status == Approval.Status.REJECTED

    @property
    def tone(self) -> str:
        if self.is_covered:
            return "success"
        return "danger" if self.was_rejected else "info" if self.is_waiting else "attention"


def standing(quote: Quote, user: Any) -> Standing | None:
    """How the draft stands with its approval; nothing where it needs none."""
    if not quote.is_editable:
        return None
    found = exceeded(quote)
    if not found:
        return None
    latest = latest_approval(quote)
    waits = latest is not None and latest.status == Approval.Status.PENDING
    own = latest is not None and latest.asked_by_id == user.pk
    covered = latest is not None and latest.covers(found)
    return Standing(
        broken=words(found, user), approval=latest, is_covered=covered,
        may_ask=not waits and not covered and may(user, "activate", quote),
        may_decide=waits and not own and may(user, "approve", quote), is_own_request=own,
    )  # fmt: skip


def latest_approval(quote: Quote) -> Approval | None:
    found = quote.approvals.select_related("asked_by", "decided_by").order_by("-id").first()
    if found is not None:
        found.quote = quote
    return found


def words(found: Iterable[Excess], user: Any) -> list[str]:
    """The broken rules as this person may read them."""
    figures = knows_costs(user)
    texts = [one.words(figures=figures) for one in found]
    return [text[:1].upper() + text[1:] for text in texts]


def knows_costs(user: Any) -> bool:
    """Whether this person may see margins, and thereby costs."""
    return "margin" not in hidden_fields(user, "line")


def reasons_for(approval: Approval, user: Any) -> list[dict[str, str]]:
    """What a request was about, for machines; without the figures that this person may not know."""
    figures = knows_costs(user)
    return [
        {
            "kind": one.kind,
            "limit": str(one.limit) if figures or one.kind not in SECRET else "",
            "found": str(one.found) if figures or one.kind not in SECRET else "",
            "text": one.words(figures=figures),
        }
        for one in approval.excesses
    ]


def waiting_approvals(user: Any) -> QuerySet[Approval]:
    """The requests that this person may decide, the oldest first; one's own wait for somebody else."""
    if not may(user, "approve", Quote):
        return Approval.objects.none()
    reachable = visible(user, Quote.objects.filter(status=Quote.Status.DRAFT))
    found = Approval.objects.filter(status=Approval.Status.PENDING, quote__in=reachable).exclude(
        asked_by=user
    )
    return found.select_related(
        "quote__currency", "quote__account", "quote__contact", "quote__owner", "quote__team", "asked_by"
    ).order_by("id")
