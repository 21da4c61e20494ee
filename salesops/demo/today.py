"""Today at Nordlicht Machines: offers on the customers' desks, and orders on their way to the ERP."""

from collections.abc import Sequence
from decimal import Decimal

from opportunities.models import Opportunity
from orders.actions import accept_quote, hold_order, submit_order
from quotes.actions import activate_quote, change_quote, close_quote, expire_quote, revise_quote, send_quote
from quotes.models import Quote
from salesops.demo.deals import Year, ago

# One order each: what is in it decides how far the demo ERP brings it.
BASKETS: list[tuple[str, ...]] = [
    (),
    (),
    (),
    ("DRV-2",),
    ("CNC-120",),
    ("FLT-9",),
    ("SRV-ACC",),
    ("LIC-CAM",),
    (),
    (),
    (),
    (),
]
NOT_SENT = 3  # the first ones are still being put together


def submit_today(year: Year, deals: Sequence[Opportunity]) -> None:
    """Orders for the ERP: some are sent as soon as the worker starts, some are not submitted yet."""
    for number, (deal, special) in enumerate(zip(deals, BASKETS, strict=True)):
        by = deal.owner
        assert by is not None
        quote = activate_quote(year.offer(deal, age=2, special=special), by=by)
        order = accept_quote(quote, by=by, customer_po=f"PO-{4500 + number}")
        if number == 1:
            hold_order(order, by=by)
        elif number >= NOT_SENT:
            submit_order(order, by=by)


def quote_the_open(year: Year, deals: Sequence[Opportunity]) -> None:
    """Drafts, offers on the customers' desks, revisions, one that has expired, one closed."""
    for number, deal in enumerate(deals):
        by = deal.owner
        assert by is not None
        quote = year.offer(deal, age=3 + number)
        if number % 4 == 0:
            continue
        quote = activate_quote(quote, by=by)
        if number % 4 != 1:
            quote = send_quote(quote, by=by)
        if number == 5:
            Quote.objects.filter(pk=quote.pk).update(expires_on=ago(1))
            quote.refresh_from_db()
            expire_quote(quote, by=year.people["admin"])
        elif number == 9:
            close_quote(quote, by=by, reason="canceled", note="Asked for another configuration.")
        elif number in {6, 10}:
            draft = change_quote(revise_quote(quote, by=by), by=by, discount_percent=Decimal(3))
            if number == 10:
                send_quote(activate_quote(draft, by=by), by=by)
