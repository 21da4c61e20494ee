"""What is special about sending orders to Tryton, tried on the real one."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from integrations.adapters import build_adapter
from integrations.adapters.http import Http, Reply
from integrations.adapters.protocol import (
    AuthFailed,
    Conflict,
    ErpAdapter,
    OrderLineDoc,
    OrderState,
    PartyDoc,
    Rejected,
    content_hash,
)
from tests.integrations.adapters.conftest import order
from tests.integrations.erp_fixtures import TrytonLab

pytestmark = pytest.mark.erp
D = Decimal


@pytest.fixture
def tryton(tryton_lab: TrytonLab) -> Iterator[ErpAdapter]:
    adapter = build_adapter("tryton", tryton_lab.base_url, tryton_lab.secret, tryton_lab.options)
    yield adapter
    adapter.close()


def _line(key: str, net: str, *, quantity: str = "1", product: str = "", rate: int = 19) -> OrderLineDoc:
    price = (D(net) / D(quantity)).quantize(D("0.01"))
    tax = (D(net) * rate / 100).quantize(D("0.01"))
    return OrderLineDoc(key, product, f"Line {key}", D(quantity), "u", price, D(net), tax, tax_rate=D(rate))


def test_amounts_no_unit_price_can_express_still_agree_to_the_cent(tryton: ErpAdapter) -> None:
    doc = order(
        lines=[
            _line("many", "612.33", quantity="700", product="BULK-001"),
            _line("one", "0.01", quantity="3"),
        ]
    )

    found = tryton.create_order(doc, idempotency_key="")

    assert (found.total_net, found.content_hash) == (doc.total_net, content_hash(doc))
    state = tryton.read("orders", found.ref.id)
    assert isinstance(state, OrderState)
    assert [(line.line_key, line.net_amount) for line in state.lines] == [
        ("many", D("612.33")),
        ("one", D("0.01")),
    ]


def test_where_tax_is_rounded_differently_both_figures_are_told(tryton: ErpAdapter) -> None:
    doc = order(lines=[_line(f"l{n}", "0.13", product="BULK-001") for n in range(3)])

    found = tryton.create_order(doc, idempotency_key="")

    assert (doc.total_tax, found.total_tax) == (D("0.06"), D("0.07"))
    assert found.total_net == doc.total_net
    assert found.content_hash == content_hash(doc)


def test_every_line_the_erp_has_no_code_for_is_named(tryton: ErpAdapter) -> None:
    doc = order(
        lines=[
            _line("l1", "5.00", product="NO-SUCH"),
            _line("l2", "5.00"),
            _line("l3", "5.00", product="OLD-1"),
        ]
    )

    with pytest.raises(Rejected) as refusal:
        tryton.create_order(doc, idempotency_key="")

    assert set(refusal.value.lines) == {"l1", "l3"}
    assert "NO-SUCH" in refusal.value.lines["l1"]
    assert tryton.find_orders(doc.external_key) == []


def test_a_tax_rate_the_erp_has_no_tax_for_is_refused(tryton: ErpAdapter) -> None:
    with pytest.raises(Rejected, match="13 %"):
        tryton.create_order(order(lines=[_line("l1", "5.00", rate=13)]), idempotency_key="")


def test_customers_are_made_there_only_when_the_connection_says_so(tryton_lab: TrytonLab) -> None:
    careful = build_adapter("tryton", tryton_lab.base_url, tryton_lab.secret)
    doc = replace(order(), customer=PartyDoc("ACC-UNKNOWN-9", "Nobody"))

    assert careful.missing_codes("customers", ["CUST-1", "ACC-UNKNOWN-9"]) == ["ACC-UNKNOWN-9"]
    assert careful.missing_codes("products", ["WIDGET-A", "NOPE"]) == ["NOPE"]
    with pytest.raises(Rejected, match="ACC-UNKNOWN-9"):
        careful.create_order(doc, idempotency_key="")


def test_a_customer_without_address_is_refused_before_anything_is_made(tryton: ErpAdapter) -> None:
    doc = replace(order(), customer=PartyDoc("CUST-NOADDR", "Delta"))

    with pytest.raises(Rejected, match="address"):
        tryton.create_order(doc, idempotency_key="")
    assert tryton.find_orders(doc.external_key) == []


def test_confirming_goes_on_from_the_step_people_left_it_at(
    tryton: ErpAdapter, tryton_lab: TrytonLab
) -> None:
    created = tryton.create_order(order(), idempotency_key="")
    tryton_lab.clerk.model("sale.sale", "quote", [int(created.ref.id)])

    confirmed = tryton.confirm_order(created.ref)

    assert confirmed.phase == "open"


def test_a_business_refusal_at_confirming_leaves_the_order_unconfirmed(tryton: ErpAdapter) -> None:
    doc = replace(order(), customer=PartyDoc("CUST-LIMIT", "Gamma"))
    created = tryton.create_order(doc, idempotency_key="")

    with pytest.raises(Rejected):
        tryton.confirm_order(created.ref)

    (found,) = tryton.find_orders(doc.external_key)
    assert found.phase == "draft"


def test_a_second_draft_that_came_late_is_never_confirmed_beside_the_first(
    tryton: ErpAdapter, tryton_lab: TrytonLab
) -> None:
    doc = order()
    created = tryton.create_order(doc, idempotency_key="")
    (late,) = tryton_lab.clerk.model("sale.sale", "copy", [int(created.ref.id)])
    tryton_lab.clerk.model("sale.sale", "write", [late], {"reference": doc.external_key})
    tryton.confirm_order(created.ref)

    twin = next(found for found in tryton.find_orders(doc.external_key) if found.ref.id == str(late))
    with pytest.raises(Conflict):
        tryton.confirm_order(twin.ref)


def test_a_wrong_key_pauses_and_is_not_taken_for_a_refused_order(tryton_lab: TrytonLab) -> None:
    with pytest.raises(AuthFailed):
        build_adapter("tryton", tryton_lab.base_url, "wrong").probe()


def test_an_order_of_many_lines_takes_no_more_questions_than_a_short_one(
    tryton_lab: TrytonLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _questions(tryton_lab, monkeypatch, lines=2) == _questions(tryton_lab, monkeypatch, lines=40)


def _questions(lab: TrytonLab, monkeypatch: pytest.MonkeyPatch, *, lines: int) -> int:
    """How many requests one create takes."""
    adapter = build_adapter("tryton", lab.base_url, lab.secret, lab.options)
    doc = order(lines=[_line(f"l{n}", "5.00", product=f"BULK-{n + 1:03d}") for n in range(lines)])
    with monkeypatch.context() as counting:
        asked: list[str] = []
        send = Http.send

        def counted(self: Http, method: str, path: str, **details: Any) -> Reply:
            asked.append(path)
            return send(self, method, path, **details)

        counting.setattr(Http, "send", counted)
        adapter.create_order(doc, idempotency_key="")
    return len(asked)
