import catalog.fields
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('catalog', '0001_initial'),
        ('people', '0001_initial'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Account',
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
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('email', models.EmailField(blank=True, default='', max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, default='', max_length=40, verbose_name='phone')),
                ('website', models.CharField(blank=True, default='', max_length=200, verbose_name='website')),
                ('industry', models.CharField(blank=True, default='', max_length=100, verbose_name='industry')),
                ('tax_number', models.CharField(blank=True, default='', max_length=40, verbose_name='tax number')),
                ('tax_treatment', models.CharField(choices=[('normal', 'Normal'), ('exempt', 'Exempt'), ('reverse_charge', 'Reverse charge')], default='normal', max_length=20, verbose_name='tax treatment')),
                ('credit_limit', catalog.fields.AmountField(blank=True, decimal_places=4, max_digits=15, null=True, verbose_name='credit limit')),
                ('erp_code', models.CharField(blank=True, default='', max_length=60, verbose_name='customer code in the ERP')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('currency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.currency', verbose_name='currency')),
                ('merged_into', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.account')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='customers.account', verbose_name='parent account')),
                ('payment_terms', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.paymentterms', verbose_name='payment terms')),
                ('price_list', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.pricelist', verbose_name='price list')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.team', verbose_name='team')),
                ('territory', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.territory', verbose_name='territory')),
            ],
            options={
                'verbose_name': 'account',
                'verbose_name_plural': 'accounts',
                'indexes': [models.Index(fields=['name', 'id'], name='account_name'), models.Index(fields=['team', 'owner'], name='account_team_owner')],
                'constraints': [models.CheckConstraint(condition=models.Q(('credit_limit__isnull', True), ('credit_limit__gte', 0), _connector='OR'), name='account_credit_limit_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='Contact',
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
                ('first_name', models.CharField(blank=True, default='', max_length=100, verbose_name='first name')),
                ('last_name', models.CharField(max_length=100, verbose_name='last name')),
                ('job_title', models.CharField(blank=True, default='', max_length=100, verbose_name='job title')),
                ('role', models.CharField(blank=True, default='', max_length=60, verbose_name='role')),
                ('email', models.EmailField(blank=True, default='', max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, default='', max_length=40, verbose_name='phone')),
                ('mobile', models.CharField(blank=True, default='', max_length=40, verbose_name='mobile')),
                ('do_not_email', models.BooleanField(default=False, verbose_name='do not e-mail')),
                ('do_not_phone', models.BooleanField(default=False, verbose_name='do not phone')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='contacts', to='customers.account', verbose_name='account')),
                ('merged_into', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.contact')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='owner')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.team', verbose_name='team')),
            ],
            options={
                'verbose_name': 'contact',
                'verbose_name_plural': 'contacts',
                'indexes': [models.Index(fields=['last_name', 'id'], name='contact_last_name'), models.Index(fields=['team', 'owner'], name='contact_team_owner')],
            },
        ),
        migrations.AddField(
            model_name='account',
            name='primary_contact',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='customers.contact', verbose_name='primary contact'),
        ),
    ]
