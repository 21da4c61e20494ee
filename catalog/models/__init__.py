"""What is sold, in which units, at which prices, with which taxes, in which money."""

from catalog.models.money import (
    Currency,
    ExchangeRate,
    PaymentTerms,
    PaymentTermsPart,
    TaxCode,
    TaxRate,
    Territory,
)
from catalog.models.prices import DiscountList, DiscountTier, PriceList, PriceListItem
from catalog.models.products import BundleMember, Product, ProductFamily, RelatedProduct, Unit, UnitGroup

__all__ = [
    "BundleMember", "Currency", "DiscountList", "DiscountTier", "ExchangeRate", "PaymentTerms", "PaymentTermsPart",
    "PriceList", "PriceListItem", "Product", "ProductFamily", "RelatedProduct", "TaxCode", "TaxRate", "Territory",
    "Unit", "UnitGroup",
]  # fmt: skip
