"""What is left of an invoice after its credit notes, line by line, and the lines that credit part of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from catalog.changes import refuse_too_fine
from catalog.price_basis import share_basis
from invoices.actions.billing import with_texts
from invoices.models import Invoice, InvoiceLine
from kernel.errors import DomainError
from kernel.pricing import PricedLineAmounts, allocate, apportion, apportion_line

ZERO = Decimal(0)
AMOUNTS = InvoiceLine.AMOUNTS


@dataclass
class Left:
    """What is left of one line: its quantity, and its amounts by column."""

    quantity: Decimal
    amounts: dict[str, Decimal]


def left_of(invoice: Invoice, lines: Sequence[InvoiceLine]) -> dict[int, Left]:
    """By position: what credit notes have not taken back yet."""
    left = {
        line.position: Left(line.quantity, {name: getattr(line, name) for name in AMOUNTS}) for line in lines
    }
    notes = InvoiceLine.objects.filter(invoice__credits=invoice).exclude(
        invoice__status=Invoice.Status.CANCELED
    )
    for line in notes:
        if one := left.get(line.position):
            one.quantity += line.quantity
            for name in AMOUNTS:
                one.amounts[name] += getattr(line, name)
    return left


def takes_amounts_back(invoice: Invoice) -> bool:
    """Whether a credit note took amounts back without quantities."""
    notes = InvoiceLine.objects.filter(invoice__credits=invoice, quantity=0, total__lt=0)
    return notes.exclude(invoice__status=Invoice.Status.CANCELED).exists()


def credited_quantities(
    credit: Invoice, invoice: Invoice, lines: Sequence[InvoiceLine], left: Mapping[int, Left],
    quantities: Mapping[UUID, Decimal] | None, *, freight: bool,
) -> list[InvoiceLine]:  # fmt: skip
    """Lines that take back so much of each line (all that is left if not said), and the freight if wanted."""
    known = {line.key for line in lines}
    if unknown := set(quantities or {}) - known:
        raise DomainError(
            _("The invoice has no line %s.") % unknown.pop(), code="unknown_line", field="quantity"
        )
    chosen: dict[int, Decimal] = {}
    for line in lines:
        rest = left[line.position].quantity
        quantity = rest if quantities is None else quantities.get(line.key, ZERO)
        if not quantity.is_finite() or quantity < 0 or quantity > rest:
            raise DomainError(
                _("At most %(left)s can be credited of this line.") % {"left": f"{rest.normalize():f}"},
                code="more_than_invoiced", field=f"quantity_{line.key}",
            )  # fmt: skip
        refuse_too_fine(quantity, f"quantity_{line.key}")
        if quantity:
            chosen[line.pk] = quantity
    take_freight(credit, *(freight_left(invoice) if freight else (ZERO, ZERO)))
    digits = invoice.currency.digits
    return [
        negative(credit, line, quantity, share(line, left, quantity, digits), left[line.position])
        for line in with_texts(lines, chosen)
        for quantity in [chosen.get(line.pk, ZERO)]
    ]


def share(line: InvoiceLine, left: Mapping[int, Left], quantity: Decimal, digits: int) -> dict[str, Decimal]:
    """The amounts of so much of what is left of a line; all of them for all of it."""
    rest = left[line.position]
    if quantity == rest.quantity:
        return rest.amounts
    whole = PricedLineAmounts(
        str(line.key), rest.amounts["base"], rest.amounts["manual_discount"], rest.amounts["net"],
        rest.amounts["header_discount"], rest.amounts["tax"], rest.amounts["total"],
    )  # fmt: skip
    part = apportion_line(whole, ZERO, quantity, rest.quantity, digits=digits)
    return {
        "base": part.base, "manual_discount": part.discount, "net": part.net, "header_discount": part.header_discount,
        "tax": part.tax, "total": part.total,
    }  # fmt: skip


def credited_amount(
    credit: Invoice, invoice: Invoice, lines: Sequence[InvoiceLine], left: Mapping[int, Left], amount: Decimal
) -> list[InvoiceLine]:
    """Lines that take back an amount, tax included, in proportion to what is left of each line and of the freight."""
    freight, freight_tax = freight_left(invoice)
    items = [line for line in lines if not line.is_text]
    totals = [max(left[line.position].amounts["total"], ZERO) for line in items]
    creditable = invoice.creditable
    if amount > creditable:
        raise DomainError(
            _("At most %(left)s is left to credit.") % {"left": creditable},
            code="more_than_invoiced", field="amount",
        )  # fmt: skip
    digits = invoice.currency.digits
    if amount == creditable:
        take_freight(credit, freight, freight_tax)
        return [
            negative(credit, line, ZERO, left[line.position].amounts, left[line.position])
            for line in items
            if any(left[line.position].amounts.values())
        ]
    *shares, of_freight = allocate(amount, [*totals, max(freight + freight_tax, ZERO)], digits)
    tax = apportion(freight_tax, ZERO, of_freight, freight + freight_tax, digits) if of_freight else ZERO
    take_freight(credit, of_freight - tax, tax)
    return [
        negative(credit, line, ZERO, split(left[line.position].amounts, gross, digits), left[line.position])
        for line, gross in zip(items, shares, strict=True)
        if gross
    ]


def split(amounts: Mapping[str, Decimal], gross: Decimal, digits: int) -> dict[str, Decimal]:
    """The columns of a line for a part of its total: tax and discounts in proportion, sums rebuilt from them."""

    def part(name: str) -> Decimal:
        return apportion(amounts[name], ZERO, gross, amounts["total"], digits)

    tax, header_discount, discount = part("tax"), part("header_discount"), part("manual_discount")
    net = gross - tax + header_discount
    return {
        "base": net + discount, "manual_discount": discount, "net": net, "header_discount": header_discount,
        "tax": tax, "total": gross,
    }  # fmt: skip


def negative(
    credit: Invoice, line: InvoiceLine, quantity: Decimal, amounts: Mapping[str, Decimal], rest: Left
) -> InvoiceLine:
    """A line of the credit note; a heading or a note keeps its words only."""
    columns: dict[str, Any] = {name: -amounts[name] for name in AMOUNTS}
    columns |= {"quantity": -quantity, "discount_percent": None}
    by_amount = None if quantity else amounts["total"]
    if not line.is_text:
        columns["price_basis"] = share_basis(line, of=rest.quantity, whole=rest.amounts, amount=by_amount)
    columns["discount_amount"] = columns["manual_discount"] or None
    if not quantity and not line.is_text:
        columns |= {"unit_price": ZERO, "list_price": None, "volume_discount": ZERO}
    return InvoiceLine(invoice=credit, order_line_id=line.order_line_id, **line.columns() | columns)


def freight_left(invoice: Invoice) -> tuple[Decimal, Decimal]:
    """Freight and its tax that no credit note has taken back yet."""
    notes = invoice.credit_notes.exclude(status=Invoice.Status.CANCELED)
    given = list(notes.values_list("freight", "freight_tax"))
    return (
        invoice.freight + sum((freight for freight, _tax in given), ZERO),
        invoice.freight_tax + sum((tax for _freight, tax in given), ZERO),
    )


def take_freight(credit: Invoice, freight: Decimal, tax: Decimal) -> None:
    credit.freight, credit.freight_tax = -freight, -tax
