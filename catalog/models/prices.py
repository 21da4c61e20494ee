"""Price lists with items, and discount lists with tiers."""

import datetime as dt

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from catalog.fields import AmountField, PercentField, QuantityField
from catalog.models.money import Currency, Territory
from catalog.models.products import Product, Unit
from kernel.models import Record


class DiscountList(models.Model):
    """A discount per unit that grows with the quantity."""

    class Kind(models.TextChoices):
        PERCENT = "percent", _("Percent")
        AMOUNT = "amount", _("Amount per unit")

    name = models.CharField(_("name"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PERCENT)
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("discount list")
        verbose_name_plural = _("discount lists")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DiscountTier(models.Model):
    """From ``low`` up to and including ``high`` units this discount holds; no high means no end."""

    discount_list = models.ForeignKey(DiscountList, on_delete=models.CASCADE, related_name="tiers")
    low = QuantityField(_("from"))
    high = QuantityField(_("to"), null=True, blank=True)
    value = AmountField(_("discount"))

    class Meta:
        verbose_name = _("discount tier")
        verbose_name_plural = _("discount tiers")
        ordering = ["discount_list", "low"]
        constraints = [
            models.UniqueConstraint(fields=["discount_list", "low"], name="one_tier_a_start"),
            models.CheckConstraint(
                condition=models.Q(high__isnull=True) | models.Q(high__gte=models.F("low")),
                name="tier_low_to_high",
            ),
            models.CheckConstraint(condition=models.Q(value__gte=0), name="tier_value_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.low}–{self.high or '…'}: {self.value}"


class PriceList(Record):
    """Prices in one currency for a period; a customer or a territory may have its own."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    currency = models.ForeignKey(
        Currency, on_delete=models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_default = models.BooleanField(_("default of its currency"), default=False)
    territories = models.ManyToManyField(
        Territory, blank=True, related_name="price_lists", verbose_name=_("territories")
    )
    # The list whose place this one takes from its first day on: whoever had that one has this one then.
    follows = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="followers",
        editable=False,
        verbose_name=_("follows"),
    )

    class Meta:
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["currency"],
                condition=models.Q(is_default=True),
                name="one_default_price_list_a_currency",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_from__isnull=True)
                | models.Q(valid_to__isnull=True)
                | models.Q(valid_from__lte=models.F("valid_to")),
                name="price_list_period_has_an_order",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalog:price-list", args=[self.ref])

    @property
    def ref(self) -> str:
        return str(self.public_id)

    def holds_on(self, day: dt.date) -> bool:
        """Whether its prices are for use on that day."""
        begun = self.valid_from is None or self.valid_from <= day
        return self.is_active and begun and (self.valid_to is None or day <= self.valid_to)


class PriceListItem(models.Model):
    """The price of one product in one unit on a price list, by one of six methods."""

    class Method(models.TextChoices):
        AMOUNT = "amount", _("Amount")
        PERCENT_OF_LIST = "percent_of_list", _("Percent of list price")
        MARKUP_CURRENT = "markup_current", _("Markup on current cost")
        MARGIN_CURRENT = "margin_current", _("Margin on current cost")
        MARKUP_STANDARD = "markup_standard", _("Markup on standard cost")
        MARGIN_STANDARD = "margin_standard", _("Margin on standard cost")

    class Rounding(models.TextChoices):
        NONE = "none", _("None")
        UP = "up", _("Up")
        DOWN = "down", _("Down")
        NEAREST = "nearest", _("To nearest")

    class RoundingOption(models.TextChoices):
        ENDS_IN = "ends_in", _("Ends in")
        MULTIPLE_OF = "multiple_of", _("Multiple of")

    class Selling(models.TextChoices):
        NO_CONTROL = "no_control", _("No control")
        WHOLE = "whole", _("Whole")
        WHOLE_AND_FRACTIONAL = "whole_and_fractional", _("Whole and fractional")

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="items")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="price_list_items")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    method = models.CharField(_("method"), max_length=20, choices=Method, default=Method.AMOUNT)
    amount = AmountField(_("amount"), null=True, blank=True)
    percent = PercentField(_("percent"), null=True, blank=True)
    rounding = models.CharField(_("rounding"), max_length=10, choices=Rounding, default=Rounding.NONE)
    rounding_option = models.CharField(
        _("rounding option"), max_length=15, choices=RoundingOption, default=RoundingOption.MULTIPLE_OF
    )
    rounding_amount = AmountField(_("rounding amount"), null=True, blank=True)
    selling = models.CharField(_("quantity"), max_length=25, choices=Selling, default=Selling.NO_CONTROL)
    discount_list = models.ForeignKey(
        DiscountList, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("price list item")
        verbose_name_plural = _("price list items")
        ordering = ["price_list", "product"]
        constraints = [
            models.UniqueConstraint(
                fields=["price_list", "product", "unit"], name="one_price_a_list_product_unit"
            ),
            models.CheckConstraint(
                condition=models.Q(method="amount", amount__isnull=False)
                | (~models.Q(method="amount") & models.Q(percent__isnull=False)),
                name="price_item_has_amount_or_percent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} on {self.price_list}"
