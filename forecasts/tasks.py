"""What Celery runs for the forecast: the picture of each day."""

from celery import shared_task

from forecasts.snapshot_actions import nightly


@shared_task(name="forecasts.take_snapshot", acks_late=True)
def take_picture() -> bool:
    """Take the picture of the day that ended, if it is night and nobody has yet."""
    return nightly() is not None
