"""What is sold, in which units, at which prices, with which taxes, in which money."""

from catalog.models.money import Currency, ExchangeRate, PaymentTerms, TaxCode, TaxRate, Territory
from catalog.models.prices import DiscountList, DiscountTier, PriceList, PriceListItem
from catalog.models.products import Product, ProductFamily, Unit, UnitGroup

__all__ = [
    "Currency", "DiscountList", "DiscountTier", "ExchangeRate", "PaymentTerms", "PriceList", "PriceListItem",
    "Product", "ProductFamily", "TaxCode", "TaxRate", "Territory", "Unit", "UnitGroup",
]  # fmt: skip
