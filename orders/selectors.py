"""What is read about orders."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.documents import COUNTED
from catalog.editor import Lines, table_of_lines
from kernel import formats
from kernel.addresses import record_url
from kernel.errors import Blocker
from kernel.lifecycle import Step, steps
from kernel.outbox_models import ComponentOwnership
from orders.hooks import Findings, answers
from orders.models import ChangeRequest, ChangeRequestLine, Order, OrderLine, Shipment, ShipmentLine
from orders.models.credit import Credit, credit_of
from orders.models.preflight import Preflight, preflight, same_number
from people.access import hidden_fields

RELATED = (
    "account", "contact", "currency", "price_list", "payment_terms", "quote", "opportunity", "owner", "team",
    "freight_tax_code",
)  # fmt: skip
PROGRESS = (
    ("quantity_shipped", _("Shipped")), ("quantity_backordered", _("Backordered")),
    ("quantity_canceled", _("Canceled")), ("quantity_invoiced", _("Invoiced")),
)  # fmt: skip
MOST_NAMED = 5  # orders under the same number
ALWAYS = ("quantity_shipped", "quantity_invoiced")
REPORTED = Blocker("component_owned_by_erp", _("its fulfillment is reported by the ERP"))
BY_ERP = ("fulfill", "close-rest")


def has_erp() -> bool:
    """Whether any ERP is connected: without one no ERP word appears."""
    return bool(ComponentOwnership.objects.current().exists())


def kept_by() -> tuple[bool, bool]:
    """Whether orders are made in an ERP, and whether those made here are handed to one; one query."""
    rows = ComponentOwnership.objects.current().filter(component="orders").values_list("owner", "push")
    found = list(rows)
    return any(owner == "erp" for owner, _push in found), any(push for _owner, push in found)


def steps_of(order: Order, user: Any) -> list[Step]:
    """The order's steps; what the ERP reports is not typed here."""
    found = steps(order, user)
    if not order.managed_by:
        return found
    return [replace(one, blockers=(*one.blockers, REPORTED)) if one.name in BY_ERP else one for one in found]


def open_lines(order: Order) -> list[OrderLine]:
    """What is left to deliver, in order."""
    lines = order.lines.select_related("product", "unit").order_by("position", "id")
    return [line for line in lines if line.quantity_open > 0]


def wishable_lines(order: Order) -> list[OrderLine]:
    """What one may wish to change: whatever has a quantity, in order."""
    lines = order.lines.filter(kind__in=COUNTED).select_related("product", "unit")
    return list(lines.order_by("position", "id"))


def requests_of(order: Order) -> list[ChangeRequest]:
    """The wishes for the order, the newest first, with what was wished and who answered: two queries."""
    lines = Prefetch("lines", queryset=ChangeRequestLine.objects.select_related("order_line"))
    found = order.change_requests.select_related("asked_by", "decided_by").prefetch_related(lines)
    made = list(found.order_by("-id")[:20])
    for one in made:
        one.order = order
    return made


def credit_for(user: Any, order: Order) -> Credit | None:
    """The customer's credit for those who may know it."""
    return None if "credit_limit" in hidden_fields(user, "account") else credit_of(order)


def consequences(order: Order) -> list[str]:
    """What canceling the order does, to the ERP, the quote, the deal and the books, in sentences."""
    total = formats.money(order.total, order.currency.code)
    called_off = _(
        "The order of %(total)s for %(customer)s is called off. This cannot be undone; a copy can be made."
    )
    found: list[Any] = [called_off % {"total": total, "customer": order.customer}]
    if order.managed_by:
        text = _("The ERP is told to cancel it too (%(known)s); it may refuse what it has begun.")
        found.append(text % {"known": order.erp_number or order.managed_by})
    if order.quote:
        text = _("Quote %(quote)s stays won, and the customer's yes stays on record.")
        found.append(text % {"quote": order.quote.ref})
    if order.opportunity:
        text = _("The opportunity %(deal)s stays %(state)s; once no order is left it can be opened again.")
        state = str(order.opportunity.get_status_display()).lower()
        found.append(text % {"deal": order.opportunity.name, "state": state})
    if order.billing == Order.Progress.NONE:
        found.append(_("Nothing is invoiced, so no invoice has to be credited."))
    if order.change_requests.filter(status="open").exists():
        found.append(_("The change that was requested is withdrawn."))
    return [str(text) for text in found]


