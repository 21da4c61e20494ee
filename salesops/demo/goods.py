"""What Nordlicht Machines sells, and at which prices."""

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from catalog.models import (
    Currency,
    DiscountList,
    DiscountTier,
    PriceList,
    PriceListItem,
    Product,
    ProductFamily,
    TaxCode,
    Unit,
)
from salesops.demo.catalog import enrich_catalog
from salesops.starting import lay_ground, rate_to_base

GOODS: dict[str, list[tuple[str, str, int | str, int | str]]] = {
    "Spindles": [("CNC-20", "Spindle 20 kW", 6400, 3900), ("CNC-40", "Spindle 40 kW", 9800, 6100),
                 ("CNC-60", "Spindle 60 kW", 14900, 9200), ("CNC-90", "Spindle 90 kW, water cooled", 21900, 14300)],
    "Drives": [("DRV-1", "Servo drive 1 axis", 1890, 1130), ("DRV-3", "Servo drive 3 axes", 4290, 2610),
               ("DRV-5", "Servo drive 5 axes", 6990, 4400), ("ENC-A", "Absolute encoder", 349, 178)],
    "Tools": [("MIL-06", "End mill 6 mm", "24.90", "11.20"), ("MIL-10", "End mill 10 mm", "39.90", "18.40"),
              ("MIL-16", "End mill 16 mm", "64.50", "29.90"), ("DRL-SET", "Drill set HSS, 25 pieces", "129.00", "71.00"),
              ("COL-ER32", "Collet set ER32", "219.00", "118.00"), ("VISE-125", "Machine vise 125 mm", 389, 214)],
    "Supplies": [("OIL-5", "Cutting oil 5 l", "48.75", "26.10"), ("COOL-20", "Coolant concentrate 20 l", "139.90", "82.00"),
                 ("FLT-1", "Filter cartridge", "17.35", "7.80"), ("CBL-M", "Shielded cable, by the meter", "3.45", "1.60")],
    "Services": [("SRV-INST", "Installation", 145, 88), ("SRV-TRAIN", "Operator training", 1180, 640),
                 ("SRV-CAL", "Calibration on site", 690, 380), ("SRV-REM", "Remote support", "98.00", "52.00")],
    # The demo ERP knows these: it refuses one and lets orders of the others rest on the way (demo_erp/troubles.py).
    "Special": [("DRV-2", "Servo drive 2 axes, old series", 2990, 1950), ("CNC-120", "Spindle 120 kW, made to order", 29900, 18800),
                ("FLT-9", "Filter cartridge, imported", "23.60", "12.10"), ("SRV-ACC", "Acceptance test", 860, 410),
                ("LIC-CAM", "CAM software, license for a year", 1490, 300)],
    "Literature": [("BOOK-CNC", "Handbook of CNC practice", "59.00", "31.00"), ("BOOK-G", "G-code pocket guide", "19.80", "8.20")],
}  # fmt: skip
SPECIAL = frozenset(sku for sku, *_facts in GOODS["Special"])
UNITS = {"CBL-M": "m", "SRV-INST": "h", "SRV-TRAIN": "day", "SRV-REM": "h"}
WITH_DECIMALS = {"CBL-M": 2, "SRV-INST": 2, "SRV-REM": 2}


def make_goods() -> list[Product]:
    """The catalog with three price lists: standard and key accounts in euro, and one in dollars."""
    lay_ground()
    rate_to_base("USD", "0.92")
    rate_to_base("CHF", "1.05")
    rate_to_base("GBP", "1.17")
    units = {unit.code: unit for unit in Unit.objects.all()}
    taxes = {tax.code: tax for tax in TaxCode.objects.all()}
    made = []
    for family, goods in GOODS.items():
        group = ProductFamily.objects.create(name=family)
        for sku, name, price, cost in goods:
            product = Product(
                sku=sku, name=name, family=group, unit=units[UNITS.get(sku, "pc")],
                kind="service" if sku.startswith(("SRV", "LIC")) else "product", decimals=WITH_DECIMALS.get(sku, 0),
                list_price=Decimal(price), standard_cost=Decimal(cost), current_cost=Decimal(cost),
                tax_code=taxes["reduced" if family == "Literature" else "standard"], status=Product.Status.ACTIVE,
            )  # fmt: skip
            product.save()
            made.append(product)
    Product(
        sku="CNC-10", name="Spindle 10 kW (discontinued)", family=ProductFamily.objects.get(name="Spindles"),
        unit=units["pc"], list_price=Decimal(4900), tax_code=taxes["standard"], status=Product.Status.RETIRED,
    ).save()  # fmt: skip
    make_price_lists(made)
    enrich_catalog()
    return made


def make_price_lists(products: list[Product]) -> None:
    volume = DiscountList.objects.create(name="Volume, tools", kind="percent")
    for low, high, percent in [(10, 49, 5), (50, 199, 9), (200, None, 14)]:
        DiscountTier.objects.create(discount_list=volume, low=low, high=high, value=percent)
    year = dt.date(timezone.localdate().year, 1, 1)
    standard = PriceList.objects.get(is_default=True)
    keys = PriceList.objects.create(name="Key accounts EUR", currency=standard.currency, valid_from=year)
    dollars = PriceList.objects.create(
        name="Standard USD", currency=Currency.objects.get(code="USD"), is_default=True, valid_from=year
    )
    items = []
    for product in products:
        tiers = volume if product.family and product.family.name == "Tools" else None
        items.append(PriceListItem(price_list=standard, product=product, unit=product.unit, method="amount",
                                   amount=product.list_price, discount_list=tiers))  # fmt: skip
        items.append(PriceListItem(price_list=keys, product=product, unit=product.unit, method="percent_of_list",
                                   percent=95, rounding="nearest", rounding_option="multiple_of",
                                   rounding_amount=Decimal("0.05")))  # fmt: skip
        items.append(PriceListItem(price_list=dollars, product=product, unit=product.unit, method="markup_current",
                                   percent=70, rounding="up", rounding_option="ends_in",
                                   rounding_amount=Decimal("0.90")))  # fmt: skip
    PriceListItem.objects.bulk_create(items)
