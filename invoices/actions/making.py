"""How invoices come to be from nothing, and how new ones are changed."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.lines import LineChange, Wanted, changes_from, write_lines
from catalog.rates import rate_on
from customers.parties import fill_from_customer, refuse_unfit_customer
from invoices.models import Invoice
from kernel import history, outbox
from kernel.errors import ComponentOwnedElsewhere, Conflict, DomainError
from kernel.lifecycle import advance
from kernel.ownership import owner_of
from kernel.writing import assign, seen_version
from people.access import refuse_handover, require
from people.models import User

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
    fill_from_customer(invoice)
    invoice.exchange_rate = rate_on(invoice.currency, timezone.localdate())
    invoice.save()
    if lines:
        write_lines(invoice, lines, on=timezone.localdate())
        invoice.save()
    history.record(invoice, "created", by=by)
    outbox.publish("invoice.created", invoice, by=by)
    return invoice


@transaction.atomic
def change_invoice(
    invoice: Invoice, *, by: User, version: int | None = None, note: str = "", **values: Any
) -> Invoice:
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
    history.record(invoice, "changed", by=by, changes=changes, note=note)
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


def due_date(invoice: Invoice, issued_on: dt.date) -> dt.date:
    """When the invoice falls due by its payment terms."""
    days = invoice.payment_terms.net_days if invoice.payment_terms else 0
    return issued_on + dt.timedelta(days=days)
