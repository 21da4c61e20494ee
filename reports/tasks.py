"""The clock of reports: the nightly look at the books, and what is sent regularly."""

import logging

from celery import shared_task

from reports.books import verify
from reports.subscription_actions import start_due

log = logging.getLogger(__name__)
MOST_TOLD = 100


@shared_task(name="reports.verify_books")
def verify_books() -> int:
    """Prove the whole database and log what does not hold; answers how much that is."""
    found = 0
    for finding in verify():
        found += 1
        if found <= MOST_TOLD:
            log.error("books: %s", finding)
    if found > MOST_TOLD:
        log.error("books: %s more findings; see manage.py verify_books", found - MOST_TOLD)
    return found


@shared_task(name="reports.send_due", acks_late=True)
def send_due() -> int:
    """Start sending the reports whose time has come."""
    return start_due()
