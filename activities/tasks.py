"""The clock of activities: what is due is told, and the daily letter goes out."""

from celery import shared_task

from activities.actions import remind_of_due, send_digests
from people.service import service_user


@shared_task(name="activities.remind", acks_late=True)
def remind() -> int:
    """Tell people what is due."""
    return remind_of_due()


@shared_task(name="activities.send_digests", acks_late=True)
def digests() -> int:
    """Send the daily letters."""
    return send_digests(by=service_user("reminders"))
