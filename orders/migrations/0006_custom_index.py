"""Fields that an organization adds are found by value at any size (PostgreSQL)."""

from django.db import migrations

from kernel.custom_index import AddCustomIndex


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_fulfillment_in_depth")]
    operations = [
        AddCustomIndex("Order"),
    ]
