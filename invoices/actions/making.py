"""How invoices come to be: from an order, all of it or part, or from nothing."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.copying import carry_over
from catalog.documents import header_columns
from catalog.lines import LineChange, Wanted, changes_from, write_lines
from catalog.rates import rate_on
from catalog.totals import part_of, sum_up
from customers.parties import refuse_unfit_customer
from invoices.models import Invoice, InvoiceLine
from kernel import history, outbox
from kernel.errors import ComponentOwnedElsewhere, Conflict, DomainError
from kernel.lifecycle import advance, check_step
from kernel.ownership import owner_of
from kernel.pricing import apportion
from kernel.writing import assign, seen_version
from orders.actions.billing import settle_billing
from orders.actions.changing import lock as lock_order
from orders.models import Order, OrderLine
from people.access import refuse_handover, require
from people.models import User

ZERO = Decimal(0)
CHANGEABLE = {
    "name", "account", "contact", "currency", "price_list", "discount_percent", "discount_amount", "freight",
    "freight_tax_code", "payment_terms", "due_on", "owner", "team", "custom", *Invoice.ADDRESS_FIELDS,
}  # fmt: skip


@transaction.atomic
def create_invoice(*, by: User, lines: Sequence[LineChange] = (), **values: Any) -> Invoice:
    """Make a new invoice from nothing; refused where the ERP makes invoices."""
    require(by, "add", Invoice)
    refuse_if_erp_owns_invoices()
    invoice = Invoice()
    assign(invoice, values, allowed=CHANGEABLE | {"rounding_profile"})
    if invoice.owner_id is None and invoice.team_id is None:
        invoice.owner, invoice.team = by, by.team
    require(by, "add", invoice)
    refuse_unfit_customer(invoice, by)
    if invoice.account and invoice.payment_terms_id is None:
        invoice.payment_terms_id = invoice.account.payment_terms_id
    invoice.exchange_rate = rate_on(invoice.currency, timezone.localdate())
    invoice.save()
    if lines:
        write_lines(invoice, lines, on=timezone.localdate())
        invoice.save()
    history.record(invoice, "created", by=by)
    outbox.publish("invoice.created", invoice, by=by)
    return invoice


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
        payment_terms_id=order.payment_terms_id, custom=order.custom,
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


@transaction.atomic
def change_invoice(invoice: Invoice, *, by: User, version: int | None = None, **values: Any) -> Invoice:
    """Change the header of a new invoice."""
    invoice = lock(invoice, version)
    advance(invoice.edit, by=by)
    refuse_handover(invoice, values, by)
    changes = assign(invoice, values, allowed=CHANGEABLE)
    if not changes:
        return invoice
    refuse_unfit_customer(invoice, by, changes)
    priced = {"currency", "price_list", "discount_percent", "discount_amount", "freight", "freight_tax_code"}
    if invoice.order_id and (fixed := priced & set(changes)):
        raise DomainError(
            _("Its amounts come from the order."), code="amounts_from_order", field=sorted(fixed)[0]
        )
    if "currency" in changes and invoice.lines.exists():
        raise DomainError(
            _("The currency is fixed while there are lines."), code="currency_fixed", field="currency"
        )
    if invoice.order_id is None:
        invoice.exchange_rate = rate_on(invoice.currency, timezone.localdate())
        write_lines(invoice, changes_from, on=timezone.localdate())
    invoice.save()
    history.record(invoice, "changed", by=by, changes=changes)
    return invoice


@transaction.atomic
def set_invoice_lines(invoice: Invoice, lines: Wanted, *, by: User, version: int | None = None) -> Invoice:
    """Make the lines of a new invoice exactly these; one made from an order keeps the order's lines."""
    invoice = lock(invoice, version)
    advance(invoice.edit, by=by)
    if invoice.order_id:
        raise DomainError(_("Its lines come from the order."), code="amounts_from_order", field="lines")
    write_lines(invoice, lines, on=timezone.localdate())
    invoice.save()
    history.record(invoice, "lines_changed", by=by)
    return invoice


def lock(invoice: Invoice, version: int | None = None) -> Invoice:
    """The invoice as it stands now, held until the transaction ends; refuses a stale version."""
    locked = Invoice.objects.select_for_update(of=("self",)).select_related(
        "currency", "account", "contact", "payment_terms", "order"
    ).get(pk=invoice.pk)  # fmt: skip
    version = seen_version(invoice) if version is None else version
    if version is not None and locked.version != version:
        raise Conflict(
            _("Somebody else changed this invoice meanwhile. Look at it again, then repeat your change.")
        )
    return locked


def refuse_if_erp_owns_invoices() -> None:
    if owner_of("invoices") == "erp":
        raise ComponentOwnedElsewhere(_("Invoices are made in the ERP and appear here by themselves."))


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
    if not any(wanted.values()):
        raise DomainError(
            _("Choose at least one quantity to invoice."), code="nothing_to_invoice", field="quantity"
        )
    return {line.pk: wanted.get(line.key, ZERO) for line in lines}


def live_lines(order: Order) -> list[InvoiceLine]:
    """What was billed of the order so far; canceled invoices and credit notes do not count."""
    return list(
        InvoiceLine.objects.filter(invoice__order=order, invoice__kind=Invoice.Kind.INVOICE)
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
    for line in lines:
        if quantity := billed.get(line.pk):
            upto = part_of(line, line.quantity_invoiced + quantity, digits)
            before = already.get(line.pk, {})
            share: dict[str, Any] = {
                name: upto[name] - before.get(name, ZERO) for name in InvoiceLine.AMOUNTS
            }
            share |= {
                "quantity": quantity,
                "discount_percent": None,
                "discount_amount": share["manual_discount"],
            }
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
    others = order.invoices.filter(kind=Invoice.Kind.INVOICE).exclude(status=Invoice.Status.CANCELED)
    charged = others.values_list("freight", "freight_tax")
    before = sum((freight for freight, _tax in charged), ZERO), sum((tax for _freight, tax in charged), ZERO)
    done, of = (upto, whole) if whole > 0 else (Decimal(1), Decimal(1))
    invoice.freight = apportion(order.freight, ZERO, done, of, digits) - before[0]
    invoice.freight_tax = apportion(order.freight_tax, ZERO, done, of, digits) - before[1]


def note_billed(order: Order, lines: Sequence[OrderLine], billed: Mapping[int, Decimal], *, by: User) -> None:
    """Carry the billed quantities to the order and take its step when everything is invoiced."""
    for line in lines:
        line.quantity_invoiced += billed.get(line.pk, ZERO)
    settle_billing(order, lines, by=by)


def due_date(invoice: Invoice, issued_on: dt.date) -> dt.date:
    """When the invoice falls due by its payment terms."""
    days = invoice.payment_terms.net_days if invoice.payment_terms else 0
    return issued_on + dt.timedelta(days=days)
