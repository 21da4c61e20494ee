"""What can be done to a quote: each action is one function and one transaction."""

from quotes.actions.approving import approve_quote, ask_approval, reject_quote
from quotes.actions.deciding import (
    activate_quote,
    close_quote,
    expire_quote,
    lose_opportunity,
    revise_quote,
    send_quote,
    settle_quotes,
)
from quotes.actions.drafting import (
    change_quote,
    choose_options,
    copy_quote,
    create_quote,
    get_products,
    lock,
    quote_from_opportunity,
    set_quote_lines,
)

__all__ = [
    "activate_quote",
    "approve_quote",
    "ask_approval",
    "change_quote",
    "choose_options",
    "close_quote",
    "copy_quote",
    "create_quote",
    "expire_quote",
    "get_products",
    "lock",
    "lose_opportunity",
    "quote_from_opportunity",
    "reject_quote",
    "revise_quote",
    "send_quote",
    "set_quote_lines",
    "settle_quotes",
]
