"""What stands in the way of submitting an order: one list for the page, the API and the refusal."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from catalog.documents import COUNTED, LineKind
from customers.models import Account
from kernel.errors import Blocker
from orders.hooks import Findings, answers
from orders.models.credit import Credit, credit_of
from orders.models.guards import has_bill_to, has_lines, has_price_list, has_ship_to

BASICS = (has_lines, has_price_list, has_bill_to, has_ship_to)
MOST_LINES = 50  # that are named one by one


@dataclass(frozen=True, slots=True)
class Preflight:
    """Whether an order could be submitted: what blocks it, what is only worth knowing, and the customer's credit."""

    blockers: tuple[Blocker, ...]
    warnings: tuple[Blocker, ...]
    credit: Credit | None

    @property
    def is_ready(self) -> bool:
        return not self.blockers


def preflight(order: Any) -> Preflight:
    """Everything there is to say, in a constant number of queries; read once for this version of the order."""
    known = order.__dict__.get("_preflight")
    if known is None or known[0] != order.version:
        basics = tuple(reason for guard in BASICS for reason in guard.unmet(order))
        found = Findings(basics) + of_lines(order) + of_credit(order) + of_number(order)
        found = sum(answers("findings", order), found)
        known = (order.version, Preflight(found.blockers, found.warnings, credit_of(order)))
        order.__dict__["_preflight"] = known
    made: Preflight = known[1]
    return made


def in_the_way(order: Any) -> tuple[Blocker, ...]:
    """What has to be settled before the order can be submitted."""
    return preflight(order).blockers


# --- lines ------------------------------------------------------------------------------------------


def of_lines(order: Any) -> Findings:
    """Products that are not for sale, and lines on which nobody said how they are taxed; one query."""
    untaxed = Q(kind=LineKind.ITEM, tax_code__isnull=True, typed_tax__isnull=True) & ~Q(net=0)
    doubtful = Q(product__isnull=False) & ~Q(product__status="active")
    if order.account is None or order.account.tax_treatment == Account.TaxTreatment.NORMAL:
        doubtful |= untaxed
    columns = (
        "position",
        "description",
        "product__sku",
        "product__status",
        "tax_code_id",
        "typed_tax",
        "net",
        "kind",
    )
    lines = order.lines.filter(doubtful, kind__in=COUNTED).order_by("position", "id")
    rows = list(lines.values(*columns)[: MOST_LINES + 1])
    blockers: list[Blocker] = []
    warnings: list[Blocker] = []
    for row in rows[:MOST_LINES]:
        for is_grave, blocker in wrong_with(order, row):
            (blockers if is_grave else warnings).append(blocker)
    if len(rows) > MOST_LINES:
        blockers.append(
            Blocker("more_lines", _("and further lines after these"), "lines", fix_url=lines_of(order))
        )
    return Findings(tuple(blockers), tuple(warnings))


def wrong_with(order: Any, row: dict[str, Any]) -> Iterator[tuple[bool, Blocker]]:
    """What there is to say of one line, and whether it stands in the way."""
    where = _("Line %(number)s") % {"number": row["position"]}
    sku, status, link = row["product__sku"], row["product__status"], lines_of(order)
    if status in ("draft", "retired"):
        text = _("%(product)s is not for sale any more: choose another product.")
        if status == "draft":
            text = _("%(product)s is still a draft in the catalog: activate it, or choose another product.")
        yield True, Blocker("product_not_active", text % {"product": sku}, "lines", where, link)
    elif status == "under_revision":
        text = _("%(product)s is being revised in the catalog.") % {"product": sku}
        yield False, Blocker("product_under_revision", text, "lines", where, link)
    taxable = order.account is None or order.account.tax_treatment == Account.TaxTreatment.NORMAL
    if (
        taxable
        and row["kind"] == LineKind.ITEM
        and row["net"]
        and row["tax_code_id"] is row["typed_tax"] is None
    ):
        text = _("“%(line)s” has no tax.") % {"line": row["description"]}
        yield False, Blocker("no_tax", text, "lines", where, link)


def lines_of(order: Any) -> str:
    return f"{order.get_absolute_url()}#lines"


# --- credit -----------------------------------------------------------------------------------------


def exceeds_credit(order: Any) -> bool:
    """Whether the customer would owe more than its limit, and nobody has let this much pass."""
    credit = credit_of(order)
    if credit is None or not credit.excess:
        return False
    passed = order.credit_override_total
    return passed is None or order.total_base > passed


def of_credit(order: Any) -> Findings:
    """No figures here: not everybody who submits orders may know the limit."""
    if not exceeds_credit(order):
        return Findings()
    text = _(
        "the customer's credit limit is exceeded; a sales manager or finance can let it pass, with a reason"
    )
    return Findings((Blocker("credit_exceeded", text, "account", str(order)),))


# --- the customer's own number ----------------------------------------------------------------------


def same_number(order: Any) -> Any:
    """Other valid orders of the customer under the same number of its own."""
    if not order.customer_po.strip():
        return type(order).objects.none()
    customer = {"account": order.account} if order.account_id else {"account": None, "contact": order.contact}
    same = type(order).objects.filter(**customer, customer_po__iexact=order.customer_po.strip())
    return same.exclude(status="canceled").exclude(pk=order.pk).order_by("id")


def of_number(order: Any) -> Findings:
    """The same number twice is often the same order twice, but not always."""
    if not same_number(order).exists():
        return Findings()
    text = _("another order of this customer has the number %(po)s too") % {"po": order.customer_po}
    return Findings(warnings=(Blocker("same_customer_po", text, "customer_po", str(order)),))
