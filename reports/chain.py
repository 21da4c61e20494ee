"""The chain of a record: all that hangs together from the lead to the credit note, in a constant number of queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.template import engines
from django.utils.translation import gettext_lazy as _

from catalog.models import Currency
from invoices.models import Invoice
from kernel.badges import tone_of
from kernel.jinja import url
from leads.models import Lead
from opportunities.models import Opportunity
from orders.models import Order
from people.access import may, visible
from people.models import User
from quotes.models import Quote

LABELS: dict[type[Any], Any] = {
    Lead: _("Lead"),
    Opportunity: _("Opportunity"),
    Quote: _("Quote"),
    Order: _("Order"),
    Invoice: _("Invoice"),
}
PAGES: dict[type[Any], str] = {
    Lead: "leads:detail",
    Opportunity: "opportunities:detail",
    Quote: "quotes:detail",
    Order: "orders:detail",
    Invoice: "invoices:detail",
}
HALF = {"paid": _("Partly paid"), "fulfilled": _("Partly fulfilled")}
# What is read of each record: a chain may be long and its records are wide.
EVERY = ("public_id", "created_at", "number", "status", "status_reason")
DOCUMENT = (*EVERY, "currency", "currency__code", "opportunity", "total", "pre_freight_amount", "freight")
COLUMNS: dict[type[Any], tuple[str, ...]] = {
    Lead: (*EVERY, "estimated_value"),
    Opportunity: (
        *EVERY, "currency", "currency__code", "lead", "name", "revenue_mode", "estimated_revenue", "actual_revenue",
        "pre_freight_amount", "freight",
    ),
    Quote: (*DOCUMENT, "revision", "name", "expires_on", "last_viewed_at"),
    Order: (*DOCUMENT, "quote", "ordered_on"),
    Invoice: (*DOCUMENT, "order", "credits", "kind", "issued_on", "due_on", "balance", "amount_paid"),
}  # fmt: skip


@dataclass
class Chain:
    """What hangs together, each kind oldest first, as far as the reader may see it."""

    leads: list[Lead] = field(default_factory=list)
    opportunities: list[Opportunity] = field(default_factory=list)
    quotes: list[Quote] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)

    def by_kind(self) -> dict[type[Any], list[Any]]:
        return {
            Lead: self.leads,
            Opportunity: self.opportunities,
            Quote: self.quotes,
            Order: self.orders,
            Invoice: self.invoices,
        }


def chain_of(record: Any, user: User) -> Chain:
    """All records of the record's chain that exist for this person: one query for each kind, one to find the start."""
    start = start_of(record)
    lead_id, opportunity_id = start.lead_id, start.opportunity_id
    leads = seen(Lead.objects.filter(pk=lead_id), user) if lead_id else []
    opportunities = opportunities_of(lead_id, opportunity_id, user)
    deals: list[int | None] = [opportunity.pk for opportunity in opportunities] or [opportunity_id]
    quotes = quotes_of(start, deals, user)
    orders = orders_of(start, deals, quotes, user)
    invoices = invoices_of(start, deals, orders, user)
    return Chain(leads, opportunities, quotes, orders, invoices)


@dataclass
class Start:
    """Where a chain begins, read off any of its records."""

    lead_id: int | None = None
    opportunity_id: int | None = None
    quote_number: str = ""
    order_id: int | None = None
    invoice_ids: frozenset[int] = frozenset()


def start_of(record: Any) -> Start:
    """The upper end of the chain, in at most two queries."""
    if isinstance(record, Lead):
        return Start(lead_id=record.pk)
    if isinstance(record, Opportunity):
        return Start(lead_id=record.lead_id, opportunity_id=record.pk)
    start = Start(lead_of(record), record.opportunity_id)
    if isinstance(record, Quote):
        start.quote_number = record.number
        return start
    start.order_id = record.pk if isinstance(record, Order) else record.order_id
    if isinstance(record, Invoice):
        start.invoice_ids = frozenset({record.pk, record.credits_id or record.pk})
    if start.order_id:
        start.quote_number = quote_number_of(record, start.order_id)
    return start


