import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='NumberSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=30)),
                ('year', models.PositiveSmallIntegerField()),
                ('pattern', models.CharField(max_length=60)),
                ('last', models.PositiveBigIntegerField(default=0)),
            ],
            options={
                'verbose_name_plural': 'number series',
                'constraints': [models.UniqueConstraint(fields=('kind', 'year'), name='one_series_a_kind_and_year')],
            },
        ),
        migrations.CreateModel(
            name='ComponentOwnership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('connection_code', models.CharField(max_length=40)),
                ('component', models.CharField(choices=[('quotes', 'Quotes'), ('orders', 'Orders'), ('invoices', 'Invoices')], max_length=12)),
                ('owner', models.CharField(choices=[('crm', 'This CRM'), ('erp', 'The ERP')], max_length=3)),
                ('push', models.BooleanField(default=False)),
                ('pull', models.BooleanField(default=False)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('effective_until', models.DateTimeField(blank=True, null=True)),
                ('changed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'component ownership',
                'verbose_name_plural': 'component ownerships',
                'constraints': [models.UniqueConstraint(condition=models.Q(('effective_until__isnull', True)), fields=('connection_code', 'component'), name='ownership_one_current_row'), models.UniqueConstraint(condition=models.Q(('effective_until__isnull', True), ('owner', 'erp')), fields=('component',), name='ownership_one_erp_owner'), models.UniqueConstraint(condition=models.Q(('effective_until__isnull', True), ('push', True)), fields=('component',), name='ownership_one_destination'), models.CheckConstraint(condition=models.Q(('effective_until__isnull', True), ('effective_until__gte', models.F('changed_at')), _connector='OR'), name='ownership_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='HistoryEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record_type', models.CharField(max_length=60)),
                ('record_id', models.BigIntegerField()),
                ('verb', models.CharField(max_length=40)),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('from_status', models.CharField(blank=True, default='', max_length=20)),
                ('to_status', models.CharField(blank=True, default='', max_length=20)),
                ('reason', models.CharField(blank=True, default='', max_length=40)),
                ('note', models.TextField(blank=True, default='')),
                ('changes', models.JSONField(blank=True, default=dict)),
                ('actor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'history entries',
                'indexes': [models.Index(fields=['record_type', 'record_id', '-id'], name='history_of_record')],
            },
        ),
        migrations.CreateModel(
            name='IdempotencyRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=255)),
                ('fingerprint', models.CharField(max_length=64)),
                ('status', models.PositiveSmallIntegerField()),
                ('headers', models.JSONField(default=dict)),
                ('body', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField(auto_now_add=True, db_index=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'idempotency record',
                'verbose_name_plural': 'idempotency records',
                'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='one_answer_a_user_and_key')],
            },
        ),
        migrations.CreateModel(
            name='OutboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('message_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('destination', models.CharField(blank=True, max_length=40)),
                ('component', models.CharField(max_length=40)),
                ('topic', models.CharField(max_length=60)),
                ('aggregate_type', models.CharField(max_length=80)),
                ('aggregate_id', models.UUIDField()),
                ('aggregate_ref', models.CharField(blank=True, max_length=60)),
                ('aggregate_version', models.PositiveIntegerField()),
                ('external_key', models.CharField(blank=True, max_length=80)),
                ('payload', models.JSONField(blank=True, default=dict)),
                ('payload_hash', models.CharField(max_length=64)),
                ('schema_version', models.PositiveSmallIntegerField(default=1)),
                ('state', models.CharField(choices=[('pending', 'Queued'), ('leased', 'Sending'), ('ambiguous', 'Checking'), ('done', 'Delivered'), ('superseded', 'Replaced by a newer one'), ('dead', 'Needs a person'), ('skipped', 'Skipped')], default='pending', max_length=12)),
                ('priority', models.PositiveSmallIntegerField(default=100)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('available_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('retry_since', models.DateTimeField(default=django.utils.timezone.now)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('attempts_since_replay', models.PositiveIntegerField(default=0)),
                ('lease_token', models.UUIDField(blank=True, null=True)),
                ('lease_owner', models.CharField(blank=True, max_length=120)),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('ambiguous_until', models.DateTimeField(blank=True, null=True)),
                ('error_class', models.CharField(blank=True, max_length=40)),
                ('error_code', models.CharField(blank=True, max_length=80)),
                ('error_text', models.TextField(blank=True)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('superseded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='kernel.outboxmessage')),
            ],
            options={
                'verbose_name': 'message',
                'verbose_name_plural': 'messages',
                'indexes': [models.Index(condition=models.Q(('state__in', ['pending', 'ambiguous', 'leased'])), fields=['destination', 'priority', 'available_at', 'id'], name='outbox_due'), models.Index(fields=['aggregate_type', 'aggregate_id', 'id'], name='outbox_of_record'), models.Index(fields=['state', '-id'], name='outbox_by_state')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('destination', ''), _negated=True), fields=('destination', 'aggregate_type', 'aggregate_id', 'topic', 'aggregate_version'), name='outbox_one_intent_per_version'), models.UniqueConstraint(condition=models.Q(('state', 'leased')), fields=('destination', 'aggregate_type', 'aggregate_id'), name='outbox_one_in_flight_per_record'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'leased'), _negated=True), models.Q(('lease_token__isnull', False), ('leased_until__isnull', False)), _connector='OR'), name='outbox_leased_has_lease'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'ambiguous'), _negated=True), ('ambiguous_until__isnull', False), _connector='OR'), name='outbox_ambiguous_has_end')],
            },
        ),
    ]
