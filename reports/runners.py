"""Long work of reports: making a subscription for each of its recipients and sending it."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from kernel import jobs
from kernel.errors import DomainError
from kernel.models import Job
from reports.delivery_actions import conclude, deliver
from reports.letters import letter_for
from reports.models import Subscription
from reports.subscription_actions import KIND


@jobs.runner(KIND)
def send(job: Job) -> Iterator[None]:
    """One recipient after the other; a worker that dies goes on with the one whose e-mail was not queued yet."""
    found = Subscription.objects.select_related("owner__team", "view")
    subscription = found.filter(pk=job.arguments["subscription"]).first()
    if subscription is None:
        raise DomainError(_("The subscription is deleted."), code="deleted")
    if job.position.get("concluded"):
        return
    waiting = subscription.recipients.filter(left_at__isnull=True, pk__gt=job.position.get("recipient", 0))
    for recipient in waiting.select_related("user__team").order_by("pk"):
        deliver(job, subscription, recipient, letter_for(subscription, recipient.user))
        yield
    conclude(job, subscription)
