"""Fields that an organization adds are found by value at any size (PostgreSQL)."""

from django.db import migrations

from kernel.custom_index import AddCustomIndex


class Migration(migrations.Migration):
    dependencies = [("quotes", "0006_language_of_the_customer")]
    operations = [
        AddCustomIndex("Quote"),
    ]
