"""Second pairs of eyes: ask for an approval, give it, refuse it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import history, outbox
from kernel.errors import Blocker, Conflict, DomainError, TransitionRefused
from kernel.lifecycle import advance
from people.access import require
from people.models import User
from quotes.actions.drafting import lock
from quotes.actions.voiding import void_approvals
from quotes.models import Approval, Quote
from quotes.models.limits import exceeded


@transaction.atomic
def ask_approval(quote: Quote, *, by: User, note: str = "") -> Quote:
    """Ask somebody else to agree to what the draft says beyond its owner's limits."""
    quote = lock(quote)
    advance(quote.ask_approval, by=by)
    void_approvals(quote, by=by)  # one that was granted for less
    approval = Approval.objects.create(
        quote=quote, asked_by=by, request_note=note.strip(), reasons=[one.kept() for one in exceeded(quote)]
    )
    history.record(quote, "approval_asked", by=by, note=note.strip())
    outbox.publish("quote.approval_asked", quote, by=by, payload={"approval": approval.pk})
    return quote


@transaction.atomic
def approve_quote(quote: Quote, *, by: User, note: str = "", approval: int | None = None) -> Quote:
    """Agree to the request that was looked at, so that the quote may be activated."""
    quote = lock(quote)
    asked = waiting(quote, by, approval)
    advance(asked.approve, by=by, decided_by=by, note=note.strip())
    asked.save()
    history.record(quote, "approved", by=by, note=note.strip())
    outbox.publish("quote.approved", quote, by=by, payload={"approval": asked.pk})
    return quote


@transaction.atomic
def reject_quote(quote: Quote, *, by: User, note: str, approval: int | None = None) -> Quote:
    """Refuse the request, and say why."""
    quote = lock(quote)
    asked = waiting(quote, by, approval)
    if not note.strip():
        raise DomainError(_("Say why it is not approved."), code="no_reason", field="note")
    advance(asked.reject, by=by, decided_by=by, note=note.strip())
    asked.save()
    history.record(quote, "rejected", by=by, note=note.strip())
    outbox.publish("quote.rejected", quote, by=by, payload={"approval": asked.pk})
    return quote


def waiting(quote: Quote, by: User, seen: int | None) -> Approval:
    """The request that waits for a decision about the locked quote, if it is the one that was looked at."""
    require(by, "approve", quote)
    found = quote.approvals.select_for_update().filter(status=Approval.Status.PENDING).first()
    if seen is not None and (found is None or found.pk != seen):
        was = quote.approvals.filter(pk=seen).first()
        state = str(was.get_status_display()).lower() if was else ""
        raise Conflict(
            _("The request that you looked at does not wait any more (%(state)s). Look at the quote again.")
            % {"state": state},
            code="decided_already",
        )
    if found is None:
        nobody = Blocker("no_pending_approval", _("nobody waits for an approval of it"), record=quote.ref)
        raise TransitionRefused(quote, [nobody], step="approve")
    found.quote = quote
    return found
