"""Loss reasons have an order, and a lost deal knows the task that looks after it again."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("activities", "0004_lists"),
        ("opportunities", "0011_tally_triggers"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="lossreason",
            options={
                "ordering": ["position", "name"],
                "verbose_name": "loss reason",
                "verbose_name_plural": "loss reasons",
            },
        ),
        migrations.AddField(
            model_name="lossreason",
            name="position",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="position"),
        ),
        migrations.AddField(
            model_name="opportunityclose",
            name="revisit",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="activities.activity",
            ),
        ),
    ]
