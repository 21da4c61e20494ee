"""Money, once for the whole house: pure arithmetic, no database, and the only place that rounds.

The rules are told with their golden vectors in docs/pricing.md.
"""

from kernel.pricing.engine import ENGINE_VERSION, price
from kernel.pricing.errors import PricingError
from kernel.pricing.inputs import AMOUNT_LIMIT, HeaderInput, LineInput, Profile, credited
from kernel.pricing.price_lists import (
    DiscountKind,
    PriceMethod,
    PriceRounding,
    RoundingOption,
    RoundingPolicy,
    Tier,
    list_item_price,
    rounded_price,
    tier_for,
    volume_discount,
)
from kernel.pricing.results import Priced, PricedLineAmounts, Step, TaxGroup, apportion_line
from kernel.pricing.rounding import allocate, apportion, convert, round_half_up

__all__ = [
    "AMOUNT_LIMIT",
    "ENGINE_VERSION",
    "DiscountKind",
    "HeaderInput",
    "LineInput",
    "PriceMethod",
    "PriceRounding",
    "Priced",
    "PricedLineAmounts",
    "PricingError",
    "Profile",
    "RoundingOption",
    "RoundingPolicy",
    "Step",
    "TaxGroup",
    "Tier",
    "allocate",
    "apportion",
    "apportion_line",
    "convert",
    "credited",
    "list_item_price",
    "price",
    "round_half_up",
    "rounded_price",
    "tier_for",
    "volume_discount",
]
