"""What is planned next for the deals of before: their earliest open activity, or the day of their next step."""

import datetime as dt

from django.db import migrations
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone


def fill(apps, schema_editor):
    Opportunity = apps.get_model("opportunities", "Opportunity")
    Activity = apps.get_model("activities", "Activity")
    ContentType = apps.get_model("contenttypes", "ContentType")
    kind = ContentType.objects.filter(app_label="opportunities", model="opportunity").first()
    if kind is None:
        return
    todo = Activity.objects.filter(
        regarding_type=kind, regarding_id=OuterRef("pk"), status="open", due_at__isnull=False
    )
    Opportunity.objects.update(next_due_at=Subquery(todo.order_by("due_at").values("due_at")[:1]))
    stepping = Opportunity.objects.exclude(next_step_on=None)
    for day in list(stepping.order_by("next_step_on").values_list("next_step_on", flat=True).distinct()):
        begins = timezone.make_aware(dt.datetime.combine(day, dt.time()), timezone.get_default_timezone())
        sooner = Q(next_due_at=None) | Q(next_due_at__gt=begins)
        stepping.filter(sooner, next_step_on=day).update(next_due_at=begins)


class Migration(migrations.Migration):
    dependencies = [
        ("opportunities", "0012_loss_reasons_and_revisits"),
        ("activities", "0004_lists"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
