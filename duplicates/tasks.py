"""What Celery runs for duplicates: the nightly look at everything."""

from celery import shared_task

from duplicates.actions.sweeping import start_sweep
from people.service import service_user


@shared_task(name="duplicates.sweep", acks_late=True)
def sweep_for_duplicates() -> str:
    """Ask for the sweep; the job goes on by itself."""
    return str(start_sweep(by=service_user("duplicates")).public_id)
