"""Tryton's own records, as it sent them, in our words."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from integrations.adapters.protocol import ErpError, TaxDoc, content_hash
from integrations.adapters.tryton import invoices, mapping, values
from tests.integrations.adapters.conftest import order

D = Decimal
RECORDED = Path(__file__).parent / "recorded"
KEYS = ["line-a", "line-b", "line-w", "freight"]


def recorded(name: str) -> Any:
    return values.loads((RECORDED / f"{name}.json").read_bytes())


def test_a_sale_is_the_order_we_sent() -> None:
    found = mapping.found_order(recorded("tryton_sale"))

    assert (found.phase, found.ref.number) == ("open", "SO-00019")
    assert (found.total_net, found.total_tax, found.total_gross) == (D("257.75"), D("42.36"), D("300.11"))
    assert found.content_hash == content_hash(order(key="CRM1-ORD-RECORDED"))


def test_what_was_sent_stands_on_each_line() -> None:
    state = mapping.order_state(recorded("tryton_sale"), recorded("tryton_moves"))

    assert (state.status, state.fulfillment, state.billing) == ("processing", "partial", "complete")
    assert [(line.line_key, line.ordered, line.shipped) for line in state.lines] == [
        ("line-a", D(5), D(2)),
        ("line-b", D(2), D(1)),
        ("line-w", D(3), D(0)),
        ("freight", D(1), D(0)),
    ]
    (shipment,) = state.shipments
    assert (shipment.number, shipment.shipped_on) == ("28", date(2026, 11, 22))
    assert {line.line_key: line.quantity for line in shipment.lines} == {"line-a": D(2), "line-b": D(1)}


def test_an_invoice_keeps_every_figure() -> None:
    invoice = invoices.invoice(recorded("tryton_invoice"))

    assert (invoice.kind, invoice.status, invoice.external_keys) == (
        "invoice",
        "partly_paid",
        ["CRM1-ORD-RECORDED"],
    )
    assert [line.line_key for line in invoice.lines] == KEYS
    assert [line.net_amount for line in invoice.lines] == [D("49.00"), D("55.10"), D("147.75"), D("5.90")]
    assert [line.tax_amount for line in invoice.lines] == [D("9.31"), D("3.86"), D("28.07"), D("1.12")]
    assert invoice.taxes == [
        TaxDoc("VAT 19%", D("19.00"), D("202.65"), D("38.50")),
        TaxDoc("VAT 7%", D("7.00"), D("55.10"), D("3.86")),
    ]
    assert (invoice.amount_paid, invoice.balance) == (D("100.00"), D("200.11"))
    (payment,) = invoice.payments
    assert (payment.amount, payment.paid_on, payment.currency) == (D("100.00"), date(2026, 11, 22), "EUR")


def test_a_credit_note_names_what_it_credits_line_by_line() -> None:
    note = invoices.invoice(recorded("tryton_credit_note"))
    credited = invoices.invoice(recorded("tryton_invoice_credited"))

    assert (note.kind, note.total_gross) == ("credit_note", -credited.total_gross)
    assert note.origin_ids == [credited.ref.id]
    assert [line.line_key for line in note.lines] == KEYS
    assert (credited.status, credited.balance) == ("credited", D(0))


@pytest.mark.parametrize(
    ("state", "invoice", "shipment", "status"),
    [
        ("draft", "none", "none", "draft"),
        ("quotation", "none", "none", "draft"),
        ("confirmed", "none", "none", "accepted"),
        ("processing", "pending", "waiting", "processing"),
        ("processing", "exception", "waiting", "exception"),
        ("processing", "paid", "exception", "exception"),
        ("done", "paid", "sent", "done"),
        ("done", "none", "none", "canceled"),
        ("cancelled", "none", "none", "canceled"),
    ],
)
def test_each_state_there_has_one_meaning_here(state: str, invoice: str, shipment: str, status: str) -> None:
    sale = recorded("tryton_sale") | {"state": state, "invoice_state": invoice, "shipment_state": shipment}

    assert mapping.order_state(sale, []).status == status


def test_services_alone_are_delivered_without_a_shipment() -> None:
    sale = recorded("tryton_sale") | {"shipment_state": "none"}
    for line in sale["lines"]:
        line["product"] = line["product"] and line["product"] | {"type": "service"}

    state = mapping.order_state(sale, [])

    assert state.fulfillment == "complete"
    assert all(line.shipped == line.ordered for line in state.lines)

    (delivery,) = state.shipments
    assert {line.line_key: line.quantity for line in delivery.lines} == {
        "line-a": D(5),
        "line-b": D(2),
        "line-w": D(3),
    }


def test_a_line_people_added_there_is_not_taken_for_ours() -> None:
    sale = recorded("tryton_sale")
    sale["lines"][0]["note"] = "please call before delivery"

    state = mapping.order_state(sale, recorded("tryton_moves"))

    assert [line.line_key for line in state.lines] == KEYS[1:]
    assert [line.line_key for shipment in state.shipments for line in shipment.lines] == ["line-b"]


@pytest.mark.parametrize("missing", ["total_amount", "amount_to_pay", "payment_lines", "sales"])
def test_a_field_our_user_may_not_read_is_an_error_and_never_a_zero(
    missing: str, tryton_answers: Callable[[Any], Any]
) -> None:
    record = json.loads((RECORDED / "tryton_invoice.json").read_text())
    del record[missing]

    with pytest.raises(ErpError, match=missing):
        tryton_answers(record).read("invoices", "11")
