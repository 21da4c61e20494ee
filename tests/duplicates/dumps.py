"""Every row of every table, to compare before and after."""

from collections import Counter

from django.apps import apps
from django.contrib.contenttypes.models import ContentType

from kernel import snapshots

# What a merge may leave behind: its own memory, the history, the news.
ASIDE = {
    "kernel.historyentry", "kernel.outboxmessage", "kernel.removedrecord",
    "duplicates.merge", "duplicates.mergedrecord", "duplicates.movedlink",
}  # fmt: skip
# Rows that are nobody's record: what they say counts, not their number.
WITHOUT_NUMBER = {"duplicates.matchkey", "kernel.uniquevalue"}


def dump():
    """{(model, row): times}: two are equal exactly when every column of every row is."""
    found = Counter()
    for model in apps.get_models():
        label = model._meta.label_lower
        if label in ASIDE or model is ContentType or not model._meta.managed or model._meta.proxy:
            continue
        for row in model._base_manager.all():
            columns = snapshots.image(row)["columns"]
            if label in WITHOUT_NUMBER:
                columns.pop("id")
            found[label, repr(sorted(columns.items(), key=lambda pair: pair[0]))] += 1
    return found


def differences(before, after):
    """What is only in one of two dumps, for a readable failure."""
    return {"gone": list((before - after).elements()), "new": list((after - before).elements())}
