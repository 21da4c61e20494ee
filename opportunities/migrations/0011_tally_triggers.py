"""The database keeps the tally of open deals from here on."""

from django.db import migrations, models

from opportunities import tally_triggers


def install(apps, schema_editor):
    tally_triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    tally_triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0010_competitor_by_name")]

    operations = [
        migrations.AlterField("tally", "amount", models.DecimalField(decimal_places=0, max_digits=23)),
        migrations.AlterField("tally", "percents", models.DecimalField(decimal_places=0, max_digits=25)),
        migrations.RunPython(install, remove),
    ]
