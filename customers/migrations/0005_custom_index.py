"""Fields that an organization adds are found by value at any size (PostgreSQL)."""

from django.db import migrations

from kernel.custom_index import AddCustomIndex


class Migration(migrations.Migration):
    dependencies = [("customers", "0004_address_book")]
    operations = [
        AddCustomIndex("Account"),
        AddCustomIndex("Contact"),
    ]
