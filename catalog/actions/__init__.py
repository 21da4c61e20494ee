"""What can be done to products, families, price lists and discount lists: each action is one transaction."""

from catalog.actions.discounts import change_discount_list, create_discount_list, delete_discount_list
from catalog.actions.families import (
    activate_family,
    change_family,
    create_family,
    delete_family,
)
from catalog.actions.mass import PriceChange, change_prices, undo_price_change
from catalog.actions.price_lists import (
    PRICE_LIST_FIELDS,
    Price,
    change_price_list,
    create_price_list,
    set_prices,
)
from catalog.actions.products import (
    MOST_MEMBERS,
    MOST_RELATED,
    PRODUCT_FIELDS,
    Member,
    activate_product,
    change_product,
    create_product,
    retire_product,
    revise_product,
    set_members,
    set_related,
)

__all__ = [
    "MOST_MEMBERS", "MOST_RELATED",
    "PRICE_LIST_FIELDS", "PRODUCT_FIELDS", "Member", "Price", "PriceChange", "activate_family", "activate_product",
    "change_discount_list", "change_family", "change_price_list", "change_prices", "change_product",
    "create_discount_list", "create_family", "create_price_list", "create_product", "delete_discount_list",
    "delete_family", "retire_product", "revise_product", "set_members", "set_prices", "set_related",
    "undo_price_change",
]  # fmt: skip
