"""The clock of leads."""

from celery import shared_task

from leads.rating_actions import start_daily_rating


@shared_task(name="leads.rate_leads")
def rate_leads() -> str:
    """Rate all open leads again: some reasons come true or untrue by the calendar alone."""
    return str(start_daily_rating().public_id)
