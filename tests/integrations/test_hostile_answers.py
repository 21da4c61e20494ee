"""What an ERP says is untrusted input: it may be odd, but it blocks nothing and breaks nothing."""

from dataclasses import replace
from decimal import Decimal

import pytest

from integrations import delivery, pull, pushing
from integrations.adapters.rest.adapter import RestAdapter
from integrations.models import InboxMessage
from integrations.panel import sync_panel
from invoices.models import Invoice
from tests.integrations.scenes import connect, deliver_all, make_due, message_of, submitted_order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bell")]


@pytest.fixture
def connection(demo_erp):
    return connect(demo_erp)


def twisted(monkeypatch, name, twist):
    """The adapter's answers, twisted."""
    original = getattr(RestAdapter, name)
    monkeypatch.setattr(RestAdapter, name, lambda self, *args, **kw: twist(original(self, *args, **kw)))


def test_a_number_of_ten_thousand_characters_is_cut_and_the_order_is_bound(demo_erp, connection, monkeypatch):
    order = submitted_order()
    twisted(
        monkeypatch, "create_order", lambda f: replace(f, ref=replace(f.ref, number="9" * 10_000 + "\x00"))
    )

    delivery.deliver("demo")

    order.refresh_from_db()
    assert message_of(order).state == "done"
    assert order.erp_number == "9" * 60


def test_a_number_that_is_a_script_is_shown_as_text(demo_erp, connection, monkeypatch):
    order = submitted_order()
    twisted(
        monkeypatch,
        "create_order",
        lambda f: replace(f, ref=replace(f.ref, number="<script>alert(1)</script>")),
    )
    delivery.deliver("demo")

    assert "<script>" not in sync_panel(order)
    assert "&lt;script&gt;" in sync_panel(order)


@pytest.mark.parametrize("total", [Decimal("NaN"), Decimal("Infinity"), Decimal("1e30")])
def test_a_total_that_is_no_amount_waits_for_a_person_and_the_others_go_on(
    demo_erp, connection, monkeypatch, total
):
    sick, well = submitted_order(), submitted_order()

    def twist(found):
        return replace(found, total_gross=total) if found.ref.number == "SO-10001" else found

    twisted(monkeypatch, "create_order", twist)
    twisted(monkeypatch, "find_orders", lambda found: [twist(one) for one in found])

    delivery.deliver("demo")

    assert message_of(well).state == "done"
    assert message_of(sick).state == "dead"
    assert "as an amount" in message_of(sick).error_text
    sick.refresh_from_db()
    assert sick.erp_total is None


def test_a_sick_invoice_is_parked_and_the_others_are_taken(demo_erp, connection, monkeypatch):
    orders = [submitted_order() for _ in range(3)]
    deliver_all(connection)
    demo_erp.advance(to="invoiced")

    def twist(page):
        rows = [
            replace(r, total_gross=Decimal("NaN")) if r.ref.id == page.rows[0].ref.id else r
            for r in page.rows
        ]
        return replace(page, rows=rows)

    original = RestAdapter.list_changes

    def list_changes(self, stream, *args, **kw):
        page = original(self, stream, *args, **kw)
        return twist(page) if stream == "invoices" and page.rows else page

    monkeypatch.setattr(RestAdapter, "list_changes", list_changes)
    pull.pull(connection)

    assert Invoice.objects.count() == 2
    assert InboxMessage.objects.filter(stream="invoices", state="received").count() == 1
    assert len(orders) == 3


def test_a_bug_of_ours_costs_one_message_a_retry(demo_erp, connection, monkeypatch):
    sick, well = submitted_order(), submitted_order()
    build = pushing.outgoing.order_doc

    def stumble(order, *args, **kw):
        if order.pk == sick.pk:
            raise ZeroDivisionError("a bug")
        return build(order, *args, **kw)

    monkeypatch.setattr(pushing.outgoing, "order_doc", stumble)
    delivery.deliver("demo")
    assert message_of(well).state == "done"
    assert (message_of(sick).state, message_of(sick).error_class) == ("pending", "crash")

    monkeypatch.setattr(pushing.outgoing, "order_doc", build)
    make_due()
    delivery.deliver("demo")
    assert message_of(sick).state == "done"