def quote_number_of(record: Any, order_id: int) -> str:
    """The number of the quote that was ordered; empty where the order came from none."""
    if isinstance(record, Order) and is_at_hand(record, "quote"):
        return record.quote.number if record.quote else ""
    return Order.objects.values_list("quote__number", flat=True).get(pk=order_id) or ""


def is_at_hand(record: Any, name: str) -> bool:
    """The record that this one points at has been read along with it."""
    return bool(record._meta.get_field(name).is_cached(record))


def lead_of(record: Any) -> int | None:
    """The key of the lead that the record's deal came from."""
    if not record.opportunity_id:
        return None
    if is_at_hand(record, "opportunity"):
        return int(record.opportunity.lead_id) if record.opportunity.lead_id else None
    return Opportunity.objects.values_list("lead_id", flat=True).get(pk=record.opportunity_id)


def seen(records: QuerySet[Any], user: User) -> list[Any]:
    """The part of the records that exists for this person, oldest first."""
    if records.model is not Lead:
        records = records.select_related("currency")
    # Sorted here: for an ORDER BY Django compares each expression with every column, which costs more.
    return sorted(visible(user, records).only(*COLUMNS[records.model]), key=lambda one: one.pk)


def opportunities_of(lead_id: int | None, opportunity_id: int | None, user: User) -> list[Opportunity]:
    """The deals of the lead, or the one deal that has none."""
    if not lead_id and not opportunity_id:
        return []
    wanted = Q(lead=lead_id) if lead_id else Q(pk=opportunity_id)
    return seen(Opportunity.objects.filter(wanted), user)


def quotes_of(start: Start, deals: Sequence[int | None], user: User) -> list[Quote]:
    """The quotes of the deals, and all revisions of a quote without one."""
    wanted = Q(opportunity__in=[pk for pk in deals if pk])
    if start.quote_number:
        wanted |= Q(number=start.quote_number)
    return sorted(seen(Quote.objects.filter(wanted), user), key=lambda quote: (quote.number, quote.revision))


def orders_of(start: Start, deals: Sequence[int | None], quotes: list[Quote], user: User) -> list[Order]:
    """The orders of the deals and of the quotes."""
    wanted = Q(opportunity__in=[pk for pk in deals if pk]) | Q(quote__in=[quote.pk for quote in quotes])
    if start.order_id:
        wanted |= Q(pk=start.order_id)
    return seen(Order.objects.filter(wanted), user)


def invoices_of(start: Start, deals: Sequence[int | None], orders: list[Order], user: User) -> list[Invoice]:
    """The invoices of the deals and of the orders, with their credit notes."""
    wanted = Q(opportunity__in=[pk for pk in deals if pk]) | Q(order__in=[order.pk for order in orders])
    if start.invoice_ids:
        wanted |= Q(pk__in=start.invoice_ids) | Q(credits__in=start.invoice_ids)
    return seen(Invoice.objects.filter(wanted), user)


# --- the bar on pages -----------------------------------------------------------------------------------------


def nodes(record: Any, user: User, chain: Chain | None = None) -> list[dict[str, Any]]:
    """One node for each kind of record, as components/chain.html draws it; kinds still to come have no reference."""
    chain = chain or chain_of(record, user)
    base = base_code(chain)
    found = []
    for kind, records in chain.by_kind().items():
        shown = [node(one, base, current=one == record) for one in records]
        if not shown:
            found.append(missing(kind, chain, user))
            continue
        first = next((one for one in shown if one["current"]), None) or foremost(shown)
        found.append(first | {"children": [one for one in reversed(shown) if one is not first]})
    return found


