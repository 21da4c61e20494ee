"""From the lead to the paid invoice through the demo ERP, over a line that fails at the worst moments."""

from decimal import Decimal

import pytest

from integrations import pull
from invoices.models import Invoice
from tests.integrations.erp_fixtures import running_demo_erp
from tests.integrations.sale import mixed_lines, seller, small_lines, submitted
from tests.integrations.scenes import connect, deliver_all, make_due

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bell", "hurry")]


def read_back(connection, order):
    make_due()
    pull.pull(connection)
    order.refresh_from_db()
    return order


def test_a_sale_comes_home_paid_and_stands_once_in_the_erp_whatever_the_line_does(demo_erp):
    connection = connect(demo_erp)
    order = submitted(seller(), mixed_lines(), discount="3")
    for mode in ("drop_before", "commit_then_drop", "garbage"):
        demo_erp.fail(mode, method="POST", path="/v1/orders")

    deliver_all(connection, rounds=20)

    order.refresh_from_db()
    [made] = demo_erp.ledger()
    assert order.erp_number == f"SO-{10_000 + int(made['order_id'])}"
    assert (order.erp_total, order.erp_difference) == (order.total, 0) == (Decimal("657.03"), 0)

    demo_erp.advance(to="partly shipped")
    assert read_back(connection, order).fulfillment == "partial"
    demo_erp.advance(to="invoiced")
    assert read_back(connection, order).status == "invoiced"
    invoice = Invoice.objects.get()
    assert (invoice.total, invoice.balance, invoice.is_pulled) == (order.total, order.total, True)
    assert [(line.net, line.tax) for line in invoice.lines.all()] == [
        (line.net - line.header_discount, line.tax) for line in order.lines.all()
    ]

    demo_erp.advance(to="paid")
    read_back(connection, order)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.status_reason, invoice.balance) == ("paid", "complete", 0)
    assert len(demo_erp.ledger()) == 1


def test_where_the_erp_rounds_otherwise_both_figures_and_the_difference_stand_on_the_order(tmp_path):
    with running_demo_erp(tmp_path, "--rounding", "per_document") as erp:
        connection = connect(erp)
        order = submitted(seller(), small_lines())

        deliver_all(connection)
        erp.advance(to="paid")
        order = read_back(connection, order)

    assert (order.total, order.erp_total, order.erp_difference) == (
        Decimal("31.48"), Decimal("31.49"), Decimal("0.01"),
    )  # fmt: skip
    invoice = Invoice.objects.get()
    assert (invoice.total, invoice.amount_paid, invoice.balance) == (Decimal("31.49"), Decimal("31.49"), 0)
