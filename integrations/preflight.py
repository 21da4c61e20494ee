"""What an ERP would not understand of an order, asked before the order is submitted.

The ERP is asked when somebody looks at an order, never while it is being submitted: what it answered is remembered for
a few minutes, and submitting reads that memory without a statement or a call.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _

from catalog.documents import LineKind
from integrations import gate, outgoing
from integrations.adapters import build_adapter
from integrations.adapters.protocol import ErpAdapter, ErpError
from integrations.dialects import open_adapter
from integrations.models import Connection
from kernel.errors import Blocker, DomainError
from kernel.ownership import destination
from orders.hooks import Findings
from orders.models import Order

REMEMBERED = 300  # seconds
AT_ONCE = 100  # codes in one question
MOST_NAMED = 20
PATIENCE = {"connect_timeout_s": 2, "read_timeout_s": 5}
KINDS = ("customers", "products", "taxes", "units")


@dataclass(frozen=True, slots=True)
class Heard:
    """What the ERP said of an order: its unknown codes as (kind, ours, theirs), and how many lines are free text."""

    unknown: tuple[tuple[str, str, str], ...] = ()
    in_free_text: int = 0


def known_findings(order: Order) -> Findings:
    """What the ERP said of this version of the order when it was asked last; nothing when it was not."""
    heard: Heard = cache.get(key_of(order), Heard())
    kinds = groupby(heard.unknown, key=lambda one: one[0])
    blockers = tuple(blocker(order, kind, [one[1:] for one in found]) for kind, found in kinds)
    return Findings(blockers, tuple(without_product(order, heard.in_free_text)))


def ask_findings(order: Order) -> Findings:
    """Ask the ERP which of the order's codes it does not know; one that does not answer blocks nothing."""
    connection = Connection.objects.filter(code=destination("orders")).first()
    if connection is None:
        return Findings()
    if not gate.is_open(connection):
        text = _("the ERP is not asked at the moment; the order would wait until its connection works again")
        return Findings(warnings=(Blocker("erp_not_asked", text, record=connection.name),))
    free = order.lines.filter(kind=LineKind.ITEM, product__isnull=True).count()
    try:
        heard = Heard(tuple(unknown_there(order, connection)), free)
    except (ErpError, DomainError) as error:
        text = _("the ERP could not be asked: %(why)s") % {"why": error}
        return Findings(warnings=(Blocker("erp_not_asked", text, record=connection.name),))
    cache.set(key_of(order), heard, REMEMBERED)
    return known_findings(order)


def unknown_there(order: Order, connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Kind, our code and theirs for each code of the order that the ERP does not know."""
    connection.options = {**connection.options, **PATIENCE}
    with open_adapter(connection) as adapter:
        for kind, codes in codes_of(order, connection).items():
            missing = set(missing_of(adapter, kind, sorted(set(codes.values()))))
            yield from ((kind, ours, theirs) for ours, theirs in codes.items() if theirs in missing)


def missing_of(adapter: ErpAdapter, kind: str, codes: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(codes), AT_ONCE):
        yield from adapter.missing_codes(kind, codes[start : start + AT_ONCE])


def codes_of(order: Order, connection: Connection) -> dict[str, dict[str, str]]:
    """Our codes on the order with what they are called there, by kind."""
    mapped = outgoing.mapped_codes(connection)
    customer: Any = order.customer
    rows = order.lines.order_by().values_list("product__sku", "tax_code__code", "unit__code").distinct()
    products, taxes, units = (
        {row[index] for row in rows} - {None} for index in range(3)
    )  # fmt: skip
    ours = {
        "customers": {getattr(customer, "erp_code", "") or customer.number},
        "products": products,
        "taxes": taxes
        | ({order.freight_tax_code.code} if order.freight and order.freight_tax_code else set()),
        "units": units,
    }
    return {
        kind: {code: outgoing.called(mapped, kind, code) for code in sorted(ours[kind])} for kind in KINDS
    }


def blocker(order: Order, kind: str, codes: Sequence[tuple[str, str]]) -> Blocker:
    """The unknown codes of one kind in words, with the place where they can be put right."""
    words = {
        "customers": _("the ERP does not know the customer %(codes)s: enter the customer's code there"),
        "products": _("products the ERP does not know: %(codes)s; create them there, or map their numbers"),
        "taxes": _("taxes the ERP does not know: %(codes)s; create them there, or map their codes"),
        "units": _("units the ERP does not know: %(codes)s; create them there, or map their codes"),
    }
    named = [ours if ours == theirs else f"{ours} = {theirs}" for ours, theirs in codes[:MOST_NAMED]]
    more = ["…"] if len(codes) > MOST_NAMED else []
    fix = ""
    if kind == "customers" and order.account:
        fix = f"{order.account.get_absolute_url()}edit/#id_erp_code"
    text = words[kind] % {"codes": ", ".join([*named, *more])}
    return Blocker(f"erp_unknown_{kind}", text, kind, str(order), fix)


def without_product(order: Order, count: int) -> Iterator[Blocker]:
    """Write-ins arrive in the ERP as text only."""
    if count:
        text = _("lines in free text arrive in the ERP without a product: %(count)s") % {"count": count}
        yield Blocker("erp_free_text", text, "lines", str(order), f"{order.get_absolute_url()}#lines")


def takes_changes(order: Order) -> bool:
    """Whether the ERP that has the order lets a submitted order be changed."""
    connection = Connection.objects.filter(code=order.managed_by).first()
    if connection is None:
        return False
    adapter = build_adapter(connection.kind, connection.base_url, "", connection.options)
    adapter.close()
    return adapter.capabilities.can_update


def key_of(order: Order) -> str:
    return f"erp-preflight:{order.public_id}:{order.version}"
