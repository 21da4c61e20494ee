"""Deciding about two records that may be the same."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duplicates.matchable import matchable_models
from duplicates.models import DuplicatePair
from kernel import history
from kernel.errors import Conflict
from people.access import may
from people.models import User


@transaction.atomic
def ignore_pair(pair: DuplicatePair, *, by: User, note: str = "") -> DuplicatePair:
    """These are two: the sweep never shows them again, and neither form nor import takes one for the other."""
    pair, records = held(pair, by)
    if pair.status == DuplicatePair.Status.IGNORED:
        return pair
    pair.ignore()
    return _decided(pair, records, "not_a_duplicate", by, note)


@transaction.atomic
def reopen_pair(pair: DuplicatePair, *, by: User) -> DuplicatePair:
    """They may be the same after all."""
    pair, records = held(pair, by)
    if pair.status == DuplicatePair.Status.OPEN:
        return pair
    pair.reopen()
    return _decided(pair, records, "may_be_duplicate", by, "")


def held(pair: DuplicatePair, by: User) -> tuple[DuplicatePair, list[Any]]:
    """The pair as it is now, with its records; whoever sees both and may change one of them decides."""
    fresh = DuplicatePair.objects.select_for_update().filter(pk=pair.pk).first()
    if fresh is None or fresh.status == DuplicatePair.Status.MERGED:
        raise Conflict(_("They were merged meanwhile."), code="merged")
    model = matchable_models()[fresh.record_type]
    records = list(model._default_manager.filter(pk__in=[fresh.first_id, fresh.second_id]).order_by("pk"))
    if not all(may(by, "view", one) for one in records) or not any(may(by, "change", one) for one in records):
        raise PermissionDenied(_("You may not do this."))
    return fresh, records


def _decided(pair: DuplicatePair, records: list[Any], verb: str, by: User, note: str) -> DuplicatePair:
    """Save the decision, and remember it with both records."""
    pair.decided_at, pair.decided_by, pair.note = timezone.now(), by, note[:200]
    pair.save()
    for one, other in zip(records, reversed(records), strict=True):
        if one is not other:
            history.record(one, verb, by=by, note=f"{other} {note}".strip())
    return pair
