"""What opportunity, quote, order and invoice share: money columns, a customer, addresses and priced lines.

Only nouns and their arithmetic; each document has a life of its own.
"""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from catalog.fields import AmountField, PercentField, QuantityField
from kernel.models import Owned, Record
from kernel.pricing import ENGINE_VERSION, Profile

PROFILES = [
    (Profile.PER_LINE.value, _("Tax per line")),
    (Profile.PER_DOCUMENT.value, _("Tax per document")),
    (Profile.DYNAMICS.value, _("As Dynamics 365")),
]


def usual_profile() -> str:
    """The rounding of new documents, by the organization's setting; what stands on a document stays."""
    return str(settings.ROUNDING_PROFILE)


class PricedDocument(Owned, Record):
    """A document with a customer, a currency and amounts; the amounts are written by reprice() only."""

    account = models.ForeignKey(
        "customers.Account",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("account"),
    )
    contact = models.ForeignKey(
        "customers.Contact",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        verbose_name=_("contact"),
    )
    currency = models.ForeignKey(
        "catalog.Currency", on_delete=models.PROTECT, related_name="+", verbose_name=_("currency")
    )
    exchange_rate = models.DecimalField(
        _("rate to base currency"), max_digits=15, decimal_places=8, default=1, editable=False
    )
    price_list = models.ForeignKey(
        "catalog.PriceList",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("price list"),
    )
    discount_percent = PercentField(_("discount %"), default=0)
    discount_amount = AmountField(_("discount amount"), default=0)
    freight = AmountField(_("freight"), default=0)
    freight_tax_code = models.ForeignKey(
        "catalog.TaxCode",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("freight tax"),
    )
    freight_tax_rate = PercentField(default=0, editable=False)
    rounding_profile = models.CharField(
        _("rounding"), max_length=20, choices=PROFILES, default=usual_profile, editable=False
    )
    engine_version = models.PositiveSmallIntegerField(default=ENGINE_VERSION, editable=False)
    detail_amount = AmountField(_("lines"), default=0, editable=False)
    line_discount_amount = AmountField(_("line discounts"), default=0, editable=False)
    header_discount_amount = AmountField(_("document discount"), default=0, editable=False)
    pre_freight_amount = AmountField(_("net"), default=0, editable=False)
    freight_tax = AmountField(default=0, editable=False)
    total_tax = AmountField(_("tax"), default=0, editable=False)
    total = AmountField(_("total"), default=0, editable=False)
    total_base = AmountField(_("total in base currency"), default=0, editable=False)
    # The day whose prices hold, and which dated rate the freight is taxed by: catalog.price_basis.
    price_basis = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        abstract = True

    # Whether lines may be offered that do not count until the customer chooses them.
    offers_options = False

    @property
    def tax_place(self) -> tuple[str, str]:
        """Country and region whose tax rates hold: where the customer is, unless the document says better."""
        customer = self.customer
        return (customer.country, customer.region) if customer else ("", "")

    @property
    def customer(self) -> Any:
        """Whoever buys: the account, or the person where there is no company."""
        return self.account or self.contact

    @property
    def net_amount(self) -> Any:
        """Net of everything that is not tax: lines after discounts, and freight."""
        return self.pre_freight_amount + self.freight


class Addressed(models.Model):
    """Where the bill and the goods go."""

    bill_to_name = models.CharField(_("bill to"), max_length=200, blank=True, default="")
    bill_to_street = models.CharField(_("street"), max_length=200, blank=True, default="")
    bill_to_postcode = models.CharField(_("postcode"), max_length=20, blank=True, default="")
    bill_to_city = models.CharField(_("city"), max_length=100, blank=True, default="")
    bill_to_region = models.CharField(_("region"), max_length=60, blank=True, default="")
    bill_to_country = models.CharField(_("country"), max_length=2, blank=True, default="")
    ship_to_name = models.CharField(_("ship to"), max_length=200, blank=True, default="")
    ship_to_street = models.CharField(_("street"), max_length=200, blank=True, default="")
    ship_to_postcode = models.CharField(_("postcode"), max_length=20, blank=True, default="")
    ship_to_city = models.CharField(_("city"), max_length=100, blank=True, default="")
    ship_to_region = models.CharField(_("region"), max_length=60, blank=True, default="")
    ship_to_country = models.CharField(_("country"), max_length=2, blank=True, default="")

    class Meta:
        abstract = True

    ADDRESS_FIELDS = (
        "bill_to_name", "bill_to_street", "bill_to_postcode", "bill_to_city", "bill_to_region", "bill_to_country",
        "ship_to_name", "ship_to_street", "ship_to_postcode", "ship_to_city", "ship_to_region", "ship_to_country",
    )  # fmt: skip

    @property
    def tax_place(self) -> tuple[str, str]:
        """Country and region the goods go to."""
        return self.ship_to_country, self.ship_to_region

    def addresses(self) -> dict[str, str]:
        """Both addresses as columns, for copying to the next document."""
        return {name: getattr(self, name) for name in self.ADDRESS_FIELDS}


