import catalog.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('kernel', '0002_mail'),
        ('quotes', '0004_price_basis'),
    ]

    operations = [
        migrations.AddField(
            model_name='customerlink',
            name='mail',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='kernel.outgoingmail'),
        ),
        migrations.AddField(
            model_name='quote',
            name='last_viewed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='last viewed by the customer'),
        ),
        migrations.CreateModel(
            name='Acceptance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('customer_po', models.CharField(blank=True, default='', max_length=60, verbose_name="customer's order number")),
                ('total', catalog.fields.AmountField(decimal_places=4, max_digits=15, verbose_name='total')),
                ('terms_text', models.TextField(blank=True, default='', verbose_name='terms')),
                ('address', models.GenericIPAddressField(blank=True, null=True, verbose_name='network address')),
                ('accepted_at', models.DateTimeField(auto_now_add=True, verbose_name='accepted')),
                ('link', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quotes.customerlink', verbose_name='customer link')),
                ('quote', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='acceptance', to='quotes.quote', verbose_name='quote')),
            ],
            options={
                'verbose_name': 'acceptance',
                'verbose_name_plural': 'acceptances',
                'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='acceptance_is_signed')],
            },
        ),
    ]
