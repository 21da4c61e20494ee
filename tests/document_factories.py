"""Quotes, orders and invoices in any state, each with real amounts: ``QuoteFactory(status="active", lines=3)``.

A line is 2 × 50.00 with 19 % tax, so one line makes 100.00 net and 119.00 in all.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from catalog.lines import lines_of
from catalog.totals import reprice
from invoices.models import Invoice, InvoiceLine
from kernel.ownership import ComponentOwnership
from orders.models import Order, OrderLine
from quotes.models import Quote, QuoteLine
from tests.factories import (
    AccountFactory,
    CurrencyFactory,
    PaymentTermsFactory,
    PriceListFactory,
    ProductFactory,
    UserFactory,
)


class LineFactory(DjangoModelFactory):
    class Meta:
        abstract = True

    position = 1
    product = factory.SubFactory(ProductFactory)
    description = factory.LazyAttribute(lambda line: line.product.name if line.product else "Write-in")
    unit = factory.LazyAttribute(lambda line: line.product.unit if line.product else None)
    quantity = Decimal(2)
    unit_price = Decimal(50)
    price_is_overridden = True
    tax_code = factory.LazyAttribute(lambda line: line.product.tax_code if line.product else None)
    tax_rate = Decimal(19)


class QuoteLineFactory(LineFactory):
    class Meta:
        model = QuoteLine


class OrderLineFactory(LineFactory):
    class Meta:
        model = OrderLine


class InvoiceLineFactory(LineFactory):
    class Meta:
        model = InvoiceLine


class DocumentFactory(DjangoModelFactory):
    """One line unless said otherwise; the customer's address is the delivery address."""

    class Meta:
        abstract = True
        skip_postgeneration_save = True

    name = factory.Sequence("Deal {}".format)
    account = factory.SubFactory(AccountFactory)
    currency = factory.SubFactory(CurrencyFactory)
    price_list = factory.SubFactory(PriceListFactory)
    payment_terms = factory.SubFactory(PaymentTermsFactory)
    owner = factory.SubFactory(UserFactory)
    team = factory.LazyAttribute(lambda document: document.owner.team if document.owner else None)
    bill_to_name = factory.LazyAttribute(lambda d: d.account.name if d.account else "")
    bill_to_street = "Main Street 1"
    bill_to_postcode = "10115"
    bill_to_city = "Berlin"
    bill_to_country = "DE"
    ship_to_name = factory.LazyAttribute(lambda d: d.account.name if d.account else "")
    ship_to_street = "Main Street 1"
    ship_to_postcode = "10115"
    ship_to_city = "Berlin"
    ship_to_country = "DE"

    @factory.post_generation
    def lines(self: Any, create: bool, extracted: Any, **kwargs: Any) -> None:
        """``lines=3``, ``lines=0``, or ``lines__quantity=5`` for the figures of its lines."""
        made = LINES[type(self)]
        for position in range(1, (1 if extracted is None else extracted) + 1):
            made(**{type(self)._meta.model_name: self, "position": position, **kwargs})
        lines = lines_of(self)
        reprice(self, lines)
        for line in lines:
            line.save()
        type(self).objects.filter(pk=self.pk).update(**{name: getattr(self, name) for name in TOTALS})
        if isinstance(self, Invoice):
            self.balance = (
                self.total - self.amount_paid if self.number and self.status != "canceled" else Decimal(0)
            )
            Invoice.objects.filter(pk=self.pk).update(balance=self.balance)


class QuoteFactory(DocumentFactory):
    class Meta:
        model = Quote

    number = factory.Sequence("QUO-T{:05}".format)
    status = "draft"
    status_reason = factory.LazyAttribute(lambda quote: Quote.REASONS[quote.status][0])
    expires_on = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=30))


class OrderFactory(DocumentFactory):
    """``OrderFactory(status="submitted")``; quantities shipped and invoiced are the lines' own."""

    class Meta:
        model = Order

    number = factory.Sequence("ORD-T{:05}".format)
    status = "active"
    status_reason = factory.LazyAttribute(lambda order: Order.REASONS[order.status][0])


class InvoiceFactory(DocumentFactory):
    """New and without a number; with ``status_reason="billed"`` (or paid) it has one and is owed."""

    class Meta:
        model = Invoice

    status = "active"
    status_reason = factory.LazyAttribute(lambda invoice: Invoice.REASONS[invoice.status][0])
    number = factory.LazyAttributeSequence(
        lambda invoice, n: None if invoice.status_reason in ("new", "canceled") else f"INV-T{n:05}"
    )
    issued_on = factory.LazyAttribute(lambda invoice: timezone.localdate() if invoice.number else None)
    due_on = factory.LazyAttribute(
        lambda invoice: timezone.localdate() + dt.timedelta(days=30) if invoice.number else None
    )


LINES = {Quote: QuoteLineFactory, Order: OrderLineFactory, Invoice: InvoiceLineFactory}
TOTALS = (
    "detail_amount", "line_discount_amount", "header_discount_amount", "pre_freight_amount", "freight_tax", "total_tax",
    "total", "total_base",
)  # fmt: skip


def erp_keeps(component: str, connection: str = "demo", *, push: bool = False) -> ComponentOwnership:
    """Say that an ERP is the system of record of ``quotes``, ``orders`` or ``invoices``."""
    return ComponentOwnership.objects.create(
        connection_code=connection, component=component, owner="erp", push=push, pull=True,
        changed_by=UserFactory(role="administrator"),
    )  # fmt: skip
