from django.db import migrations

from forecasts.guards import guards_in_place


class Migration(migrations.Migration):

    dependencies = [
        ('forecasts', '0002_snapshot_tree'),
    ]

    operations = [guards_in_place()]
