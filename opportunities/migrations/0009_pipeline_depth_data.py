"""What older records say in the new columns: who deals were lost to, since when deals stand in their stage, what is planned."""

from django.db import migrations
from django.db.models import F, OuterRef, Subquery

CHUNK = 2000


def fill(apps, schema_editor):
    Competitor = apps.get_model("opportunities", "Competitor")
    Close = apps.get_model("opportunities", "OpportunityClose")
    known = {}
    for name in Close.objects.exclude(competitor="").values_list("competitor", flat=True).distinct().order_by("competitor"):
        words = " ".join(name.split())
        if not words:
            continue
        if words.lower() not in known:
            known[words.lower()] = Competitor.objects.create(name=words)
        Close.objects.filter(competitor=name).update(lost_to=known[words.lower()])
    Opportunity = apps.get_model("opportunities", "Opportunity")
    Stage = apps.get_model("opportunities", "Stage")
    Visit = apps.get_model("opportunities", "StageVisit")
    for stage in Stage.objects.all():
        Opportunity.objects.filter(stage=stage).update(forecast=stage.forecast)
    newest = Visit.objects.filter(opportunity=OuterRef("pk")).order_by("-entered_at", "-id").values("entered_at")[:1]
    Opportunity.objects.update(stage_entered_at=Subquery(newest))
    Opportunity.objects.filter(stage_entered_at=None).update(stage_entered_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0008_pipeline_depth")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
