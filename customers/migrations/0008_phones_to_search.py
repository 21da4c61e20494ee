"""Accounts and contacts of before are found by their phone however it is written."""

from django.db import migrations

from kernel.search_index import adds_phone_digits


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0007_no_merged_into"),
    ]

    operations = [
        adds_phone_digits("customers", "Account", ["phone"]),
        adds_phone_digits("customers", "Contact", ["phone", "mobile"]),
    ]
