"""Searching stays quick at any size (PostgreSQL)."""

from django.db import migrations

from kernel.search_index import AddSearchIndex


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0001_initial")]
    operations = [
        AddSearchIndex("Opportunity"),
    ]
