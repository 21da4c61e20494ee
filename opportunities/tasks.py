"""The clock of opportunities."""

from celery import shared_task

from opportunities import tally_actions


@shared_task(name="opportunities.compact_tally")
def compact_tally() -> int:
    """Add up what the triggers appended to the tally."""
    return tally_actions.compact()
