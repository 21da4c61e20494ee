"""When something is planned next for a deal: its earliest open activity, or the day of its next step if that is sooner.

Kept on the deal itself, so that boards sort and count by it. ``activities.plans`` tells when activities change; whoever
changes ``next_step_on`` calls ``follow_deal``. Nobody else writes ``next_due_at``: saving a deal leaves it alone.
"""

import datetime as dt
from collections.abc import Collection, Iterable

from django.contrib.contenttypes.models import ContentType
from django.db.models import Min
from django.utils import timezone

from activities.models import Activity
from activities.plans import About
from opportunities.models import Opportunity


def hold(records: Iterable[About]) -> None:
    """Lock the deals among the records, in the order in which everybody does."""
    if keys := _deals(records):
        list(Opportunity.objects.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))


def follow(records: Iterable[About]) -> None:
    """Activities of these records have changed: the deals among them say what is planned now."""
    refresh(_deals(records))


def follow_deal(opportunity: Opportunity) -> None:
    """The day of its next step is another one, as the deal in memory says; the caller has locked and will save it."""
    opportunity.next_due_at = due_of([opportunity]).get(opportunity.pk)
    Opportunity.objects.filter(pk=opportunity.pk).update(next_due_at=opportunity.next_due_at)


def refresh(keys: Collection[int]) -> None:
    """Write what is planned next for these deals; part of a larger action."""
    if not keys:
        return
    rows = Opportunity.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    deals = list(rows.only("pk", "next_step_on", "next_due_at"))
    due = due_of(deals)
    for deal in deals:
        if due.get(deal.pk) != deal.next_due_at:
            Opportunity.objects.filter(pk=deal.pk).update(next_due_at=due.get(deal.pk))


def due_of(deals: Collection[Opportunity]) -> dict[int, dt.datetime]:
    """When something is planned next, by deal; deals with nothing planned are left out."""
    kind = ContentType.objects.get_for_model(Opportunity)
    todo = Activity.objects.filter(
        regarding_type=kind, regarding_id__in=[deal.pk for deal in deals], status=Activity.Status.OPEN,
        due_at__isnull=False,
    ).order_by()  # fmt: skip
    found: dict[int, dt.datetime] = dict(todo.values_list("regarding_id").annotate(Min("due_at")))
    for deal in deals:
        if deal.next_step_on is not None:
            begins = day_begins(deal.next_step_on)
            found[deal.pk] = min(begins, found.get(deal.pk, begins))
    return found


def day_begins(day: dt.date) -> dt.datetime:
    """The moment at which a day begins for the organization."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time()), timezone.get_default_timezone())


def _deals(records: Iterable[About]) -> list[int]:
    kind = ContentType.objects.get_for_model(Opportunity).pk
    return sorted(pk for type_id, pk in records if type_id == kind and pk is not None)
