"""What every dialect must do, tried against real servers: the demo ERP and Tryton."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from integrations.adapters.protocol import (
    AlreadyExists,
    Cursor,
    ErpAdapter,
    InvoiceDoc,
    NotFound,
    OrderState,
    Rejected,
    content_hash,
)
from tests.integrations.adapters.conftest import Erp, order, renamed

D = Decimal


def test_every_adapter_answers_to_the_protocol(erp: Erp) -> None:
    assert isinstance(erp.adapter, ErpAdapter)


def test_the_probe_names_company_and_clock(erp: Erp) -> None:
    facts = erp.adapter.probe()

    assert facts["company"]
    assert abs(datetime.fromisoformat(facts["server_time"]) - datetime.now(UTC)) < timedelta(seconds=30)
    assert abs(erp.adapter.server_time() - datetime.now(UTC)) < timedelta(seconds=30)


def test_an_order_never_sent_is_not_found(erp: Erp) -> None:
    assert erp.adapter.find_orders(order().external_key) == []


def test_a_created_order_is_found_again_with_our_totals_to_the_cent(erp: Erp) -> None:
    doc = order()

    created = erp.adapter.create_order(doc, idempotency_key=doc.external_key)

    (found,) = erp.adapter.find_orders(doc.external_key)
    assert found.ref.id == created.ref.id
    assert (found.total_net, found.total_tax, found.total_gross) == (
        doc.total_net,
        doc.total_tax,
        doc.total_gross,
    )
    assert found.content_hash == created.content_hash == content_hash(doc)
    assert found.phase in ("draft", "open")


def test_the_same_order_sent_again_is_the_one_that_is_there(erp: Erp) -> None:
    doc = order()
    first = erp.adapter.create_order(doc, idempotency_key=doc.external_key)

    again = erp.adapter.create_order(doc, idempotency_key=doc.external_key)

    assert again.ref.id == first.ref.id
    assert len(erp.adapter.find_orders(doc.external_key)) == 1


def test_another_content_under_a_known_key_makes_no_second_order(erp: Erp) -> None:
    doc = order()
    first = erp.adapter.create_order(doc, idempotency_key=doc.external_key)

    answers = []
    with suppress(AlreadyExists):
        answers.append(
            erp.adapter.create_order(renamed(doc, "More"), idempotency_key=doc.external_key).ref.id
        )

    assert set(answers) <= {first.ref.id}
    (found,) = erp.adapter.find_orders(doc.external_key)
    assert found.content_hash == content_hash(doc)


def test_confirming_twice_changes_nothing(erp: Erp) -> None:
    doc = order()
    ref = erp.accepted(doc)

    again = erp.adapter.confirm_order(ref)

    assert again.ref.id == ref.id
    assert again.phase == "open"
    assert again.ref.number


def test_a_new_order_is_accepted_and_nothing_is_sent_or_invoiced(erp: Erp) -> None:
    doc = order()

    state = erp.adapter.read("orders", erp.accepted(doc).id)

    assert isinstance(state, OrderState)
    assert (state.status in ("accepted", "processing"), state.fulfillment, state.billing) == (
        True,
        "none",
        "none",
    )
    assert state.external_key == doc.external_key
    assert [line.line_key for line in state.lines] == [line.line_key for line in doc.lines]
    assert [line.net_amount for line in state.lines] == [line.net_amount for line in doc.lines]


def test_an_order_canceled_twice_is_canceled_once(erp: Erp) -> None:
    doc = order()
    created = erp.adapter.create_order(doc, idempotency_key=doc.external_key)

    erp.adapter.cancel_order(created.ref, "customer request")
    again = erp.adapter.cancel_order(created.ref, "customer request")

    assert again.phase == "canceled"
    state = erp.adapter.read("orders", created.ref.id)
    assert isinstance(state, OrderState)
    assert state.status == "canceled"


def test_an_order_on_its_way_can_no_longer_be_canceled(erp: Erp) -> None:
    ref = erp.accepted(order())
    erp.people.send_some(ref)

    with pytest.raises(Rejected):
        erp.adapter.cancel_order(ref, "too late")


def test_a_part_that_was_sent_is_seen_line_by_line(erp: Erp) -> None:
    ref = erp.accepted(order())

    erp.people.send_some(ref)

    state = erp.adapter.read("orders", ref.id)
    assert isinstance(state, OrderState)
    shipped = {line.line_key: line.shipped for line in state.lines}
    assert (state.fulfillment, shipped["line-a"], shipped["line-b"]) == ("partial", D(2), D(1))
    (shipment,) = state.shipments
    assert {line.line_key: line.quantity for line in shipment.lines}["line-a"] == D(2)
    assert shipment.shipped_on is not None


def test_everything_sent_completes_the_fulfillment(erp: Erp) -> None:
    doc = order()
    ref = erp.accepted(doc)
    erp.people.send_some(ref)

    erp.people.send_rest(ref)

    state = erp.adapter.read("orders", ref.id)
    assert isinstance(state, OrderState)
    assert state.fulfillment == "complete"
    assert all(line.shipped == line.ordered for line in state.lines if line.line_key != "freight")
    sent = [(line.line_key, line.quantity) for shipment in state.shipments for line in shipment.lines]
    for line in doc.lines[:3]:
        assert sum(quantity for key, quantity in sent if key == line.line_key) == line.quantity


def test_an_issued_invoice_has_our_line_keys_and_totals(erp: Erp) -> None:
    doc = order()
    ref = erp.accepted(doc)
    erp.people.send_some(ref)
    erp.people.send_rest(ref)

    erp.people.issue_invoice(ref)

    invoice = _invoice_of(erp, doc.external_key)
    assert (invoice.kind, invoice.status, invoice.number != "") == ("invoice", "open", True)
    assert [line.line_key for line in invoice.lines] == [line.line_key for line in doc.lines]
    assert [line.net_amount for line in invoice.lines] == [line.net_amount for line in doc.lines]
    assert (invoice.total_net, invoice.total_tax, invoice.total_gross) == (
        doc.total_net,
        doc.total_tax,
        doc.total_gross,
    )
    assert sum(line.tax_amount or D(0) for line in invoice.lines) == doc.total_tax
    assert (invoice.amount_paid, invoice.balance) == (D(0), doc.total_gross)
    assert invoice.issued_on is not None
    assert invoice.due_on is not None
    assert invoice.order_ids == [ref.id]


def test_payments_are_seen_as_they_come(erp: Erp) -> None:
    doc = order()
    ref = erp.accepted(doc)
    erp.people.send_some(ref)
    erp.people.send_rest(ref)
    erp.people.issue_invoice(ref)

    erp.people.book_payment(ref, half=True)
    partly = _invoice_of(erp, doc.external_key)
    erp.people.book_payment(ref, half=False)
    paid = _invoice_of(erp, doc.external_key)

    assert partly.status == "partly_paid"
    assert partly.amount_paid + partly.balance == doc.total_gross
    assert [payment.amount for payment in partly.payments] == [partly.amount_paid]
    assert (paid.status, paid.balance, paid.amount_paid) == ("paid", D(0), doc.total_gross)
    assert sum(payment.amount for payment in paid.payments) == doc.total_gross
    state = erp.adapter.read("orders", ref.id)
    assert isinstance(state, OrderState)
    assert (state.status, state.billing) == ("done", "complete")


def test_changes_come_in_order_and_pages_lose_nothing(erp: Erp) -> None:
    begin = Cursor(modified_at=erp.adapter.server_time() - timedelta(seconds=1))
    keys = [order().external_key for _ in range(3)]
    for key in keys:
        erp.accepted(order(key=key))

    seen, cursor, more = [], begin, True
    while more:
        page = erp.adapter.list_changes("orders", cursor, until=None, limit=2)
        seen += page.rows
        cursor, more = page.next_cursor, page.has_more

    times = [row.ref.modified_at for row in seen]
    assert times == sorted(times)
    assert [row.external_key for row in seen if row.external_key in keys] == keys
    assert erp.adapter.list_changes("orders", cursor, until=None, limit=2).rows == []
    again = erp.adapter.list_changes("orders", Cursor(cursor.modified_at), until=None, limit=2)
    assert [row.ref.id for row in again.rows] == [cursor.last_id]


def test_a_page_ends_where_the_reader_wants_it_to(erp: Erp) -> None:
    erp.accepted(order())
    newest = erp.adapter.list_changes("orders", Cursor(), until=None, limit=500).rows[-1]
    assert newest.ref.modified_at is not None

    page = erp.adapter.list_changes(
        "orders", Cursor(), until=newest.ref.modified_at - timedelta(microseconds=1), limit=500
    )

    assert newest.ref.id not in [row.ref.id for row in page.rows]


def test_the_sweep_sees_open_documents_without_a_watermark(erp: Erp) -> None:
    doc = order()
    ref = erp.accepted(doc)

    assert ref.id in [row.ref.id for row in erp.adapter.iter_open("orders")]
    erp.people.send_some(ref)
    erp.people.send_rest(ref)
    erp.people.issue_invoice(ref)
    assert doc.external_key in [key for row in erp.adapter.iter_open("invoices") for key in row.external_keys]

    erp.people.book_payment(ref, half=False)
    assert doc.external_key not in [
        key for row in erp.adapter.iter_open("invoices") for key in row.external_keys
    ]


def test_what_the_erp_does_not_have_is_not_found(erp: Erp) -> None:
    for stream in ("orders", "invoices"):
        with pytest.raises(NotFound):
            erp.adapter.read(stream, "99999999")
    with pytest.raises(NotFound):
        erp.adapter.read("moons", "1")
    with pytest.raises(NotFound):
        erp.adapter.read("orders", "../info")


def test_a_refused_order_says_why_and_leaves_no_trace(erp: Erp) -> None:
    doc = order()
    wrong = replace(doc, currency="XXQ") if erp.adapter.kind == "tryton" else replace(doc, currency="euro")

    with pytest.raises(Rejected) as refusal:
        erp.adapter.create_order(wrong, idempotency_key=doc.external_key)

    assert "currency" in refusal.value.text
    assert erp.adapter.find_orders(doc.external_key) == []


def _invoice_of(erp: Erp, key: str) -> InvoiceDoc:
    rows = erp.adapter.list_changes("invoices", Cursor(), until=None, limit=500).rows
    (invoice,) = [row for row in rows if isinstance(row, InvoiceDoc) and key in row.external_keys]
    assert erp.adapter.read("invoices", invoice.ref.id) == invoice
    return invoice
