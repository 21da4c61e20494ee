"""An approval holds for what was looked at: when prices, lines or the customer change, it is void."""

from kernel import history, outbox
from kernel.lifecycle import advance
from people.models import User
from quotes.models import Approval, Quote


def void_approvals(*quotes: Quote, by: User, only_waiting: bool = False) -> None:
    """Void what was asked for or granted for these locked quotes; part of a larger action.

    Whoever writes an approval holds its quote's row, so reading them here needs no lock of its own.
    """
    states = (
        [Approval.Status.PENDING] if only_waiting else [Approval.Status.PENDING, Approval.Status.APPROVED]
    )
    by_key = {quote.pk: quote for quote in quotes}
    for approval in Approval.objects.filter(quote__in=list(by_key), status__in=states).order_by("id"):
        quote = by_key[approval.quote_id]
        advance(approval.void, by=by)
        approval.save(update_fields=["status"])
        history.record(quote, "approval_voided", by=by)
        outbox.publish("quote.approval_voided", quote, by=by, payload={"approval": approval.pk})