class LineKind(models.TextChoices):
    """What a line is: most are items; the others are told apart by this alone."""

    ITEM = "item", _("Item")
    INCLUDED = "included", _("Included in the bundle above")
    OPTIONAL = "optional", _("Optional")
    SECTION = "section", _("Section")
    NOTE = "note", _("Note")


COUNTED = (LineKind.ITEM.value, LineKind.INCLUDED.value)  # sold and delivered, part of the totals
TEXTS = (LineKind.SECTION.value, LineKind.NOTE.value)  # words only: no quantity, no amounts


class PricedLine(models.Model):
    """One line: what, how many, at what price; the amounts are written by reprice() only."""

    kind = models.CharField(_("kind"), max_length=10, choices=LineKind, default=LineKind.ITEM)
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    position = models.PositiveIntegerField(_("position"))
    product = models.ForeignKey(
        "catalog.Product",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("product"),
    )
    description = models.CharField(_("description"), max_length=500)
    unit = models.ForeignKey(
        "catalog.Unit",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("unit"),
    )
    quantity = QuantityField(_("quantity"), default=1)
    list_price = AmountField(_("list price"), null=True, blank=True, editable=False)
    unit_price = AmountField(_("unit price"), default=0)
    price_is_overridden = models.BooleanField(_("price set by hand"), default=False)
    volume_discount = AmountField(_("volume discount per unit"), default=0)
    discount_percent = PercentField(_("discount %"), null=True, blank=True)
    discount_amount = AmountField(_("discount amount"), null=True, blank=True)
    tax_code = models.ForeignKey(
        "catalog.TaxCode",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("tax"),
    )
    tax_rate = PercentField(_("tax %"), default=0)
    typed_tax = AmountField(_("tax typed by hand"), null=True, blank=True)
    unit_cost = AmountField(_("unit cost"), null=True, blank=True, editable=False)
    base = AmountField(default=0, editable=False)
    manual_discount = AmountField(default=0, editable=False)
    net = AmountField(_("net"), default=0, editable=False)
    header_discount = AmountField(default=0, editable=False)
    tax = AmountField(_("tax"), default=0, editable=False)
    total = AmountField(_("total"), default=0, editable=False)
    # Why it has this price and tax rate, as far as the figures do not tell: catalog.price_basis.
    price_basis = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        abstract = True
        ordering = ["position", "id"]

    # What a copy to the next document takes over; key, parent and lineage are the copy's own.
    COPIED = (
        "kind", "position", "product_id", "description", "unit_id", "quantity", "list_price", "unit_price",
        "price_is_overridden", "volume_discount", "discount_percent", "discount_amount", "tax_code_id", "tax_rate",
        "typed_tax", "unit_cost", "base", "manual_discount", "net", "header_discount", "tax", "total", "price_basis",
    )  # fmt: skip
    AMOUNTS = ("base", "manual_discount", "net", "header_discount", "tax", "total")

    def __str__(self) -> str:
        return self.description

    def columns(self) -> dict[str, Any]:
        """The line as columns, for copying it to the next document."""
        return {name: getattr(self, name) for name in self.COPIED}

    @property
    def is_write_in(self) -> bool:
        """A line in our own words, without a product of the catalog."""
        return self.product_id is None and not self.is_text

    @property
    def is_text(self) -> bool:
        """A heading or a note."""
        return self.kind in TEXTS

    @property
    def counts(self) -> bool:
        """Whether it is part of the totals."""
        return self.kind in COUNTED


def kinds_are_sound(name: str, *, optional: bool = False) -> models.CheckConstraint:
    """A database constraint: known kinds only, and texts without quantity or amounts."""
    empty = {"quantity": 0, "total": 0, "product__isnull": True}
    counted = [*COUNTED, LineKind.OPTIONAL.value] if optional else list(COUNTED)
    return models.CheckConstraint(
        condition=models.Q(kind__in=counted) | models.Q(kind__in=TEXTS, **empty), name=name
    )


HEADER_COPIED = (
    "account_id", "contact_id", "currency_id", "exchange_rate", "price_list_id", "discount_percent",
    "discount_amount", "freight", "freight_tax_code_id", "freight_tax_rate", "rounding_profile", "engine_version",
    "detail_amount", "line_discount_amount", "header_discount_amount", "pre_freight_amount", "freight_tax",
    "total_tax", "total", "total_base", "price_basis", "owner_id", "team_id",
)  # fmt: skip
AMOUNT_COLUMNS = (
    "detail_amount", "line_discount_amount", "header_discount_amount", "pre_freight_amount", "freight_tax",
    "total_tax", "total", "total_base",
)  # fmt: skip


def header_columns(document: PricedDocument, **instead: Any) -> dict[str, Any]:
    """The money side of a document as columns, for copying it to the next one; ``instead`` has its own say."""
    given = {*instead, *(f"{name}_id" for name in instead)}
    return {name: getattr(document, name) for name in HEADER_COPIED if name not in given} | instead


def has_customer(name: str) -> models.CheckConstraint:
    """A database constraint: somebody buys."""
    return models.CheckConstraint(
        condition=models.Q(account__isnull=False) | models.Q(contact__isnull=False), name=name
    )
