"""Which record an address speaks of: ``leads.lead:LEA-2026-00001``."""

from typing import Any

from django.apps import apps
from django.db import models
from django.http import Http404
from django.shortcuts import get_object_or_404

from activities.models import Activity
from activities.selectors import seen_by
from kernel.models import Record
from people.access import may, visible

LONGEST = 120


def key_of(record: Any) -> str:
    """How an address names the record."""
    return f"{record._meta.label_lower}:{record.ref}"


def named(text: str, user: Any) -> Any:
    """The record that the text names, nothing for no text; 404 for what is not there or not for this person."""
    if not text:
        return None
    label, _separator, ref = text[:LONGEST].partition(":")
    try:
        model: Any = apps.get_model(label)
    except (LookupError, ValueError):
        raise Http404 from None
    if not issubclass(model, Record):
        raise Http404
    rows: models.QuerySet[Any] = model.objects.by_ref(ref)
    if model is Activity:
        return get_object_or_404(seen_by(user), pk__in=rows.values("pk"))
    return get_object_or_404(visible(user, rows))


def shown(record: Any, user: Any) -> Any:
    """The record, if this person may see it."""
    return record if record is not None and may(user, "view", record) else None
