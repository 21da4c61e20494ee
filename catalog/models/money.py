"""Currencies with dated rates, taxes with dated rates, terms of payment, territories."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.fields import PercentField


class Currency(models.Model):
    """A currency by its ISO 4217 code, with the number of decimals it is paid in."""

    code = models.CharField(_("code"), max_length=3, unique=True)
    name = models.CharField(_("name"), max_length=60)
    symbol = models.CharField(_("symbol"), max_length=5, blank=True, default="")
    digits = models.PositiveSmallIntegerField(_("decimals"), default=2)
    is_base = models.BooleanField(_("base currency"), default=False)

    class Meta:
        verbose_name = _("currency")
        verbose_name_plural = _("currencies")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_base"], condition=models.Q(is_base=True), name="one_base_currency"
            ),
            models.CheckConstraint(condition=models.Q(digits__lte=4), name="currency_digits_up_to_four"),
        ]

    def __str__(self) -> str:
        return self.code


class ExchangeRate(models.Model):
    """What one unit of a currency is worth in the base currency from a day on."""

    currency = models.ForeignKey(
        Currency, on_delete=models.CASCADE, related_name="rates", verbose_name=_("currency")
    )
    rate = models.DecimalField(_("rate to base"), max_digits=15, decimal_places=8)
    valid_from = models.DateField(_("valid from"))

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["currency", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["currency", "valid_from"], name="one_rate_a_day_and_currency"),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="exchange_rate_is_positive"),
        ]

    def __str__(self) -> str:
        return f"1 {self.currency.code} = {self.rate} ({self.valid_from})"


class Territory(models.Model):
    """A sales region; may stand for default prices."""

    name = models.CharField(_("name"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TaxCode(models.Model):
    """A kind of tax treatment, such as standard or reduced; its rate depends on place and day."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)

    class Meta:
        verbose_name = _("tax code")
        verbose_name_plural = _("tax codes")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class TaxRate(models.Model):
    """The rate of a tax code in a country (or everywhere) and region, from a day on."""

    tax_code = models.ForeignKey(
        TaxCode, on_delete=models.CASCADE, related_name="rates", verbose_name=_("tax code")
    )
    country = models.CharField(_("country"), max_length=2, blank=True, default="")
    region = models.CharField(_("region"), max_length=60, blank=True, default="")
    percent = PercentField(_("percent"))
    valid_from = models.DateField(_("valid from"))

    class Meta:
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        ordering = ["tax_code", "country", "region", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["tax_code", "country", "region", "valid_from"], name="one_tax_rate_a_day_and_place"
            ),
            models.CheckConstraint(
                condition=models.Q(percent__gte=0, percent__lte=100), name="tax_rate_between_0_and_100"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tax_code.code} {self.country or '*'} {self.percent} %"


class PaymentTerms(models.Model):
    """When an invoice is made and when it is due."""

    class Invoicing(models.TextChoices):
        WHEN_ORDERED = "when_ordered", _("when ordered")
        WHEN_FULFILLED = "when_fulfilled", _("when fulfilled")

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    net_days = models.PositiveSmallIntegerField(_("days until due"), default=30)
    invoicing = models.CharField(
        _("invoice"), max_length=20, choices=Invoicing, default=Invoicing.WHEN_FULFILLED
    )
    early_percent = PercentField(_("early-payment discount %"), default=0)
    early_days = models.PositiveSmallIntegerField(_("early payment within days"), default=0)

    class Meta:
        verbose_name = _("payment terms")
        verbose_name_plural = _("payment terms")
        ordering = ["net_days"]

    def __str__(self) -> str:
        return self.name


class PaymentTermsPart(models.Model):
    """One instalment: so many percent, due so many days after the invoice; without parts all is due at once."""

    terms = models.ForeignKey(
        PaymentTerms, on_delete=models.CASCADE, related_name="parts", verbose_name=_("payment terms")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    percent = PercentField(_("percent"))
    days = models.PositiveSmallIntegerField(_("days until due"))

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("instalments")
        ordering = ["terms", "position"]
        constraints = [
            models.UniqueConstraint(fields=["terms", "position"], name="one_instalment_a_position"),
            models.CheckConstraint(
                condition=models.Q(percent__gt=0, percent__lte=100), name="instalment_between_0_and_100"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.percent} % in {self.days} days"
