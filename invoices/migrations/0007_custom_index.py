"""Fields that an organization adds are found by value at any size (PostgreSQL)."""

from django.db import migrations

from kernel.custom_index import AddCustomIndex


class Migration(migrations.Migration):
    dependencies = [("invoices", "0006_days_and_levels")]
    operations = [
        AddCustomIndex("Invoice"),
    ]
