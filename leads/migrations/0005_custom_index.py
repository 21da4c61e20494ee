"""Fields that an organization adds are found by value at any size (PostgreSQL)."""

from django.db import migrations

from kernel.custom_index import AddCustomIndex


class Migration(migrations.Migration):
    dependencies = [("leads", "0004_usual_score_rules")]
    operations = [
        AddCustomIndex("Lead"),
    ]
