"""A small year of business, made by the actions people use: every kind of record the books speak of, all right."""

import datetime as dt
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from catalog.documents import LineKind
from catalog.lines import LineChange
from catalog.models import PaymentTermsPart
from invoices.actions import (
    ErpInvoice,
    ErpInvoiceLine,
    cancel_invoice,
    confirm_invoice,
    credit_invoice,
    invoice_from_order,
    record_payment,
    refund_payment,
    take_erp_invoice,
)
from kernel.models import ComponentOwnership
from leads.actions import contact_lead, create_lead
from opportunities.actions import create_opportunity, set_opportunity_lines
from orders.actions import Delivery, accept_quote, create_order, fulfill_order, record_erp_state, submit_order
from people.service import service_user
from quotes.actions import activate_quote, create_quote, quote_from_opportunity, revise_quote
from tests.factories import (
    AccountFactory,
    CurrencyFactory,
    ExchangeRateFactory,
    PaymentTermsFactory,
    PriceListFactory,
    ProductFactory,
    StageFactory,
    TaxCodeFactory,
    UserFactory,
)

D = Decimal


class World(SimpleNamespace):
    """The records by what they are to the tests."""


def build() -> World:
    """Everything; the euro is the base currency."""
    boss = UserFactory(role="administrator")
    account = AccountFactory()
    euro = CurrencyFactory()
    made = World(boss=boss, account=account, euro=euro, dollar=ExchangeRateFactory().currency)
    made.prices = PriceListFactory()
    made.products = [ProductFactory(list_price=D("33.33")), ProductFactory(list_price=D("107.10"))]
    made.terms = PaymentTermsFactory(code="PRE", invoicing="when_ordered")
    made.terms_in_parts = PaymentTermsFactory(code="PARTS", invoicing="when_ordered")
    for position, percent in enumerate((30, 70), 1):
        PaymentTermsPart.objects.create(
            terms=made.terms_in_parts, position=position, percent=percent, days=30 * position
        )
    made.stage = StageFactory()
    deals(made)
    offers(made)
    deliveries(made)
    bills(made)
    erp(made)
    return made


def lines(world: World, count: int = 2) -> list[LineChange]:
    return [
        LineChange(kind=LineKind.SECTION, description="Machines", quantity=D(0)),
        *(LineChange(product=product, quantity=D(5)) for product in world.products[:count]),
    ]


def header(world: World, **more: Any) -> dict[str, Any]:
    return {
        "by": world.boss, "name": "Deal", "account": world.account, "currency": world.euro, "price_list": world.prices,
        "payment_terms": world.terms, "ship_to_city": "Berlin", "ship_to_country": "DE", **more,
    }  # fmt: skip


def deals(world: World) -> None:
    by = world.boss
    world.lead, world.other_lead = (
        create_lead(by=by, topic="Machines", last_name="Hopper") for _ in range(2)
    )
    contact_lead(world.lead, by=by)
    said = {"name": "Deal", "account": world.account, "currency": world.euro, "price_list": world.prices}
    world.deal, world.other_deal = (
        set_opportunity_lines(
            create_opportunity(by=by, stage=world.stage, revenue_mode="system_calculated", **said),
            lines(world),
            by=by,
        )
        for _ in range(2)
    )


def offers(world: World) -> None:
    by = world.boss
    first = activate_quote(quote_from_opportunity(world.deal, by=by, payment_terms=world.terms), by=by)
    world.revised = revise_quote(first, by=by)
    world.quote = activate_quote(world.revised, by=by)
    world.quote.refresh_from_db()
    world.open_quote = activate_quote(create_quote(**header(world), lines=lines(world)), by=by)


def deliveries(world: World) -> None:
    """An order of the deal, one that is partly delivered, one that waits, one that is still being put together."""
    by = world.boss
    world.order = accept_quote(world.quote, by=by, wins=False)
    world.part = submit_order(create_order(**header(world), lines=lines(world)), by=by)
    world.part_line, other = list(world.part.lines.exclude(kind="section").order_by("position"))
    fulfill_order(
        world.part,
        by=by,
        delivery=Delivery("DN-1", {world.part_line.key: D(2)}),
        backordered={other.key: D(1)},
    )
    world.waiting = submit_order(create_order(**header(world), lines=lines(world)), by=by)
    world.new = create_order(
        **header(world), lines=lines(world), freight=D(12), freight_tax_code=TaxCodeFactory(rate=19)
    )


def billed(world: World, parts: tuple[int, ...], **more: Any) -> tuple[Any, list[Any]]:
    """An order billed in these quantities of its first product, the last invoice taking the rest."""
    order = submit_order(create_order(**header(world, **more), lines=lines(world)), by=world.boss)
    first = order.lines.exclude(kind="section").order_by("position").first()
    made = [
        invoice_from_order(order, by=world.boss, quantities={first.key: D(quantity)}) for quantity in parts
    ]
    return order, made


def bills(world: World) -> None:
    by = world.boss
    world.billed_some, [some] = billed(world, (2,))
    confirm_invoice(some, by=by)
    world.billed_all, [small] = billed(world, (1,), discount_percent=D("12.5"), freight=D("9.99"))
    world.small = confirm_invoice(small, by=by)
    world.last = confirm_invoice(invoice_from_order(world.billed_all, by=by), by=by)
    world.small_note = credit_invoice(world.small, by=by, quantities={one(world.small).key: D(1)})
    world.last_note = credit_invoice(world.last, by=by)
    world.drafted_all, _none = billed(world, (), freight=D("9.99"))
    world.draft = invoice_from_order(world.drafted_all, by=by)
    _order, [again] = billed(world, (1,))
    cancel_invoice(confirm_invoice(again, by=by), by=by)
    _order, _none = billed(world, (), payment_terms=world.terms_in_parts)
    world.in_parts = confirm_invoice(invoice_from_order(_order, by=by), by=by)
    world.payment = record_payment(world.in_parts, by=by, amount=D(50))
    world.in_parts.refresh_from_db()
    _order, _none = billed(world, ())
    whole = confirm_invoice(invoice_from_order(_order, by=by), by=by)
    world.excess = record_payment(whole, by=by, amount=whole.total + 30, excess="keep")
    world.refund = refund_payment(world.excess, by=by, amount=D(10))


def one(document: Any) -> Any:
    return document.lines.exclude(kind="section").order_by("position").first()


def erp(world: World) -> None:
    """Orders are handed to an ERP from now on, which bills one of them."""
    ComponentOwnership.objects.create(
        connection_code="demo", component="orders", owner="crm", push=True, changed_by=world.boss,
        changed_at=timezone.now() - dt.timedelta(hours=1),
    )  # fmt: skip
    world.told = submit_order(create_order(**header(world), lines=lines(world)), by=world.boss)
    order = submit_order(create_order(**header(world), lines=lines(world, 1)), by=world.boss)
    machine = service_user("integration")
    record_erp_state(order, by=machine, number="SO-1", status="confirmed")
    line = one(order)
    today = timezone.localdate()
    world.pulled = take_erp_invoice(
        ErpInvoice(
            connection="demo", erp_id="77", number="R-1", kind="invoice", erp_status="posted", currency="EUR",
            issued_on=today, due_on=today, net=D("166.66"), tax=D("31.67"), total=D("198.33"), amount_paid=D(0),
            balance=D("198.33"),
            lines=[ErpInvoiceLine("Spindle", D(5), D("33.33"), D("166.66"), D("31.67"), D(19), line.key)],
        ),
        by=machine, order=order,
    )  # fmt: skip
