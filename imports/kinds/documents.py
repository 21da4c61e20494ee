"""Orders with their lines, and prices: rows that hang together."""

from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from catalog.models import PriceListItem
from imports.fields import Field
from imports.kinds.base import Kind, model_field, model_fields
from imports.kinds.words import WORDS
from orders.models import Order, OrderLine


def line_field(name: str, **more: object) -> Field:
    """A column of an order's line."""
    made = model_field(OrderLine, name, **more)
    words = {"discount_percent": "discount", "unit_price": "price", "tax_code": "tax"}.get(name, name)
    label = _("line: %(field)s") % {"field": made.label}
    return replace(made, name=f"line_{name}", label=label, words=WORDS[f"line_{words}"])


ORDERS = Kind(
    name="orders", model=Order, label=_("Orders with lines"),
    fields=(
        Field("order_key", _("Order"), longest=60, required=True, words=WORDS["order_key"], is_key=True,
              hint=_("Rows with the same one are the lines of one order")),
        *model_fields(Order, "account", "contact"),
        replace(model_field(Order, "name"), words=WORDS["order_name"]),
        *model_fields(
            Order, "customer_po", "ordered_on", "requested_delivery_on", "currency", "price_list", "payment_terms",
            "shipping_method", "discount_percent", "freight", *Order.ADDRESS_FIELDS,
        ),
        model_field(Order, "owner", at_creation_only=True), model_field(Order, "team", at_creation_only=True),
        line_field("product"), line_field("description"), line_field("quantity"), line_field("unit"),
        line_field("unit_price"), line_field("discount_percent"), line_field("tax_code"),
    ),
    keys=("order_key",), needed=("order_key",), needed_words=_("the order that the row belongs to"),
    grouped_by="order_key",
    examples={
        "order_key": "4711", "account": "Borg GmbH", "ordered_on": "2026-11-30", "line_product": "CNC-40",
        "line_quantity": "2", "line_unit_price": "9800.00",
    },
)  # fmt: skip
PRICES = Kind(
    name="prices", model=PriceListItem, label=_("Prices"),
    fields=(
        replace(model_field(PriceListItem, "price_list"), required=True),
        replace(model_field(PriceListItem, "product"), required=True, words=WORDS["sku"]),
        model_field(PriceListItem, "unit"), model_field(PriceListItem, "method"),
        model_field(PriceListItem, "amount"), model_field(PriceListItem, "percent"),
    ),
    needed=("product",), needed_words=_("the product"),
    examples={"price_list": "EUR 2026", "product": "CNC-40", "amount": "9310.00", "method": "amount"},
)  # fmt: skip