def shipments_of(order: Order) -> list[Shipment]:
    """What left, with what was in it: two queries."""
    inside = Prefetch("lines", queryset=ShipmentLine.objects.select_related("order_line").order_by("id"))
    return list(order.shipments.prefetch_related(inside).order_by("-shipped_on", "-id")[:50])


def lines_with_progress(order: Order, *, has_days: bool) -> tuple[Lines, list[Any]]:
    """The lines with what happened to their quantities; a column that says nothing is left out."""
    if order.status == Order.Status.ACTIVE:
        return table_of_lines(order), []
    lines = table_of_lines(order, more=[name for name, _label in PROGRESS])
    used = [
        index
        for index, (name, _label) in enumerate(PROGRESS)
        if name in ALWAYS or any(row.more[index] not in ("0", "") for row in lines.rows)
    ]
    labels = [PROGRESS[index][1] for index in used]
    for row in lines.rows:
        row.more = tuple(row.more[index] for index in used)
    if has_days:
        days = dict(order.lines.filter(promised_on__isnull=False).values_list("key", "promised_on"))
        for row in lines.rows:
            promised = days.get(UUID(row.key))
            row.more = (*row.more, formats.date(promised) if promised else "")
        labels.append(_("Promised"))
    return lines, labels


@dataclass(frozen=True, slots=True)
class Progress:
    """How many lines there are, and of how many of them all or part has gone its way."""

    lines: int
    done: int
    begun: int


def progress_of(order: Order) -> dict[str, Any]:
    """How far delivery and billing have come, counted in lines, and whether any has a day of its own; one query."""
    counted = Q(
        kind__in=COUNTED, quantity__gt=F("quantity_canceled")
    )  # what was called off is not waited for
    away = F("quantity_shipped") + F("quantity_canceled")
    delivered, invoiced = (
        Q(quantity__lte=away),
        Q(quantity__lte=F("quantity_invoiced") + F("quantity_canceled")),
    )
    found = order.lines.filter(counted).aggregate(
        lines=Count("id"),
        delivered=Count("id", filter=delivered),
        on_way=Count("id", filter=~delivered & Q(quantity_shipped__gt=0)),
        invoiced=Count("id", filter=invoiced),
        billed=Count("id", filter=~invoiced & Q(quantity_invoiced__gt=0)),
        days=Count("promised_on"),
    )
    return {
        "delivered": Progress(found["lines"], found["delivered"], found["on_way"]),
        "invoiced": Progress(found["lines"], found["invoiced"], found["billed"]),
        "has_days": bool(found["days"]),
    }


def asked_preflight(order: Order) -> Preflight:
    """The pre-flight after asking elsewhere, which takes its time: never inside a transaction."""
    asked = sum(answers("ask_findings", order), Findings())
    order.__dict__.pop("_preflight", None)
    found = preflight(order)
    fresh = tuple(one for one in asked.warnings if one not in found.warnings)
    return replace(found, warnings=(*found.warnings, *fresh))


def same_number_warnings(order: Order, visible: Callable[[QuerySet[Any]], QuerySet[Any]]) -> list[Blocker]:
    """Other orders under the customer's same number: named with their page for those who may see them."""
    if not order.customer_po.strip() or order.status == Order.Status.CANCELED:
        return []
    others = list(same_number(order).values_list("pk", "number")[:MOST_NAMED])
    if not others:
        return []
    seen = set(
        visible(Order.objects.filter(pk__in=[pk for pk, _number in others])).values_list("pk", flat=True)
    )
    text = _("%(other)s of this customer has the number %(po)s too.")
    known = [number for pk, number in others if pk in seen]
    po = order.customer_po
    found = [
        Blocker(
            "same_customer_po",
            text % {"other": one, "po": po},
            "customer_po",
            one,
            record_url("orders:detail", one),
        )
        for one in known
    ]
    other = _("Another order of this customer has the number %(po)s too.") % {"po": po}
    return found or [Blocker("same_customer_po", other, "customer_po")]
