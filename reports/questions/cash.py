"""Order to cash: how many days lie between quote, order, shipment, invoice and payment."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Max, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from invoices.models import Allocation, Invoice
from kernel.charts import Mark, Segments
from kernel.formats import day_text, number
from kernel.jinja import url
from kernel.pricing import round_half_up
from orders.models import Order, Shipment
from people.access import Scope, grant_for, visible
from people.models import User
from reports.questions.asked import Asked
from reports.questions.middle import share_of
from reports.questions.shape import Answer, Cell, Figure, Report, Table, count, days

NEWEST = 2000  # orders that say what is usual now
HALF, NINE = Decimal("0.5"), Decimal("0.9")
MOST_SLOW = 10
LEGS: tuple[tuple[str, Any, str, str], ...] = (
    ("order", gettext_lazy("Quote to order"), "offered_on", "ordered_on"),
    ("shipping", gettext_lazy("Order to shipping"), "ordered_on", "first_shipped_on"),
    ("invoice", gettext_lazy("Shipping to invoice"), "first_shipped_on", "first_issued_on"),
    ("payment", gettext_lazy("Invoice to payment"), "first_issued_on", "paid_on"),
)


@dataclass(frozen=True)
class Leg:
    """One step of the way: how many orders took it, and how long it took them."""

    label: Any
    count: int
    half: Decimal | None
    nine: Decimal | None


def answer(user: User, asked: Asked) -> Answer:
    """The orders of the last twelve months, the newest first."""
    rows = way_of(user, asked)
    legs = [leg_of(label, spans(rows, begin, end)) for _name, label, begin, end in LEGS]
    whole = leg_of(_("Quote to payment"), spans(rows, "offered_on", "paid_on"))
    listed = orders_url(asked)
    figures = [
        Figure(leg.label, "–" if leg.half is None else _("%(n)s days") % {"n": number(leg.half)}, leg.half, listed,
               _("n = %(n)s") % {"n": number(leg.count)})
        for leg in [whole, *legs]
    ]  # fmt: skip
    lines = [
        _("Of the orders placed in the last 12 months (at most the newest %(n)s): the median of each step, over the "
          "orders that have taken it. First shipment, first invoice, last payment.") % {"n": number(NEWEST)},
        _("A step that was taken before the one in front of it (paid in advance) counts as no days."),
    ]  # fmt: skip
    return Answer(
        figures, [picture(legs, whole, listed)], [table(legs, whole, listed), slow(user, rows)], lines
    )


def orders_url(asked: Asked) -> str:
    """The list of the orders that were looked at."""
    since, until = asked.last_year
    conditions = [("f", f"ordered_on:between:{since}..{until}"), ("f", "status:not:canceled")]
    if asked.owner is not None:
        conditions.append(("f", f"owner:is:{asked.owner.username}"))
    if asked.team is not None:
        conditions.append(("f", f"team:is:{','.join(map(str, asked.team_ids))}"))
    return f"{url('orders:list')}?{urlencode(conditions)}"


def way_of(user: User, asked: Asked) -> list[dict[str, Any]]:
    """The days of the newest orders, in one query."""
    since, until = asked.last_year
    orders = visible(user, Order.objects.filter(asked.whose)).exclude(status=Order.Status.CANCELED)
    newest = orders.filter(ordered_on__gte=since, ordered_on__lte=until).order_by("-ordered_on", "-pk")
    invoices = Invoice.objects.filter(order=OuterRef("pk"), kind=Invoice.Kind.INVOICE).exclude(
        status=Invoice.Status.CANCELED
    )
    issued = invoices.filter(issued_on__isnull=False).order_by().values("order")
    open_ones = invoices.exclude(status=Invoice.Status.PAID).order_by().values("pk")[:1]
    settled = Allocation.objects.filter(invoice__order=OuterRef("pk"), invoice__status=Invoice.Status.PAID)
    shipped = Shipment.objects.filter(order=OuterRef("pk")).order_by().values("order")
    rows = newest.annotate(
        offered_on=Coalesce(TruncDate("quote__sent_at"), TruncDate("quote__created_at")),
        first_shipped_on=Subquery(shipped.annotate(on=Min("shipped_on")).values("on")),
        first_issued_on=Subquery(issued.annotate(on=Min("issued_on")).values("on")),
        open_invoice=Subquery(open_ones),
        last_paid_on=Subquery(
            settled.order_by().values("invoice__order").annotate(on=Max("on")).values("on")
        ),
    )
    names = ("number", "offered_on", "ordered_on", "first_shipped_on", "first_issued_on", "last_paid_on",
             "open_invoice")  # fmt: skip
    found = list(rows.values(*names)[:NEWEST])
    # An order is paid when nothing of what was billed is open.
    for row in found:
        row["paid_on"] = None if row["open_invoice"] else row["last_paid_on"]
        # A quote that was entered after the order says nothing of how long it was considered.
        if row["offered_on"] is not None and row["offered_on"] > row["ordered_on"]:
            row["offered_on"] = None
    return found


def spans(rows: Iterable[dict[str, Any]], begin: str, end: str) -> list[Decimal]:
    """The days between two of an order's days, of the orders that have both."""
    return sorted(
        Decimal(max((row[end] - row[begin]).days, 0))
        for row in rows
        if isinstance(row[begin], dt.date) and isinstance(row[end], dt.date)
    )


