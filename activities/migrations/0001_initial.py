import django.db.models.deletion
import kernel.lifecycle
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('people', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('search_text', models.TextField(blank=True, default='', editable=False)),
                ('custom', models.JSONField(blank=True, default=dict, verbose_name='custom fields')),
                ('kind', models.CharField(choices=[('task', 'Task'), ('call', 'Phone call'), ('appointment', 'Appointment'), ('email', 'E-mail'), ('note', 'Note')], default='task', max_length=20, verbose_name='kind')),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('body', models.TextField(blank=True, default='', verbose_name='text')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='due')),
                ('done_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='done')),
                ('regarding_id', models.PositiveBigIntegerField(blank=True, null=True)),
                ('status', kernel.lifecycle.StateField(choices=[('open', 'Open'), ('completed', 'Completed'), ('canceled', 'Canceled')], default='open', max_length=20, protected=True, verbose_name='status')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('regarding_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='contenttypes.contenttype')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.team', verbose_name='team')),
            ],
            options={
                'verbose_name': 'activity',
                'verbose_name_plural': 'activities',
                'indexes': [models.Index(fields=['regarding_type', 'regarding_id', '-id'], name='activity_regarding'), models.Index(fields=['owner', 'status', 'due_at'], name='activity_owner_due')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('done_at__isnull', False), ('status', 'completed')), models.Q(('done_at__isnull', True), ('status__in', ['open', 'canceled'])), _connector='OR'), name='activity_done_exactly_when_completed'), models.CheckConstraint(condition=models.Q(('subject', ''), _negated=True), name='activity_has_subject')],
            },
        ),
    ]