def node(record: Any, base: str, *, current: bool) -> dict[str, Any]:
    """One record of the chain."""
    return {
        "type": type_of(record),
        "label": _("Credit note") if type_of(record) == "credit_note" else LABELS[type(record)],
        "ref": str(record) if isinstance(record, Invoice) else record.ref,
        "url": url(PAGES[type(record)], record.ref),
        "status": record.status,
        "status_word": HALF[record.status] if is_half(record) else record.get_status_display(),
        "tone": tone_of(record.status_reason if telling(record) else record.status),
        "amount": amount_of(record),
        "currency": base if isinstance(record, Lead) else record.currency.code,
        "current": current,
        "create_url": "",
        "trouble": _("Overdue") if isinstance(record, Invoice) and record.is_overdue else "",
        "children": [],
    }


def is_half(record: Any) -> bool:
    """Something came, but not all: nobody should read "paid" or "fulfilled"."""
    return record.status in HALF and record.status_reason == "partial"


def telling(record: Any) -> bool:
    """The reason says more about how things stand than the status."""
    return record.status == "closed" or is_half(record)


def foremost(shown: list[dict[str, Any]]) -> dict[str, Any]:
    """The record of a kind that speaks for it: the newest that is still of force."""
    alive = [
        one
        for one in shown
        if one["status"] not in ("closed", "canceled", "lost") and one["type"] != "credit_note"
    ]
    return (alive or shown)[-1]


def missing(kind: type[Any], chain: Chain, user: User) -> dict[str, Any]:
    """A kind of record that is still to come, with the way to make it where one may."""
    address = ""
    deal = next((one for one in chain.opportunities if one.status == Opportunity.Status.OPEN), None)
    if kind is Quote and deal and not chain.orders and may(user, "add", Quote):
        address = url("quotes:from-opportunity", deal.ref)
    blank = dict.fromkeys(("ref", "url", "status", "status_word", "trouble"), "")
    return {
        **blank, "type": kind._meta.model_name, "label": LABELS[kind], "tone": None, "amount": None, "currency": "",
        "current": False, "create_url": address, "children": [],
    }  # fmt: skip


def bar(context: Any, record: Any) -> Any:
    """The chain bar of a page: ``{{ chain(quote) }}``."""
    template: Any = engines["jinja2"].get_template("components/chain.html")
    return template.template.module.chain_bar(once(context, record))


def is_offered(context: Any, record: Any) -> bool:
    """Something is offered, or about to be: the next step is to win the deal, no longer to offer."""
    return any(
        one["type"] == "quote" and one["status"] in ("draft", "active") for one in once(context, record)
    )


def once(context: Any, record: Any) -> list[dict[str, Any]]:
    """The chain as one page shows it; the heading and the bar ask for it, the database is asked once."""
    if "_chain" not in record.__dict__:
        record._chain_records = chain_of(record, context["request"].user)
        record._chain = nodes(record, context["request"].user, record._chain_records)
    found: list[dict[str, Any]] = record._chain
    return found


# --- figures --------------------------------------------------------------------------------------------------


def type_of(record: Any) -> str:
    """What the chain calls the record."""
    return str(record.kind if isinstance(record, Invoice) else record._meta.model_name)


def amount_of(record: Any) -> Decimal | None:
    """What the record is worth, in its currency; a lead only if somebody ventured a figure."""
    if isinstance(record, Lead):
        return record.estimated_value
    if isinstance(record, Opportunity):
        return record.amount if record.actual_revenue is None else record.actual_revenue
    return record.total


def base_code(chain: Chain) -> str:
    """The currency that a lead's figure is in; asked only when a lead has one."""
    if not any(lead.estimated_value is not None for lead in chain.leads):
        return ""
    return Currency.objects.filter(is_base=True).values_list("code", flat=True).first() or ""


def everything(chain: Chain) -> Iterable[Any]:
    """The records of the chain from the lead down."""
    for records in chain.by_kind().values():
        yield from records


def records_for(user: User, record: Any) -> list[Any]:
    """The records whose stories a timeline of the whole chain tells."""
    return list(everything(chain_of(record, user)))
