"""Units and products."""

import datetime as dt
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from catalog.fields import AmountField, QuantityField
from catalog.models.money import TaxCode
from kernel.errors import Blocker
from kernel.lifecycle import Guard, StateField, StatefulModel
from kernel.models import Record
from people.access import allows


class UnitGroup(models.Model):
    """Units that convert into each other through one base unit."""

    name = models.CharField(_("name"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("unit group")
        verbose_name_plural = _("unit groups")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A unit things are sold in; ``factor`` says how many base units it holds."""

    group = models.ForeignKey(
        UnitGroup, on_delete=models.PROTECT, related_name="units", verbose_name=_("group")
    )
    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    factor = QuantityField(_("base units"), default=1)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["group", "factor"]
        constraints = [
            models.CheckConstraint(condition=models.Q(factor__gt=0), name="unit_factor_is_positive")
        ]

    def __str__(self) -> str:
        return self.code


class ProductFamily(models.Model):
    """Products that belong together."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )

    class Meta:
        verbose_name = _("product family")
        verbose_name_plural = _("product families")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class BundleMember(models.Model):
    """A product that comes with a bundle, or is offered beside it."""

    bundle = models.ForeignKey(
        "Product", on_delete=models.CASCADE, related_name="members", verbose_name=_("bundle")
    )
    member = models.ForeignKey(
        "Product", on_delete=models.PROTECT, related_name="+", verbose_name=_("product")
    )
    quantity = QuantityField(_("quantity per bundle"), default=1)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    is_required = models.BooleanField(_("required"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("bundle member")
        verbose_name_plural = _("bundle members")
        ordering = ["bundle", "position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["bundle", "member"], name="one_membership_a_bundle_and_product"),
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="bundle_quantity_is_positive"),
            models.CheckConstraint(
                condition=~models.Q(bundle=models.F("member")), name="a_bundle_does_not_hold_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.member}"


class RelatedProduct(models.Model):
    """A product worth naming beside another one: more of it, a better one, something to go with it, or instead."""

    class Kind(models.TextChoices):
        CROSS_SELL = "cross_sell", _("Cross-sell")
        UP_SELL = "up_sell", _("Up-sell")
        ACCESSORY = "accessory", _("Accessory")
        SUBSTITUTE = "substitute", _("Substitute")

    product = models.ForeignKey(
        "Product", on_delete=models.CASCADE, related_name="related", verbose_name=_("product")
    )
    other = models.ForeignKey(
        "Product", on_delete=models.CASCADE, related_name="+", verbose_name=_("other product")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.ACCESSORY)

    class Meta:
        verbose_name = _("related product")
        verbose_name_plural = _("related products")
        ordering = ["product", "kind", "id"]
        constraints = [
            models.UniqueConstraint(fields=["product", "other", "kind"], name="one_relation_a_kind"),
            models.CheckConstraint(
                condition=~models.Q(product=models.F("other")), name="a_product_is_not_related_to_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product}: {self.get_kind_display()} {self.other}"


has_unit = Guard("no_unit", _("it has no unit"), lambda product: product.unit_id is not None, field="unit")
has_members = Guard(
    "no_members",
    _("it is a bundle without members"),
    lambda product: product.kind != Product.Kind.BUNDLE or product.members.exists(),
    field="members",
    fix="catalog:members",
)
has_members_on_sale = Guard(
    "member_not_on_sale",
    _("a member that it always holds is not on sale"),
    lambda product: (
        product.kind != Product.Kind.BUNDLE
        or not product.members.filter(is_required=True).exclude(member__status="active").exists()
    ),
    field="members",
    fix="catalog:members",
)
is_in_no_bundle_on_sale = Guard(
    "in_bundle_on_sale",
    _("a bundle on sale always holds it"),
    lambda product: (
        not BundleMember.objects.filter(member=product, is_required=True, bundle__status="active").exists()
    ),
)


class Product(StatefulModel, Record):
    """Something we sell; only active products can be added to a document."""

    is_removable = True

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        ACTIVE = "active", _("Active")
        UNDER_REVISION = "under_revision", _("Under revision")
        RETIRED = "retired", _("Retired")

    class Kind(models.TextChoices):
        PRODUCT = "product", _("Product")
        SERVICE = "service", _("Service")
        BUNDLE = "bundle", _("Bundle")

    sku = models.CharField(_("SKU"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("description"), blank=True, default="")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.PRODUCT)
    family = models.ForeignKey(
        ProductFamily, on_delete=models.PROTECT, null=True, blank=True, related_name="products"
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit"))
    decimals = models.PositiveSmallIntegerField(_("decimals of quantity"), default=0)
    list_price = AmountField(_("list price"), default=0)
    standard_cost = AmountField(_("standard cost"), null=True, blank=True)
    current_cost = AmountField(_("current cost"), null=True, blank=True)
    tax_code = models.ForeignKey(
        TaxCode, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tax code")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    status = StateField(choices=Status.choices, default=Status.DRAFT)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["sku"]
        indexes = [models.Index(fields=["status", "sku"], name="product_status_sku")]
        constraints = [
            models.CheckConstraint(condition=models.Q(decimals__lte=5), name="product_decimals_up_to_five"),
            models.CheckConstraint(
                condition=models.Q(list_price__gte=0), name="product_list_price_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "active", "under_revision", "retired"]),
                name="product_status_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sku} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("catalog:product", args=[self.ref])

    @property
    def ref(self) -> str:
        return self.sku

    @classmethod
    def ref_filter(cls, ref: str) -> dict[str, Any]:
        return {"sku": ref}

    def kept_because(self) -> list[Blocker]:
        """What was ever sold is retired, not deleted."""
        if self.status != self.Status.DRAFT:
            return [Blocker("not_draft", _("it was on sale; retire it instead"))]
        return []

    def searchable(self) -> list[Any]:
        return [self.sku, self.name]

    @property
    def is_bundle(self) -> bool:
        return self.kind == self.Kind.BUNDLE

    def sold_on(self, day: dt.date) -> bool:
        """Whether the day lies in its period of sale."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)

    @transition(
        field=status,
        source=[Status.DRAFT, Status.UNDER_REVISION, Status.RETIRED],
        target=Status.ACTIVE,
        conditions=[has_unit, has_members, has_members_on_sale],
        permission=allows("activate"),
        custom={"label": _("Activate"), "primary": True},
    )
    def activate(self) -> None:
        """Offer the product for sale."""

    @transition(
        field=status,
        source=Status.ACTIVE,
        target=Status.UNDER_REVISION,
        permission=allows("revise"),
        custom={"label": _("Revise")},
    )
    def revise(self) -> None:
        """Take the product out of sale while it is changed."""

    @transition(
        field=status,
        source=[Status.ACTIVE, Status.UNDER_REVISION],
        target=Status.RETIRED,
        conditions=[is_in_no_bundle_on_sale],
        permission=allows("retire"),
        custom={"label": _("Retire"), "danger": True},
    )
    def retire(self) -> None:
        """Stop selling the product; documents that have it keep it."""