def leg_of(label: Any, values: Sequence[Decimal]) -> Leg:
    if not values:
        return Leg(label, 0, None, None)
    half, nine = (round_half_up(share_of(values, share), 1).normalize() + 0 for share in (HALF, NINE))
    return Leg(label, len(values), half, nine)


def picture(legs: Sequence[Leg], whole: Leg, listed: str) -> Segments:
    parts = [
        Mark(leg.label, leg.half, _("%(n)s days") % {"n": number(leg.half)}, listed)
        for leg in legs
        if leg.half is not None
    ]
    end = None
    if whole.nine is not None:
        end = Mark(
            _("Nine of ten are paid within"), whole.nine, _("%(n)s days") % {"n": number(whole.nine)}, listed
        )
    longest = max((leg for leg in legs if leg.half is not None), key=lambda leg: leg.half or 0, default=None)
    finding = (
        _("%(leg)s takes longest: %(n)s days.") % {"leg": longest.label, "n": number(longest.half)}
        if longest
        else ""
    )
    return Segments(
        _("From quote to cash"),
        finding,
        _("No order was placed in the last 12 months."),
        parts,
        end if parts else None,
    )


def table(legs: Sequence[Leg], whole: Leg, listed: str) -> Table:
    rows = [
        [Cell(str(leg.label)), count(leg.count, url=listed), days(leg.half), days(leg.nine)]
        for leg in [*legs, whole]
    ]
    heads = [_("Step"), _("Orders"), _("Median days"), _("Nine of ten within (days)")]
    return Table("steps", _("Step by step"), heads, rows)


def slow(user: User, rows: Sequence[dict[str, Any]]) -> Table:
    """The orders that wait longest for their money after they were billed."""
    waiting = [row for row in rows if row["first_issued_on"] and row["paid_on"] is None]
    waiting.sort(key=lambda row: (row["first_issued_on"], row["number"]))
    found = [
        [
            Cell(row["number"], url=url("orders:detail", row["number"])),
            Cell(day_text(row["ordered_on"]), row["ordered_on"]),
            Cell(day_text(row["first_issued_on"]), row["first_issued_on"]),
        ]
        for row in waiting[:MOST_SLOW]
    ]
    heads = [_("Order"), _("Ordered"), _("First invoice")]
    return Table(
        "waiting", _("Billed and not paid for longest"), heads, found, _("Everything billed is paid.")
    )


REPORT = Report(
    "cash", gettext_lazy("Order to cash"), gettext_lazy("How long from quote to cash?"), answer,
    frozenset({"owner", "team"}), lambda user: grant_for(user, "order").scope != Scope.NONE,
)  # fmt: skip
