"""What quotes have to say to people: whoever may decide a request for approval is told that it waits."""

from activities.actions import announce
from activities.models import Notification
from kernel.models import OutboxMessage
from kernel.outbox import subscribe
from people.access import may
from people.models import User
from quotes.models import Approval


@subscribe("quote.approval_asked")
def tell_who_may_approve(message: OutboxMessage) -> None:
    """Everybody who may decide it, except who asked; told twice, the second time changes nothing."""
    asked = Approval.objects.filter(
        quote__public_id=message.aggregate_id, status=Approval.Status.PENDING
    ).select_related("quote", "asked_by")
    for approval in asked:
        staff = User.objects.filter(is_active=True, is_service=False)
        people = [one for one in staff if may(one, "approve", approval.quote)]
        announce(people, record=approval.quote, kind=Notification.Kind.APPROVAL, by=approval.asked_by,
                 text=approval.request_note or approval.quote.name, anchor="approval")  # fmt: skip
