"""Leads of before are found by their phone however it is written."""

from django.db import migrations

from kernel.search_index import adds_phone_digits


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0007_web_entry_in_doubt"),
    ]

    operations = [
        adds_phone_digits("leads", "Lead", ["phone", "mobile"]),
    ]
