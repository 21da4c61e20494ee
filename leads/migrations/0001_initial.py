import catalog.fields
import django.db.models.deletion
import kernel.lifecycle
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('customers', '0001_initial'),
        ('people', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Lead',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('search_text', models.TextField(blank=True, default='', editable=False)),
                ('custom', models.JSONField(blank=True, default=dict, verbose_name='custom fields')),
                ('street', models.CharField(blank=True, default='', max_length=200, verbose_name='street')),
                ('postcode', models.CharField(blank=True, default='', max_length=20, verbose_name='postcode')),
                ('city', models.CharField(blank=True, default='', max_length=100, verbose_name='city')),
                ('region', models.CharField(blank=True, default='', max_length=60, verbose_name='region')),
                ('country', models.CharField(blank=True, default='', max_length=2, verbose_name='country')),
                ('number', models.CharField(editable=False, max_length=30, unique=True, verbose_name='number')),
                ('topic', models.CharField(max_length=200, verbose_name='topic')),
                ('first_name', models.CharField(blank=True, default='', max_length=100, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, default='', max_length=100, verbose_name='last name')),
                ('company', models.CharField(blank=True, default='', max_length=200, verbose_name='company')),
                ('job_title', models.CharField(blank=True, default='', max_length=100, verbose_name='job title')),
                ('email', models.EmailField(blank=True, default='', max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, default='', max_length=40, verbose_name='phone')),
                ('mobile', models.CharField(blank=True, default='', max_length=40, verbose_name='mobile')),
                ('website', models.CharField(blank=True, default='', max_length=200, verbose_name='website')),
                ('source', models.CharField(choices=[('advertisement', 'Advertisement'), ('employee_referral', 'Employee referral'), ('external_referral', 'External referral'), ('partner', 'Partner'), ('public_relations', 'Public relations'), ('seminar', 'Seminar'), ('trade_show', 'Trade show'), ('web', 'Web'), ('word_of_mouth', 'Word of mouth'), ('purchased_list', 'Purchased list'), ('other', 'Other')], default='other', max_length=30, verbose_name='source')),
                ('rating', models.CharField(choices=[('hot', 'Hot'), ('warm', 'Warm'), ('cold', 'Cold')], default='warm', max_length=10, verbose_name='rating')),
                ('industry', models.CharField(blank=True, default='', max_length=100, verbose_name='industry')),
                ('budget_amount', catalog.fields.AmountField(blank=True, decimal_places=4, max_digits=15, null=True, verbose_name='budget')),
                ('budget_status', models.CharField(blank=True, choices=[('no_budget', 'No committed budget'), ('may_buy', 'May buy'), ('can_buy', 'Can buy'), ('will_buy', 'Will buy')], default='', max_length=20, verbose_name='budget status')),
                ('need', models.TextField(blank=True, default='', verbose_name='need')),
                ('timeframe', models.CharField(blank=True, choices=[('immediate', 'Immediate'), ('this_quarter', 'This quarter'), ('next_quarter', 'Next quarter'), ('this_year', 'This year'), ('unknown', 'Unknown')], default='', max_length=20, verbose_name='purchase timeframe')),
                ('purchase_process', models.CharField(blank=True, choices=[('individual', 'Individual'), ('committee', 'Committee'), ('unknown', 'Unknown')], default='', max_length=20, verbose_name='purchase process')),
                ('decision_maker', models.BooleanField(default=False, verbose_name='decision maker')),
                ('estimated_value', catalog.fields.AmountField(blank=True, decimal_places=4, max_digits=15, null=True, verbose_name='estimated value')),
                ('estimated_close_on', models.DateField(blank=True, null=True, verbose_name='estimated close date')),
                ('campaign', models.CharField(blank=True, default='', max_length=100, verbose_name='campaign')),
                ('do_not_email', models.BooleanField(default=False, verbose_name='do not e-mail')),
                ('do_not_phone', models.BooleanField(default=False, verbose_name='do not phone')),
                ('status', kernel.lifecycle.StateField(choices=[('open', 'Open'), ('qualified', 'Qualified'), ('disqualified', 'Disqualified')], default='open', max_length=20, protected=True, verbose_name='status')),
                ('status_reason', models.CharField(choices=[('new', 'New'), ('contacted', 'Contacted'), ('qualified', 'Qualified'), ('lost', 'Lost'), ('cannot_contact', 'Cannot contact'), ('no_longer_interested', 'No longer interested'), ('canceled', 'Canceled')], default='new', editable=False, max_length=30, verbose_name='reason')),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leads', to='customers.account', verbose_name='existing account')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='leads', to='customers.contact', verbose_name='existing contact')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.team', verbose_name='team')),
            ],
            options={
                'verbose_name': 'lead',
                'verbose_name_plural': 'leads',
                'indexes': [models.Index(fields=['status', '-id'], name='lead_status_newest'), models.Index(fields=['owner', 'status', '-id'], name='lead_owner_status'), models.Index(fields=['team', 'status', '-id'], name='lead_team_status'), models.Index(fields=['last_name', 'id'], name='lead_last_name'), models.Index(fields=['company', 'id'], name='lead_company')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('status', 'open'), ('status_reason__in', ['new', 'contacted'])), models.Q(('status', 'qualified'), ('status_reason__in', ['qualified'])), models.Q(('status', 'disqualified'), ('status_reason__in', ['lost', 'cannot_contact', 'no_longer_interested', 'canceled'])), _connector='OR'), name='lead_reason_matches_status'), models.CheckConstraint(condition=models.Q(('topic', ''), _negated=True), name='lead_has_topic'), models.CheckConstraint(condition=models.Q(models.Q(('last_name', ''), _negated=True), models.Q(('company', ''), _negated=True), _connector='OR'), name='lead_has_name_or_company')],
            },
        ),
    ]
