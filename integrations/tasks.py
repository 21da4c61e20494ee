"""What Celery runs for the bridge. Every task is short and may run twice; the truth is in the tables."""

from celery import current_app, shared_task
from django.utils import timezone

from integrations import delivery, health, inbox
from integrations import pull as reading
from integrations.models import Connection
from kernel import relay


@shared_task(name="outbox.deliver", acks_late=True)
def deliver(destination: str) -> int:
    """Deliver what is due for one destination; none means our own subscribers."""
    if not destination:
        return relay.deliver_internal()
    return delivery.deliver(destination)


@shared_task(name="outbox.sweep", acks_late=True)
def sweep() -> int:
    """Ring again for everything that is due: rings get lost, rows don't."""
    delivered = relay.deliver_internal()
    for code in health.destinations_with_work(timezone.now()):
        current_app.send_task("outbox.deliver", args=[code], ignore_result=True)
    for code in health.connections_with_post(timezone.now()):
        current_app.send_task("integrations.process_inbox", args=[code], ignore_result=True)
    return delivered


@shared_task(name="outbox.prune", acks_late=True)
def prune() -> int:
    """Forget internal news delivered long ago."""
    return relay.prune()


@shared_task(name="integrations.process_inbox", acks_late=True)
def process_inbox(code: str) -> int:
    """Act on what one ERP called us about."""
    connection = Connection.objects.active().filter(code=code).first()
    return inbox.process(connection) if connection else 0


@shared_task(name="integrations.pull", acks_late=True)
def pull(code: str = "") -> int:
    """Read the changes of one ERP, or ask for each of them."""
    if not code:
        return _for_each("integrations.pull")
    connection = Connection.objects.active().filter(code=code).first()
    return reading.pull(connection) if connection else 0


@shared_task(name="integrations.sweep_open_documents", acks_late=True)
def sweep_open_documents(code: str = "") -> int:
    """Compare the open documents of one ERP with ours, or ask for each of them."""
    if not code:
        return _for_each("integrations.sweep_open_documents")
    connection = Connection.objects.active().filter(code=code).first()
    return reading.sweep_open_documents(connection) if connection else 0


def _for_each(task: str) -> int:
    codes = list(Connection.objects.active().values_list("code", flat=True))
    for code in codes:
        current_app.send_task(task, args=[code], ignore_result=True)
    return len(codes)
