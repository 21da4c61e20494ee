"""Fields that an organization adds are found by value at any size (PostgreSQL)."""

from django.db import migrations

from kernel.custom_index import AddCustomIndex


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_price_list_versions")]
    operations = [
        AddCustomIndex("Product"),
    ]
