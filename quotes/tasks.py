"""The clock of quotes."""

from contextlib import suppress

from celery import shared_task
from django.utils import timezone

from kernel.errors import TransitionRefused
from people.service import service_user
from quotes.actions import expire_quote
from quotes.models import Quote


@shared_task(name="quotes.expire_quotes")
def expire_quotes() -> int:
    """Close every active quote whose last day has passed; each is a transaction of its own."""
    overdue = Quote.objects.filter(status=Quote.Status.ACTIVE, expires_on__lt=timezone.localdate())
    clock = service_user("expiry")
    done = 0
    for quote in overdue.iterator():
        # Somebody may accept or close it between the list and its turn: then there is nothing to do.
        with suppress(TransitionRefused):
            expire_quote(quote, by=clock)
            done += 1
    return done
