import catalog.fields
import django.db.models.deletion
import kernel.lifecycle
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='PaymentTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
                ('net_days', models.PositiveSmallIntegerField(default=30, verbose_name='days until due')),
                ('invoicing', models.CharField(choices=[('when_ordered', 'when ordered'), ('when_fulfilled', 'when fulfilled')], default='when_fulfilled', max_length=20, verbose_name='invoice')),
            ],
            options={
                'verbose_name': 'payment terms',
                'verbose_name_plural': 'payment terms',
                'ordering': ['net_days'],
            },
        ),
        migrations.CreateModel(
            name='TaxCode',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=100, verbose_name='name')),
            ],
            options={
                'verbose_name': 'tax code',
                'verbose_name_plural': 'tax codes',
                'ordering': ['code'],
            },
        ),
        migrations.CreateModel(
            name='Territory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
            ],
            options={
                'verbose_name': 'territory',
                'verbose_name_plural': 'territories',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('factor', catalog.fields.QuantityField(decimal_places=5, default=1, max_digits=15, verbose_name='base units')),
            ],
            options={
                'verbose_name': 'unit',
                'verbose_name_plural': 'units',
                'ordering': ['group', 'factor'],
                'constraints': [models.CheckConstraint(condition=models.Q(('factor__gt', 0)), name='unit_factor_is_positive')],
            },
        ),
        migrations.CreateModel(
            name='UnitGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, unique=True, verbose_name='name')),
            ],
            options={
                'verbose_name': 'unit group',
                'verbose_name_plural': 'unit groups',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Currency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=3, unique=True, verbose_name='code')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('symbol', models.CharField(blank=True, default='', max_length=5, verbose_name='symbol')),
                ('digits', models.PositiveSmallIntegerField(default=2, verbose_name='decimals')),
                ('is_base', models.BooleanField(default=False, verbose_name='base currency')),
            ],
            options={
                'verbose_name': 'currency',
                'verbose_name_plural': 'currencies',
                'ordering': ['code'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_base', True)), fields=('is_base',), name='one_base_currency'), models.CheckConstraint(condition=models.Q(('digits__lte', 4)), name='currency_digits_up_to_four')],
            },
        ),
        migrations.CreateModel(
            name='DiscountList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('kind', models.CharField(choices=[('percent', 'Percent'), ('amount', 'Amount per unit')], default='percent', max_length=10, verbose_name='kind')),
                ('currency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.currency')),
            ],
            options={
                'verbose_name': 'discount list',
                'verbose_name_plural': 'discount lists',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='PriceList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('search_text', models.TextField(blank=True, default='', editable=False)),
                ('custom', models.JSONField(blank=True, default=dict, verbose_name='custom fields')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('is_default', models.BooleanField(default=False, verbose_name='default of its currency')),
                ('currency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.currency', verbose_name='currency')),
                ('territories', models.ManyToManyField(blank=True, related_name='price_lists', to='catalog.territory')),
            ],
            options={
                'verbose_name': 'price list',
                'verbose_name_plural': 'price lists',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('currency',), name='one_default_price_list_a_currency')],
            },
        ),
        migrations.CreateModel(
            name='ProductFamily',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, unique=True, verbose_name='name')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='catalog.productfamily')),
            ],
            options={
                'verbose_name': 'product family',
                'verbose_name_plural': 'product families',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('search_text', models.TextField(blank=True, default='', editable=False)),
                ('custom', models.JSONField(blank=True, default=dict, verbose_name='custom fields')),
                ('sku', models.CharField(max_length=60, unique=True, verbose_name='SKU')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('description', models.TextField(blank=True, default='', verbose_name='description')),
                ('kind', models.CharField(choices=[('product', 'Product'), ('service', 'Service'), ('bundle', 'Bundle')], default='product', max_length=20, verbose_name='kind')),
                ('decimals', models.PositiveSmallIntegerField(default=0, verbose_name='decimals of quantity')),
                ('list_price', catalog.fields.AmountField(decimal_places=4, default=0, max_digits=15, verbose_name='list price')),
                ('standard_cost', catalog.fields.AmountField(blank=True, decimal_places=4, max_digits=15, null=True, verbose_name='standard cost')),
                ('current_cost', catalog.fields.AmountField(blank=True, decimal_places=4, max_digits=15, null=True, verbose_name='current cost')),
                ('valid_from', models.DateField(blank=True, null=True, verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
                ('status', kernel.lifecycle.StateField(choices=[('draft', 'Draft'), ('active', 'Active'), ('under_revision', 'Under revision'), ('retired', 'Retired')], default='draft', max_length=20, protected=True)),
                ('family', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='products', to='catalog.productfamily')),
                ('tax_code', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.taxcode', verbose_name='tax code')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.unit', verbose_name='unit')),
            ],
            options={
                'verbose_name': 'product',
                'verbose_name_plural': 'products',
                'ordering': ['sku'],
                'indexes': [models.Index(fields=['status', 'sku'], name='product_status_sku')],
                'constraints': [models.CheckConstraint(condition=models.Q(('decimals__lte', 5)), name='product_decimals_up_to_five'), models.CheckConstraint(condition=models.Q(('list_price__gte', 0)), name='product_list_price_not_negative'), models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'active', 'under_revision', 'retired'])), name='product_status_known')],
            },
        ),
        migrations.CreateModel(
            name='PriceListItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('method', models.CharField(choices=[('amount', 'Amount'), ('percent_of_list', 'Percent of list price'), ('markup_current', 'Markup on current cost'), ('margin_current', 'Margin on current cost'), ('markup_standard', 'Markup on standard cost'), ('margin_standard', 'Margin on standard cost')], default='amount', max_length=20, verbose_name='method')),
                ('amount', catalog.fields.AmountField(blank=True, decimal_places=4, max_digits=15, null=True, verbose_name='amount')),
                ('percent', catalog.fields.PercentField(blank=True, decimal_places=4, max_digits=9, null=True, verbose_name='percent')),
                ('rounding', models.CharField(choices=[('none', 'None'), ('up', 'Up'), ('down', 'Down'), ('nearest', 'To nearest')], default='none', max_length=10, verbose_name='rounding')),
                ('rounding_option', models.CharField(choices=[('ends_in', 'Ends in'), ('multiple_of', 'Multiple of')], default='multiple_of', max_length=15, verbose_name='rounding option')),
                ('rounding_amount', catalog.fields.AmountField(blank=True, decimal_places=4, max_digits=15, null=True, verbose_name='rounding amount')),
                ('selling', models.CharField(choices=[('no_control', 'No control'), ('whole', 'Whole'), ('whole_and_fractional', 'Whole and fractional')], default='no_control', max_length=25, verbose_name='quantity')),
                ('discount_list', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.discountlist')),
                ('price_list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='items', to='catalog.pricelist')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='price_list_items', to='catalog.product')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.unit')),
            ],
            options={
                'verbose_name': 'price list item',
                'verbose_name_plural': 'price list items',
                'ordering': ['price_list', 'product'],
                'constraints': [models.UniqueConstraint(fields=('price_list', 'product', 'unit'), name='one_price_a_list_product_unit'), models.CheckConstraint(condition=models.Q(models.Q(('amount__isnull', False), ('method', 'amount')), models.Q(models.Q(('method', 'amount'), _negated=True), ('percent__isnull', False)), _connector='OR'), name='price_item_has_amount_or_percent')],
            },
        ),
        migrations.AddField(
            model_name='unit',
            name='group',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='units', to='catalog.unitgroup', verbose_name='group'),
        ),
        migrations.CreateModel(
            name='DiscountTier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('low', catalog.fields.QuantityField(decimal_places=5, max_digits=15, verbose_name='from')),
                ('high', catalog.fields.QuantityField(blank=True, decimal_places=5, max_digits=15, null=True, verbose_name='to')),
                ('value', catalog.fields.AmountField(decimal_places=4, max_digits=15, verbose_name='discount')),
                ('discount_list', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tiers', to='catalog.discountlist')),
            ],
            options={
                'verbose_name': 'discount tier',
                'verbose_name_plural': 'discount tiers',
                'ordering': ['discount_list', 'low'],
                'constraints': [models.UniqueConstraint(fields=('discount_list', 'low'), name='one_tier_a_start'), models.CheckConstraint(condition=models.Q(('high__isnull', True), ('high__gte', models.F('low')), _connector='OR'), name='tier_low_to_high'), models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='tier_value_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='ExchangeRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('rate', models.DecimalField(decimal_places=8, max_digits=15, verbose_name='rate to base')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('currency', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rates', to='catalog.currency', verbose_name='currency')),
            ],
            options={
                'verbose_name': 'exchange rate',
                'verbose_name_plural': 'exchange rates',
                'ordering': ['currency', '-valid_from'],
                'constraints': [models.UniqueConstraint(fields=('currency', 'valid_from'), name='one_rate_a_day_and_currency'), models.CheckConstraint(condition=models.Q(('rate__gt', 0)), name='exchange_rate_is_positive')],
            },
        ),
        migrations.CreateModel(
            name='TaxRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('country', models.CharField(blank=True, default='', max_length=2, verbose_name='country')),
                ('region', models.CharField(blank=True, default='', max_length=60, verbose_name='region')),
                ('percent', catalog.fields.PercentField(decimal_places=4, max_digits=9, verbose_name='percent')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('tax_code', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rates', to='catalog.taxcode', verbose_name='tax code')),
            ],
            options={
                'verbose_name': 'tax rate',
                'verbose_name_plural': 'tax rates',
                'ordering': ['tax_code', 'country', 'region', '-valid_from'],
                'constraints': [models.UniqueConstraint(fields=('tax_code', 'country', 'region', 'valid_from'), name='one_tax_rate_a_day_and_place'), models.CheckConstraint(condition=models.Q(('percent__gte', 0), ('percent__lte', 100)), name='tax_rate_between_0_and_100')],
            },
        ),
    ]
