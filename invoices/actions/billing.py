"""Invoices from an order: all of it, part of it, or what its payment terms allow now."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.changes import refuse_too_fine
from catalog.copying import carry_over
from catalog.documents import LineKind, header_columns
from catalog.price_basis import amounts_of, share_basis
from catalog.totals import part_of, sum_up
from invoices.models import Invoice, InvoiceLine
from kernel import history, outbox
from kernel.customfields import carried
from kernel.errors import DomainError
from kernel.lifecycle import check_step
from kernel.pricing import apportion
from orders.actions.billing import settle_billing
from orders.actions.changing import lock as lock_order
from orders.models import Order, OrderLine
from people.access import require
from people.models import User

ZERO = Decimal(0)
# What has billed an order: its invoices, less the credit notes whose quantities are to be billed again.
BILLING = Q(kind=Invoice.Kind.INVOICE) | Q(bills_again=True)
LINES_BILLING = Q(invoice__kind=Invoice.Kind.INVOICE) | Q(invoice__bills_again=True)


@transaction.atomic
def invoice_from_order(
    order: Order, *, by: User, quantities: Mapping[UUID, Decimal] | None = None
) -> Invoice:
    """Bill the order, all that its payment terms allow now or the given quantities by line key.

    Amounts are shares of the order's own, never priced again, so that partial invoices add up to it to the cent.
    """
    order = lock_order(order)
    check_step(order.may_be_invoiced, by=by)
    require(by, "add", Invoice)
    lines = list(order.lines.select_for_update().order_by("position", "id"))
    for line in lines:
        line.order = order
    billed = quantities_to_bill(lines, quantities)
    invoice = Invoice(
        **header_columns(order), **order.addresses(), name=order.name, order=order, opportunity_id=order.opportunity_id,
        payment_terms_id=order.payment_terms_id, custom=carried(order, Invoice),
    )  # fmt: skip
    take_freight(invoice, order, lines, billed)
    if bills_whole(lines, billed):
        sum_up(invoice, lines)
        save_with_discount(invoice)
        carry_over(
            order.lines.all(), InvoiceLine, invoice_id=invoice.pk, order_line_id=F("pk"), discount_percent=None,
            discount_amount=F("manual_discount"),
        )  # fmt: skip
    else:
        made = shares_of(invoice, order, lines, billed)
        sum_up(invoice, made)
        save_with_discount(invoice)
        InvoiceLine.objects.bulk_create(made, batch_size=500)
    note_billed(order, lines, billed, by=by)
    history.record(invoice, "created", by=by, note=order.ref)
    history.record(order, "invoiced", by=by, note=str(invoice.public_id))
    outbox.publish("invoice.created", invoice, by=by, payload={"order": str(order.public_id)})
    return invoice


def quantities_to_bill(
    lines: Sequence[OrderLine], wanted: Mapping[UUID, Decimal] | None
) -> dict[int, Decimal]:
    """How much of each line (by primary key) to bill; more than is ready is refused by line."""
    ready = {line.key: line.quantity_to_invoice for line in lines}
    wanted = ready if wanted is None else wanted
    for key, quantity in wanted.items():
        if key not in ready:
            raise DomainError(_("The order has no line %s.") % key, code="unknown_line", field="quantity")
        if not quantity.is_finite() or quantity < 0 or quantity > ready[key]:
            raise DomainError(
                _("At most %(ready)s can be invoiced of this line now.") % {"ready": ready[key].normalize()},
                code="more_than_ready", field=f"quantity_{key}",
            )  # fmt: skip
        refuse_too_fine(quantity, f"quantity_{key}")
    if not any(wanted.values()):
        raise DomainError(
            _("Choose at least one quantity to invoice."), code="nothing_to_invoice", field="quantity"
        )
    return {line.pk: wanted.get(line.key, ZERO) for line in lines}


def live_lines(order: Order) -> list[InvoiceLine]:
    """What was billed of the order so far; canceled invoices do not count, credit notes only if they bill again."""
    return list(
        InvoiceLine.objects.filter(LINES_BILLING, invoice__order=order)
        .exclude(invoice__status=Invoice.Status.CANCELED)
        .exclude(order_line=None)
    )


def bills_whole(lines: Sequence[OrderLine], billed: Mapping[int, Decimal]) -> bool:
    """Whether every line is billed in full and for the first time: then its amounts are the order line's own."""
    return all(not line.quantity_invoiced and billed.get(line.pk) == line.quantity for line in lines)


