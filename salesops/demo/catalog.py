"""What makes the catalog of Nordlicht Machines more than a list: families, a bundle, relations, places, rates."""

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from catalog.models import (
    BundleMember,
    PriceList,
    PriceListItem,
    Product,
    ProductFamily,
    RelatedProduct,
    TaxCode,
    TaxRate,
    Territory,
)
from salesops.starting import LONG_AGO, rate_to_base

ABOVE = {"Machine parts": ["Spindles", "Drives"], "Shop floor": ["Tools", "Supplies"]}
KIT = [
    ("MIL-06", 2, True),
    ("MIL-10", 2, True),
    ("COL-ER32", 1, True),
    ("VISE-125", 1, False),
    ("SRV-TRAIN", 1, False),
]
RELATED = [
    ("CNC-40", "accessory", "COOL-20"), ("CNC-40", "accessory", "ENC-A"), ("CNC-40", "cross_sell", "SRV-INST"),
    ("CNC-40", "up_sell", "CNC-60"), ("CNC-40", "substitute", "CNC-20"), ("DRV-2", "substitute", "DRV-3"),
    ("MIL-10", "accessory", "OIL-5"), ("VISE-125", "cross_sell", "DRL-SET"),
]  # fmt: skip
STATES = {"CA": "7.25", "WI": "5.5"}
NORDICS = ("DK", "NO", "SE")


def enrich_catalog() -> None:
    """Families above families, a bundle, related products, a territory with its list, a tax by state, dated rates."""
    for name, below in ABOVE.items():
        parent = ProductFamily.objects.create(name=name)
        ProductFamily.objects.filter(name__in=below).update(parent=parent)
    products = {
        product.sku: product for product in Product.objects.select_related("unit", "tax_code", "family")
    }
    make_kit(products)
    RelatedProduct.objects.bulk_create(
        RelatedProduct(product=products[sku], kind=kind, other=products[other])
        for sku, kind, other in RELATED
    )
    make_nordics(products)
    standard = TaxCode.objects.get(code="standard")
    for state, percent in STATES.items():
        TaxRate.objects.create(
            tax_code=standard, country="US", region=state, percent=Decimal(percent), valid_from=LONG_AGO
        )
    today = timezone.localdate()
    rate_to_base("JPY", "0.0061")
    rate_to_base("KWD", "3.02")
    rate_to_base("USD", "0.95", valid_from=dt.date(today.year - 1, 1, 1))
    rate_to_base("USD", "0.92", valid_from=dt.date(today.year, 1, 1))


def make_kit(products: dict[str, Product]) -> None:
    """A bundle on sale: three members in its price, two beside it."""
    tool = products["MIL-06"]
    kit = Product(
        sku="KIT-MILL", name="Starter kit milling", kind=Product.Kind.BUNDLE, family=tool.family, unit=tool.unit,
        list_price=Decimal(319), standard_cost=Decimal(177), current_cost=Decimal(177), tax_code=tool.tax_code,
        status=Product.Status.ACTIVE,
    )  # fmt: skip
    kit.save()
    BundleMember.objects.bulk_create(
        BundleMember(
            bundle=kit, member=products[sku], quantity=quantity, is_required=required, position=position
        )
        for position, (sku, quantity, required) in enumerate(KIT, 1)
    )


def make_nordics(products: dict[str, Product]) -> None:
    """A territory whose accounts get a list of their own."""
    base = PriceList.objects.get(is_default=True, currency__is_base=True)
    nordics = PriceList.objects.create(name="Nordics EUR", currency=base.currency)
    nordics.territories.add(Territory.objects.create(name="Nordics"))
    PriceListItem.objects.bulk_create(
        PriceListItem(
            price_list=nordics, product=product, unit=product.unit, method="percent_of_list", percent=98,
            rounding="nearest", rounding_option="multiple_of", rounding_amount=Decimal("0.10"),
        )
        for product in products.values()
        if product.status == Product.Status.ACTIVE
    )  # fmt: skip
