"""What became of the amount of a deal: estimated, offered, ordered, invoiced, paid, each beside the one before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from invoices.models import Invoice
from kernel.formats import money, percent
from kernel.pricing import round_half_up
from opportunities.models import Opportunity
from orders.models import Order
from quotes.models import Quote
from reports.chain import Chain, once

ZERO = Decimal(0)
# Of several quotes the newest of the first kind there is speaks for the deal.
SPEAKING = (Quote.Status.ACTIVE, Quote.Status.WON, Quote.Status.DRAFT)


@dataclass(frozen=True)
class Source:
    """A record that an amount comes from."""

    label: str
    url: str


@dataclass(frozen=True)
class Figure:
    """One amount on the way from the estimate to the money, with where it comes from."""

    key: str
    label: Any
    amount: Decimal
    currency: str
    sources: tuple[Source, ...] = ()
    more: int = 0  # so many other quotes are in play
    words: str = ""  # how it stands beside the one before
    icon: str = ""
    tone: str = ""  # up, down or same


def chain_of_page(context: Any, deal: Opportunity) -> Chain:
    """The records of the chain, as the page has read them for its bar."""
    once(context, deal)
    found: Chain = deal.__dict__["_chain_records"]
    return found


def drift_of(context: Any, deal: Opportunity) -> list[Figure]:
    """The amounts there are so far, in the currency of the deal and (but for what was paid) before tax.

    They are read off the chain of the page, so they cost no query of their own.
    """
    return figures(deal, chain_of_page(context, deal))


def quotes_of_deal(context: Any, deal: Opportunity) -> list[Quote]:
    """The quotes of the deal that the reader sees, the newest first."""
    mine = [one for one in chain_of_page(context, deal).quotes if one.opportunity_id == deal.pk]
    return sorted(mine, key=lambda one: one.pk, reverse=True)


def figures(deal: Opportunity, chain: Chain) -> list[Figure]:
    """One figure for each kind of record that has come into being."""
    code = deal.currency.code
    estimate = Figure(
        "estimate", _("Estimate"), deal.amount, code, (Source(deal.ref, deal.get_absolute_url()),)
    )
    found = [estimate]
    if (quoted := quoted_of(deal, chain.quotes)) is not None:
        found.append(beside(quoted, estimate, _("as estimated")))
    if orders := [one for one in mine(deal, chain.orders) if one.status != Order.Status.CANCELED]:
        ordered = Figure("order", _("Ordered, net"), total_of(orders), code, sources_of(orders))
        found.append(beside(ordered, found[-1], _("as quoted") if len(found) > 1 else _("as estimated")))
    billed = [one for one in mine(deal, chain.invoices) if is_billed(one)]
    if billed:
        invoiced = Figure("invoice", _("Invoiced, net"), total_of(billed), code, sources_of(billed))
        found.append(beside(invoiced, found[-1], _("all of it")))
        found.append(paid_of(billed, code))
    return found


def quoted_of(deal: Opportunity, quotes: Sequence[Quote]) -> Figure | None:
    """What is offered: by the newest quote that is active, else the one that was won, else a draft."""
    live = [one for one in mine(deal, quotes) if one.status in SPEAKING]
    if not live:
        return None
    first = min(live, key=lambda one: (SPEAKING.index(Quote.Status(one.status)), -one.pk))
    label = _("Draft quote, net") if first.status == Quote.Status.DRAFT else _("Quoted, net")
    others = sum(one.status == Quote.Status.ACTIVE and one is not first for one in live)
    return Figure(
        "quote", label, first.net_amount, deal.currency.code, sources_of([first]), more=others
    )  # fmt: skip


def paid_of(billed: Sequence[Invoice], code: str) -> Figure:
    """What was paid of what was invoiced, with tax."""
    still = sum((one.balance for one in billed), ZERO)
    paid = sum((one.amount_paid for one in billed), ZERO)
    if still > 0:
        words, icon, tone = _("%(amount)s still open") % {"amount": money(still, code)}, "clock", "down"
    elif still < 0:
        words, icon, tone = _("%(amount)s to give back") % {"amount": money(-still, code)}, "undo-2", "down"
    else:
        words, icon, tone = _("nothing open"), "circle-check", "same"
    return Figure(
        "paid", _("Paid, with tax"), paid, code, sources_of(billed), words=words, icon=icon, tone=tone
    )


def is_billed(one: Invoice) -> bool:
    """It went out, or is about to: neither a draft nor canceled."""
    return one.number is not None and one.status != Invoice.Status.CANCELED


def mine(deal: Opportunity, records: Sequence[Any]) -> list[Any]:
    """Of the whole chain, which may have other deals too, what belongs to this one."""
    return [one for one in records if one.opportunity_id == deal.pk]


def total_of(records: Sequence[Any]) -> Decimal:
    return sum((one.net_amount for one in records), ZERO)


def sources_of(records: Sequence[Any]) -> tuple[Source, ...]:
    return tuple(Source(one.ref, one.get_absolute_url()) for one in records)


def beside(figure: Figure, before: Figure, same: str) -> Figure:
    """The figure with its difference to the one before, in words and with a sign that is no color alone."""
    difference = figure.amount - before.amount
    if difference == 0:
        return replace(figure, words=same, icon="equal", tone="same")
    amount = money(abs(difference), figure.currency)
    share = share_of(difference, before.amount)
    text = _("%(amount)s more") if difference > 0 else _("%(amount)s less")
    words = text % {"amount": amount} + (f" ({share})" if share else "")
    up = difference > 0
    return replace(
        figure, words=words, icon="trending-up" if up else "trending-down", tone="up" if up else "down"
    )


def share_of(difference: Decimal, of: Decimal) -> str:
    """The difference in percent; of nothing there is no share."""
    if not of:
        return ""
    share = round_half_up(difference / of * 100, 1)
    return ("+" if share > 0 else "") + percent(share)
