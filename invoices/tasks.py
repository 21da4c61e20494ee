"""The clock of invoices."""

from celery import shared_task

from invoices.actions.mailing import propose_reminders
from people.service import service_user


@shared_task(name="invoices.propose_reminders")
def propose() -> int:
    """Propose the reminders whose time has come; people send them."""
    return propose_reminders(by=service_user("reminders"))
