"""What can be done to an order: each action is one function and one transaction."""

from orders.actions.changing import (
    change_order,
    hold_order,
    lock_order,
    override_credit,
    resume_order,
    set_order_lines,
    unlock_order,
)
from orders.actions.copying import copy_order
from orders.actions.delivering import (
    Delivery,
    cancel_order,
    close_rest,
    fulfill_order,
    record_erp_state,
    record_fulfillment,
    report_fulfillment,
    submit_order,
)
from orders.actions.placing import accept_quote, create_order, order_from_opportunity
from orders.actions.promising import Promises, promise_dates
from orders.actions.requesting import (
    Wish,
    accept_change,
    reject_change,
    request_change,
    takes_changes,
    withdraw_change,
)
from orders.actions.winning import win_opportunity

__all__ = [
    "Delivery", "Promises", "Wish", "accept_change", "accept_quote", "cancel_order", "change_order", "close_rest",
    "copy_order", "create_order", "fulfill_order", "hold_order", "lock_order", "order_from_opportunity",
    "override_credit", "promise_dates", "record_erp_state", "record_fulfillment", "reject_change",
    "report_fulfillment", "request_change", "resume_order", "set_order_lines", "submit_order", "takes_changes",
    "unlock_order", "win_opportunity", "withdraw_change",
]  # fmt: skip
