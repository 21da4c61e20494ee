from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0009_pipeline_depth_data")]

    operations = [migrations.RemoveField(model_name="opportunityclose", name="competitor")]
