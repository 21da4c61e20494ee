"""The ERPs that every adapter is tried against, each with the people who work in it."""

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

import httpx
import pytest

from integrations.adapters import build_adapter
from integrations.adapters.http import Http, Reply
from integrations.adapters.protocol import AddressDoc, ErpAdapter, OrderDoc, OrderLineDoc, PartyDoc, RemoteRef
from tests.integrations.erp_fixtures import DemoErp, TrytonLab

D = Decimal
ADDRESS = AddressDoc("Alpha GmbH, Lange Straße 7", "10115", "Berlin", "", "DE")


def order(*, key: str = "", lines: Sequence[OrderLineDoc] | None = None) -> OrderDoc:
    """Two goods of different tax rates, a discount, a write-in and freight: 311.59 with 53.84 of tax."""
    lines = lines or [
        OrderLineDoc("line-a", "WIDGET-A", "Widget A", D(5), "u", D("10.00"), D("49.00"), D("9.31"), D("1.00"),
                     "", D(19)),
        OrderLineDoc("line-b", "BOOK-01", "Handbook", D(2), "u", D("29.00"), D("55.10"), D("3.86"), D("2.90"),
                     "", D(7)),
        OrderLineDoc("line-w", "", "Engraving", D(3), "", D("49.25"), D("147.75"), D("28.07"), tax_rate=D(19)),
        OrderLineDoc("freight", "", "Freight", D(1), "", D("5.90"), D("5.90"), D("1.12"), tax_rate=D(19)),
    ]  # fmt: skip
    net, tax = sum(line.net_amount for line in lines), sum(line.tax_amount for line in lines)
    return OrderDoc(
        external_key=key or f"CRM1-ORD-{secrets.token_hex(4).upper()}",
        version=1,
        customer=PartyDoc(
            "ACC-4711", "Alpha GmbH", email="buyer@example.com", bill_to=ADDRESS, ship_to=ADDRESS
        ),
        currency="EUR",
        order_date=date(2026, 11, 22),
        lines=lines,
        total_net=D(net),
        total_tax=D(tax),
        total_gross=D(net + tax),
        number="ORD-2026-00042",
        customer_po="PO-99/7",
        extra={"promotion": "SPRING"},
    )


def renamed(doc: OrderDoc, description: str) -> OrderDoc:
    """The same order with another first line: one more of it."""
    first = replace(doc.lines[0], description=description, quantity=doc.lines[0].quantity + 1)
    return replace(doc, lines=[first, *doc.lines[1:]])


class People(Protocol):
    """What the people in the other company do, whichever ERP they use."""

    def send_some(self, ref: RemoteRef) -> None: ...
    def send_rest(self, ref: RemoteRef) -> None: ...
    def issue_invoice(self, ref: RemoteRef) -> None: ...
    def book_payment(self, ref: RemoteRef, *, half: bool) -> None: ...


@dataclass
class DemoPeople:
    erp: DemoErp

    def send_some(self, ref: RemoteRef) -> None:
        self.erp.advance(ref.id, to="partly shipped")

    def send_rest(self, ref: RemoteRef) -> None:
        self.erp.advance(ref.id, to="shipped")

    def issue_invoice(self, ref: RemoteRef) -> None:
        self.erp.advance(ref.id, to="invoiced")

    def book_payment(self, ref: RemoteRef, *, half: bool) -> None:
        self.erp.advance(ref.id, to="partly paid" if half else "paid")


@dataclass
class TrytonPeople:
    lab: TrytonLab

    def send_some(self, ref: RemoteRef) -> None:
        self.lab.clerk.ship(ref.id, {"WIDGET-A": 2, "BOOK-01": 1})

    def send_rest(self, ref: RemoteRef) -> None:
        self.lab.clerk.ship(ref.id)

    def issue_invoice(self, ref: RemoteRef) -> None:
        self.lab.clerk.post_invoice(self.lab.clerk.invoice_of(ref.id))

    def book_payment(self, ref: RemoteRef, *, half: bool) -> None:
        invoice = self.lab.clerk.invoice_of(ref.id)
        (record,) = self.lab.clerk.model("account.invoice", "read", [invoice], ["amount_to_pay"])
        amount = record["amount_to_pay"]
        self.lab.clerk.pay_invoice(invoice, (amount / 2).quantize(D("0.01")) if half else amount)


@dataclass
class Erp:
    """One real ERP, our adapter for it, and its people."""

    adapter: ErpAdapter
    people: People

    def accepted(self, doc: OrderDoc) -> RemoteRef:
        """Place an order and make it binding."""
        found = self.adapter.create_order(doc, idempotency_key=doc.external_key)
        return self.adapter.confirm_order(found.ref).ref


@pytest.fixture(params=["rest", pytest.param("tryton", marks=pytest.mark.erp)])
def erp(request: pytest.FixtureRequest) -> Iterator[Erp]:
    if request.param == "rest":
        demo: DemoErp = request.getfixturevalue("demo_erp")
        adapter = build_adapter("rest", demo.base_url, demo.token)
        yield Erp(adapter, DemoPeople(demo))
    else:
        lab: TrytonLab = request.getfixturevalue("tryton_lab")
        adapter = build_adapter("tryton", lab.base_url, lab.secret, lab.options)
        yield Erp(adapter, TrytonPeople(lab))
    adapter.close()


@pytest.fixture
def tryton_answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], ErpAdapter]:
    """A Tryton adapter whose next read gets this record; only the network is replaced."""

    def answering(record: Any) -> ErpAdapter:
        def send(self: Http, method: str, path: str, **details: object) -> Reply:
            company = [{"id": 1, "party": {"name": "Lab"}, "currency": {"code": "EUR"}}]
            body = company if "company.company" in path else record
            return Reply(200, httpx.Headers(), json.dumps(body).encode())

        monkeypatch.setattr(Http, "send", send)
        return build_adapter("tryton", "http://erp.example/db", "key")

    return answering
