"""The secret address of one's calendar."""

from django.db import transaction

from activities.models import CalendarFeed
from people.models import User


@transaction.atomic
def open_feed(*, by: User) -> str:
    """A new address, shown this once; the one before leads nowhere from now on."""
    token = CalendarFeed.new_token()
    CalendarFeed.objects.filter(user=by).delete()
    CalendarFeed.objects.create(user=by, digest=CalendarFeed.digest_of(token))
    return token


@transaction.atomic
def close_feed(*, by: User) -> None:
    """No address leads to the calendar any more."""
    CalendarFeed.objects.filter(user=by).delete()
