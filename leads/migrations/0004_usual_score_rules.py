"""An organization starts with rules that rate its leads; it changes them as it likes."""

from typing import Any

from django.db import migrations

from leads.usual_rules import USUAL


def write(apps: Any, schema_editor: Any) -> None:
    rule = apps.get_model("leads", "ScoreRule")
    if rule.objects.exists():
        return
    rule.objects.bulk_create(
        rule(name=name, fact=fact, test=test, value=value, points=points, position=10 * number)
        for number, (name, fact, test, value, points) in enumerate(USUAL, 1)
    )


class Migration(migrations.Migration):
    dependencies = [("leads", "0003_rules_score_web_forms")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
