"""Merged customers leave the table now (duplicates); what an old row said about it goes into its history."""

from typing import Any

from django.db import migrations


def remember(apps: Any, schema_editor: Any) -> None:
    """Rows that point at another become plain inactive customers that say so in their history."""
    entries, users = apps.get_model("kernel", "HistoryEntry"), apps.get_model("people", "User")
    actor = users.objects.order_by("-is_superuser", "id").first()
    for name in ("Account", "Contact"):
        model = apps.get_model("customers", name)
        for row in model.objects.filter(merged_into__isnull=False).select_related("merged_into"):
            model.objects.filter(pk=row.pk).update(is_active=False, inactive_reason="duplicate")
            if actor is not None:
                note = f"Merged into {row.merged_into.number}"
                entries.objects.create(
                    record_type=f"customers.{name.lower()}", record_id=row.pk, verb="merged", actor=actor, note=note
                )


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0006_lists"),
        ("kernel", "0001_initial"),
        ("people", "0002_organization"),
    ]

    operations = [
        migrations.RunPython(remember, migrations.RunPython.noop),
        migrations.RemoveField(model_name="account", name="merged_into"),
        migrations.RemoveField(model_name="contact", name="merged_into"),
    ]
