"""What can be done to an order: each action is one function and one transaction."""

from orders.actions.changing import (
    change_order,
    hold_order,
    lock_order,
    resume_order,
    set_order_lines,
    unlock_order,
)
from orders.actions.delivering import (
    Delivery,
    cancel_order,
    fulfill_order,
    record_erp_state,
    record_fulfillment,
    submit_order,
)
from orders.actions.placing import accept_quote, create_order, order_from_opportunity, win_opportunity

__all__ = [
    "Delivery", "accept_quote", "cancel_order", "change_order", "create_order", "fulfill_order", "hold_order",
    "lock_order", "order_from_opportunity", "record_erp_state", "record_fulfillment", "resume_order",
    "set_order_lines", "submit_order", "unlock_order", "win_opportunity",
]  # fmt: skip
