"""Moving what was just done into the past, so that the demo has a history."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from kernel.models import HistoryEntry


def happened(record: Any, *, days_ago: int, verbs: Sequence[str] = ()) -> None:
    """Say that the record was made (or, with verbs, only these steps were taken) so many days ago."""
    moment = timezone.now() - dt.timedelta(days=max(days_ago, 0), minutes=record.pk * 7 % 600)
    entries = HistoryEntry.objects.filter(record_type=record._meta.label_lower, record_id=record.pk)
    if verbs:
        entries.filter(verb__in=verbs).update(at=moment)
        return
    entries.update(at=moment)
    type(record).objects.filter(pk=record.pk).update(created_at=moment, updated_at=moment)
