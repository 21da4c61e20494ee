import catalog.documents
import catalog.fields
import django.db.models.deletion
import kernel.lifecycle
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0001_initial'),
        ('customers', '0001_initial'),
        ('leads', '0001_initial'),
        ('people', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='LossReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('status_reason', models.CharField(choices=[('canceled', 'Canceled'), ('out_sold', 'Out-sold')], default='out_sold', max_length=20)),
            ],
            options={
                'verbose_name': 'loss reason',
                'verbose_name_plural': 'loss reasons',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Pipeline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('is_default', models.BooleanField(default=False, verbose_name='default')),
            ],
            options={
                'verbose_name': 'pipeline',
                'verbose_name_plural': 'pipelines',
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('is_default',), name='one_default_pipeline')],
            },
        ),
        migrations.CreateModel(
            name='Stage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('probability', models.PositiveSmallIntegerField(verbose_name='probability %')),
                ('forecast', models.CharField(choices=[('pipeline', 'Pipeline'), ('best_case', 'Best case'), ('committed', 'Committed'), ('omitted', 'Omitted')], default='pipeline', max_length=20, verbose_name='forecast category')),
                ('required_fields', models.JSONField(blank=True, default=list, verbose_name='required fields')),
                ('advised_fields', models.JSONField(blank=True, default=list, verbose_name='advised fields')),
                ('rots_after_days', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='rots after days')),
                ('pipeline', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stages', to='opportunities.pipeline')),
            ],
            options={
                'verbose_name': 'stage',
                'verbose_name_plural': 'stages',
                'ordering': ['pipeline', 'position'],
                'constraints': [models.UniqueConstraint(fields=('pipeline', 'position'), name='one_stage_a_position'), models.CheckConstraint(condition=models.Q(('probability__lte', 100)), name='stage_probability_up_to_100')],
            },
        ),
        migrations.CreateModel(
            name='Opportunity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('search_text', models.TextField(blank=True, default='', editable=False)),
                ('custom', models.JSONField(blank=True, default=dict, verbose_name='custom fields')),
                ('exchange_rate', models.DecimalField(decimal_places=8, default=1, editable=False, max_digits=15, verbose_name='rate to base currency')),
                ('discount_percent', catalog.fields.PercentField(decimal_places=4, default=0, max_digits=9, verbose_name='discount %')),
                ('discount_amount', catalog.fields.AmountField(decimal_places=4, default=0, max_digits=15, verbose_name='discount amount')),
                ('freight', catalog.fields.AmountField(decimal_places=4, default=0, max_digits=15, verbose_name='freight')),
                ('freight_tax_rate', catalog.fields.PercentField(decimal_places=4, default=0, editable=False, max_digits=9)),
                ('rounding_profile', models.CharField(choices=[('per_line', 'Tax per line'), ('per_document', 'Tax per document'), ('dynamics', 'As Dynamics 365')], default=catalog.documents.usual_profile, editable=False, max_length=20, verbose_name='rounding')),
                ('engine_version', models.PositiveSmallIntegerField(default=1, editable=False)),
                ('detail_amount', catalog.fields.AmountField(decimal_places=4, default=0, editable=False, max_digits=15, verbose_name='lines')),
                ('line_discount_amount', catalog.fields.AmountField(decimal_places=4, default=0, editable=False, max_digits=15, verbose_name='line discounts')),
                ('header_discount_amount', catalog.fields.AmountField(decimal_places=4, default=0, editable=False, max_digits=15, verbose_name='document discount')),
                ('pre_freight_amount', catalog.fields.AmountField(decimal_places=4, default=0, editable=False, max_digits=15, verbose_name='net')),
                ('freight_tax', catalog.fields.AmountField(decimal_places=4, default=0, editable=False, max_digits=15)),
                ('total_tax', catalog.fields.AmountField(decimal_places=4, default=0, editable=False, max_digits=15, verbose_name='tax')),
                ('total', catalog.fields.AmountField(decimal_places=4, default=0, editable=False, max_digits=15, verbose_name='total')),
                ('total_base', catalog.fields.AmountField(decimal_places=4, default=0, editable=False, max_digits=15, verbose_name='total in base currency')),
                ('number', models.CharField(editable=False, max_length=30, unique=True, verbose_name='number')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('probability', models.PositiveSmallIntegerField(default=10, verbose_name='probability %')),
                ('revenue_mode', models.CharField(choices=[('user_provided', 'Typed'), ('system_calculated', 'Sum of lines')], default='user_provided', max_length=20, verbose_name='revenue')),
                ('estimated_revenue', catalog.fields.AmountField(decimal_places=4, default=0, max_digits=15, verbose_name='estimated revenue')),
                ('estimated_close_on', models.DateField(blank=True, null=True, verbose_name='estimated close date')),
                ('actual_revenue', catalog.fields.AmountField(blank=True, decimal_places=4, editable=False, max_digits=15, null=True, verbose_name='actual revenue')),
                ('closed_on', models.DateField(blank=True, editable=False, null=True, verbose_name='closed on')),
                ('need', models.TextField(blank=True, default='', verbose_name='need')),
                ('timeframe', models.CharField(blank=True, choices=[('immediate', 'Immediate'), ('this_quarter', 'This quarter'), ('next_quarter', 'Next quarter'), ('this_year', 'This year'), ('unknown', 'Unknown')], default='', max_length=20, verbose_name='purchase timeframe')),
                ('next_step', models.CharField(blank=True, default='', max_length=200, verbose_name='next step')),
                ('next_step_on', models.DateField(blank=True, null=True, verbose_name='next step on')),
                ('status', kernel.lifecycle.StateField(choices=[('open', 'Open'), ('won', 'Won'), ('lost', 'Lost')], default='open', max_length=20, protected=True, verbose_name='status')),
                ('status_reason', models.CharField(choices=[('in_progress', 'In progress'), ('on_hold', 'On hold'), ('won', 'Won'), ('canceled', 'Canceled'), ('out_sold', 'Out-sold')], default='in_progress', editable=False, max_length=30, verbose_name='reason')),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='customers.account', verbose_name='account')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='%(class)ss', to='customers.contact', verbose_name='contact')),
                ('currency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.currency', verbose_name='currency')),
                ('freight_tax_code', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.taxcode', verbose_name='freight tax')),
                ('lead', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='opportunities', to='leads.lead')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('price_list', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.pricelist', verbose_name='price list')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.team', verbose_name='team')),
                ('stage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='opportunities', to='opportunities.stage', verbose_name='stage')),
            ],
            options={
                'verbose_name': 'opportunity',
                'verbose_name_plural': 'opportunities',
                'indexes': [models.Index(fields=['status', '-id'], name='opp_status_newest'), models.Index(fields=['owner', 'status', '-id'], name='opp_owner_status'), models.Index(fields=['team', 'status', '-id'], name='opp_team_status'), models.Index(fields=['stage', 'status', '-id'], name='opp_stage_status'), models.Index(fields=['estimated_close_on', 'id'], name='opp_close_on')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('status', 'open'), ('status_reason__in', ['in_progress', 'on_hold'])), models.Q(('status', 'won'), ('status_reason__in', ['won'])), models.Q(('status', 'lost'), ('status_reason__in', ['canceled', 'out_sold'])), _connector='OR'), name='opportunity_reason_matches_status'), models.CheckConstraint(condition=models.Q(('account__isnull', False), ('contact__isnull', False), _connector='OR'), name='opportunity_has_customer'), models.CheckConstraint(condition=models.Q(('probability__lte', 100)), name='opportunity_probability_up_to_100')],
            },
        ),
        migrations.CreateModel(
            name='StageVisit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('entered_at', models.DateTimeField()),
                ('left_at', models.DateTimeField(blank=True, null=True)),
                ('opportunity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stage_visits', to='opportunities.opportunity')),
                ('stage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='opportunities.stage')),
            ],
            options={
                'ordering': ['entered_at'],
            },
        ),
        migrations.CreateModel(
            name='Stakeholder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(blank=True, default='', max_length=60, verbose_name='role')),
                ('contact', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.contact')),
                ('opportunity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stakeholders', to='opportunities.opportunity')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('opportunity', 'contact'), name='one_stakeholder_a_contact')],
            },
        ),
        migrations.CreateModel(
            name='OpportunityClose',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('won', 'Won'), ('lost', 'Lost')], max_length=10)),
                ('closed_on', models.DateField()),
                ('actual_revenue', catalog.fields.AmountField(blank=True, decimal_places=4, max_digits=15, null=True)),
                ('competitor', models.CharField(blank=True, default='', max_length=100)),
                ('note', models.TextField(blank=True, default='')),
                ('is_canceled', models.BooleanField(default=False)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('loss_reason', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='opportunities.lossreason')),
                ('opportunity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='closes', to='opportunities.opportunity')),
            ],
            options={
                'verbose_name': 'close of opportunity',
                'verbose_name_plural': 'closes of opportunities',
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_canceled', False)), fields=('opportunity',), name='one_valid_close_an_opportunity')],
            },
        ),
        migrations.CreateModel(
            name='OpportunityLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('position', models.PositiveIntegerField(verbose_name='position')),
                ('description', models.CharField(max_length=500, verbose_name='description')),
                ('quantity', catalog.fields.QuantityField(decimal_places=5, default=1, max_digits=15, verbose_name='quantity')),
                ('list_price', catalog.fields.AmountField(blank=True, decimal_places=4, editable=False, max_digits=15, null=True, verbose_name='list price')),
                ('unit_price', catalog.fields.AmountField(decimal_places=4, default=0, max_digits=15, verbose_name='unit price')),
                ('price_is_overridden', models.BooleanField(default=False, verbose_name='price set by hand')),
                ('volume_discount', catalog.fields.AmountField(decimal_places=4, default=0, max_digits=15, verbose_name='volume discount per unit')),
                ('discount_percent', catalog.fields.PercentField(blank=True, decimal_places=4, max_digits=9, null=True, verbose_name='discount %')),
                ('discount_amount', catalog.fields.AmountField(blank=True, decimal_places=4, max_digits=15, null=True, verbose_name='discount amount')),
                ('tax_rate', catalog.fields.PercentField(decimal_places=4, default=0, max_digits=9, verbose_name='tax %')),
                ('typed_tax', catalog.fields.AmountField(blank=True, decimal_places=4, max_digits=15, null=True, verbose_name='tax typed by hand')),
                ('unit_cost', catalog.fields.AmountField(blank=True, decimal_places=4, editable=False, max_digits=15, null=True, verbose_name='unit cost')),
                ('base', catalog.fields.AmountField(decimal_places=4, default=0, editable=False, max_digits=15)),
                ('manual_discount', catalog.fields.AmountField(decimal_places=4, default=0, editable=False, max_digits=15)),
                ('net', catalog.fields.AmountField(decimal_places=4, default=0, editable=False, max_digits=15, verbose_name='net')),
                ('header_discount', catalog.fields.AmountField(decimal_places=4, default=0, editable=False, max_digits=15)),
                ('tax', catalog.fields.AmountField(decimal_places=4, default=0, editable=False, max_digits=15, verbose_name='tax')),
                ('total', catalog.fields.AmountField(decimal_places=4, default=0, editable=False, max_digits=15, verbose_name='total')),
                ('opportunity', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='opportunities.opportunity')),
                ('product', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.product', verbose_name='product')),
                ('tax_code', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.taxcode', verbose_name='tax')),
                ('unit', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.unit', verbose_name='unit')),
            ],
            options={
                'ordering': ['position', 'id'],
                'abstract': False,
                'indexes': [models.Index(fields=['opportunity', 'position'], name='opp_line_position')],
            },
        ),
    ]
