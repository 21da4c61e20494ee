"""The steps taken on the records of this process, by the actions that pages and API call too."""

import json
import urllib.request
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from celery import current_app

from catalog.lines import LineChange, lines_of
from catalog.models import Product, TaxCode
from invoices.models import Invoice
from leads.actions import contact_lead, create_lead
from leads.models import Lead
from opportunities.actions import qualify_lead
from opportunities.models import Opportunity
from orders.actions import accept_quote, submit_order
from orders.models import Order
from people.models import User
from quotes.actions import (
    activate_quote,
    change_quote,
    quote_from_opportunity,
    revise_quote,
    send_quote,
    set_quote_lines,
)
from quotes.models import Quote
from salesops.walkthrough.report import Seen
from salesops.walkthrough.script import CUSTOMER_PO, ESTIMATE, FREIGHT, FREIGHT_TAX, LEAD, Offer, Sold


class ByActions:
    """A salesperson in this process, with the demo ERP under control and a worker running beside."""

    steps_the_erp = True

    def __init__(self, seller: User, *, erp_url: str, erp_token: str) -> None:
        self.seller = seller
        self.erp_url, self.erp_token = erp_url, erp_token
        self.taxes = {code.code: code for code in TaxCode.objects.all()}
        self.products = {product.sku: product for product in Product.objects.all()}
        self.lead: Lead
        self.deal: Opportunity
        self.draft: Quote
        self.placed: Order

    def note_lead(self) -> Seen:
        self.lead = create_lead(by=self.seller, estimated_value=ESTIMATE, **LEAD)
        return seen(self.lead)

    def contact(self) -> Seen:
        self.lead = contact_lead(self.lead, by=self.seller)
        return seen(self.lead)

    def qualify(self) -> tuple[Seen, Seen]:
        made = qualify_lead(self.lead, by=self.seller)
        assert made.opportunity is not None
        self.lead, self.deal = made.lead, made.opportunity
        return seen(self.lead), seen(self.deal, estimate=plain(self.deal.estimated_revenue))

    def quote(self) -> Seen:
        self.draft = quote_from_opportunity(self.deal, by=self.seller)
        return document(self.draft, revision=self.draft.revision)

    def set_offer(self, offer: Offer) -> Seen:
        self.draft = change_quote(
            self.draft, by=self.seller, discount_percent=Decimal(offer.percent),
            freight=Decimal(FREIGHT), freight_tax_code=self.taxes[FREIGHT_TAX],
        )  # fmt: skip
        lines = [self.wanted(line) for line in offer.lines]
        self.draft = set_quote_lines(self.draft, lines, by=self.seller)
        return document(self.draft, revision=self.draft.revision)

    def wanted(self, line: Sold) -> LineChange:
        """A product at its listed price, or what was written in at its own."""
        return LineChange(
            product=self.products[line.code] if line.code else None,
            description=line.words,
            quantity=Decimal(line.quantity),
            unit_price=None if line.code else Decimal(line.price),
            discount_percent=Decimal(line.percent) if line.percent else None,
            discount_amount=Decimal(line.amount) if line.amount else None,
            tax_code=self.taxes[line.tax],
        )

    def activate(self) -> Seen:
        self.draft = activate_quote(self.draft, by=self.seller)
        return document(self.draft)

    def send(self) -> Seen:
        self.draft = send_quote(self.draft, by=self.seller)
        return document(self.draft)

    def revise(self) -> tuple[Seen, Seen]:
        old, self.draft = self.draft, revise_quote(self.draft, by=self.seller)
        old.refresh_from_db()
        return document(old, revision=old.revision), document(self.draft, revision=self.draft.revision)

    def accept(self) -> tuple[Seen, Seen, Seen]:
        self.placed = accept_quote(self.draft, by=self.seller, customer_po=CUSTOMER_PO)
        self.draft.refresh_from_db()
        self.deal.refresh_from_db()
        deal = seen(self.deal, revenue=plain(self.deal.actual_revenue))
        return document(self.draft), deal, self.order()

    def submit(self) -> Seen:
        self.placed = submit_order(self.placed, by=self.seller)
        return document(self.placed)

    def order(self) -> Seen:
        self.placed.refresh_from_db()
        order, lines = self.placed, lines_of(self.placed)
        erp = {name: plain(getattr(order, name)) for name in ("erp_net", "erp_tax", "erp_total")}
        return document(
            order, erp_number=order.erp_number, fulfillment=order.fulfillment, billing=order.billing,
            shipped=quantities(lines, "quantity_shipped"), invoiced=quantities(lines, "quantity_invoiced"), **erp,
        )  # fmt: skip

    def invoice(self) -> Seen | None:
        found = Invoice.objects.filter(order=self.placed).first()
        if found is None:
            return None
        return document(
            found, is_pulled=found.is_pulled, balance=plain(found.balance), paid=plain(found.amount_paid),
            payments=found.allocations.count(),
        )  # fmt: skip

    def let_the_erp(self, stage: str) -> None:
        body = json.dumps({"order": self.placed.erp_number, "to": stage}).encode()
        headers = {"Authorization": f"Bearer {self.erp_token}", "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.erp_url}/v1/_test/advance", body, headers)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        opener.open(request, timeout=10).close()
        self.look_again()

    def look_again(self) -> None:
        current_app.send_task("integrations.pull", args=["demo"], ignore_result=True)


def seen(record: Any, **facts: Any) -> Seen:
    """What the story checks of a record."""
    return Seen(record.ref, str(record.status), str(record.status_reason), facts)


def document(record: Any, **facts: Any) -> Seen:
    """The same of a document with lines and sums."""
    lines = tuple((plain(line.net), plain(line.tax)) for line in lines_of(record))
    sums = {"net": plain(record.net_amount), "tax": plain(record.total_tax), "total": plain(record.total)}
    return seen(record, discount=plain(record.header_discount_amount), lines=lines, **sums, **facts)


def plain(amount: Decimal | None) -> Decimal | None:
    """An amount with two places; one with more stays as it is, so that it is found wrong."""
    if amount is None:
        return None
    short = round(amount, 2)
    return short if short == amount else amount


def quantities(lines: Sequence[Any], name: str) -> tuple[Decimal, ...]:
    """One quantity of every line."""
    return tuple(getattr(line, name).normalize() + 0 for line in lines)