def save_with_discount(invoice: Invoice) -> None:
    """Save the header; its discount is the sum of what its lines carry, whatever made it on the order."""
    invoice.discount_percent, invoice.discount_amount = ZERO, invoice.header_discount_amount
    invoice.save()


def shares_of(
    invoice: Invoice, order: Order, lines: Sequence[OrderLine], billed: Mapping[int, Decimal]
) -> list[InvoiceLine]:
    """The billed lines: each its share up to the new quantity, less what live invoices have already."""
    digits = order.currency.digits
    already: dict[int, dict[str, Decimal]] = {}
    for part in live_lines(order):
        sums = already.setdefault(part.order_line_id, dict.fromkeys(InvoiceLine.AMOUNTS, ZERO))  # type: ignore[arg-type]
        for name in InvoiceLine.AMOUNTS:
            sums[name] += getattr(part, name)
    made = []
    for line in with_texts(lines, {pk for pk, quantity in billed.items() if quantity}):
        if line.is_text:
            made.append(InvoiceLine(invoice=invoice, order_line=line, **line.columns()))
            continue
        quantity = billed[line.pk]
        upto = part_of(line, line.quantity_invoiced + quantity, digits)
        before = already.get(line.pk, {})
        share: dict[str, Any] = {name: upto[name] - before.get(name, ZERO) for name in InvoiceLine.AMOUNTS}
        share |= {
            "quantity": quantity, "discount_percent": None, "discount_amount": share["manual_discount"],
            "price_basis": share_basis(
                line, of=line.quantity, whole=amounts_of(line), before=line.quantity_invoiced, taken=before
            ),
        }  # fmt: skip
        made.append(InvoiceLine(invoice=invoice, order_line=line, **line.columns() | share))
    return made


def take_freight(
    invoice: Invoice, order: Order, lines: Sequence[OrderLine], billed: Mapping[int, Decimal]
) -> None:
    """Freight goes along in proportion to the net billed; the invoice that completes the order takes the rest."""
    digits = order.currency.digits
    whole, upto, complete = ZERO, ZERO, True
    for line in lines:
        quantity = line.quantity_invoiced + billed.get(line.pk, ZERO)
        complete = complete and quantity >= line.quantity - line.quantity_canceled
        part = part_of(line, quantity, digits)
        whole += line.net - line.header_discount
        upto += part["net"] - part["header_discount"]
    upto = whole if complete or whole <= 0 else min(max(upto, ZERO), whole)
    others = order.invoices.filter(BILLING).exclude(status=Invoice.Status.CANCELED)
    charged = others.values_list("freight", "freight_tax")
    before = sum((freight for freight, _tax in charged), ZERO), sum((tax for _freight, tax in charged), ZERO)
    done, of = (upto, whole) if whole > 0 else (Decimal(1), Decimal(1))
    invoice.freight = apportion(order.freight, ZERO, done, of, digits) - before[0]
    invoice.freight_tax = apportion(order.freight_tax, ZERO, done, of, digits) - before[1]


def with_texts(lines: Sequence[Any], chosen: Collection[int]) -> list[Any]:
    """The chosen lines (by primary key) with the headings and notes that speak of them, in order.

    A heading or note goes along with any chosen line below it, up to the next heading; notes that end a section
    go along with the line above them.
    """
    found: list[Any] = []
    for section in sections(lines):
        items = [index for index, line in enumerate(section) if not line.is_text]
        mine = [index for index in items if section[index].pk in chosen]
        if mine:
            upto = len(section) if mine[-1] == items[-1] else mine[-1]
            found += [
                line
                for index, line in enumerate(section)
                if (index < upto if line.is_text else line.pk in chosen)
            ]
    return found


def sections(lines: Sequence[Any]) -> list[list[Any]]:
    """The lines cut before every heading."""
    found: list[list[Any]] = [[]]
    for line in lines:
        if line.kind == LineKind.SECTION:
            found.append([])
        found[-1].append(line)
    return found


def note_billed(order: Order, lines: Sequence[OrderLine], billed: Mapping[int, Decimal], *, by: User) -> None:
    """Carry the billed quantities to the order and take its step when everything is invoiced."""
    for line in lines:
        line.quantity_invoiced += billed.get(line.pk, ZERO)
    settle_billing(order, lines, by=by)
