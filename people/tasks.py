"""What Celery runs for the organization: emptying the recycle bin."""

from celery import shared_task

from people.removing import empty_bin


@shared_task(name="people.empty_bin", acks_late=True)
def empty_old() -> int:
    """Delete for good what has waited in the bin for long enough."""
    return empty_bin()
