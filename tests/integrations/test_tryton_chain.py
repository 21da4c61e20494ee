"""From the lead to the paid invoice, with a real Tryton in the middle and a clerk at work in it."""

from decimal import Decimal

import pytest

from integrations import actions, delivery, pull
from integrations.actions import Policy
from integrations.adapters.tryton.client import TrytonClient
from integrations.models import Connection, DeliveryAttempt
from invoices.models import Invoice
from kernel.errors import DomainError
from orders.actions import set_order_lines
from tests.integrations.sale import mixed_lines, seller, small_lines, submitted
from tests.integrations.scenes import administrator, deliver_all, message_of

pytestmark = [pytest.mark.erp, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bell")]


@pytest.fixture
def connection(tryton_lab):
    options = {**tryton_lab.options, "max_server_exec_s": 1}
    made = Connection(
        code="tryton", name="Tryton", kind="tryton", base_url=tryton_lab.base_url, options=options
    )
    actions.save_connection(made, secret=tryton_lab.secret)
    by = administrator()
    actions.set_owner(made, "orders", Policy("crm", push=True, pull=True), by=by)
    actions.set_owner(made, "invoices", Policy("erp", pull=True), by=by)
    return made


def read_back(connection, order):
    pull.pull(connection)
    pull.sweep_open_documents(connection)
    order.refresh_from_db()
    return order


def test_a_lead_comes_home_as_a_paid_invoice_although_the_answer_to_the_push_was_lost(
    tryton_lab, connection, monkeypatch
):
    by, clerk = seller(), tryton_lab.clerk
    order = submitted(by, mixed_lines(), discount="3")
    assert (order.status, order.total) == (order.Status.SUBMITTED, Decimal("657.03"))

    create = TrytonClient.create

    def losing(self, model, *values):
        made = create(self, model, *values)
        if model == "sale.sale":
            raise ConnectionResetError("the answer got lost")
        return made

    with monkeypatch.context() as patch:
        patch.setattr(TrytonClient, "create", losing)
        delivery.deliver("tryton")
    assert message_of(order).state == "ambiguous"
    deliver_all(connection)

    [sale] = clerk.sales_by_reference(message_of(order).external_key)
    assert DeliveryAttempt.objects.filter(message=message_of(order), step="create").count() == 1
    order.refresh_from_db()
    assert (order.erp_number, order.erp_total, order.erp_difference) == (sale["number"], order.total, 0)
    assert sale["total_amount"] == order.total

    clerk.ship(sale["id"], {"WIDGET-A": 1})
    order = read_back(connection, order)
    assert (order.status, order.fulfillment) == ("fulfilled", "partial")
    clerk.ship(sale["id"])
    order = read_back(connection, order)
    assert order.fulfillment == "complete"

    while drafts := draft_invoices(clerk, sale["id"]):
        for draft in drafts:
            clerk.post_invoice(draft)
        read_back(connection, order)
    assert sum(invoice.total for invoice in Invoice.objects.all()) == order.total
    assert set(Invoice.objects.values_list("status_reason", "is_pulled")) == {("billed", True)}
    with pytest.raises(DomainError):
        set_order_lines(order, [], by=by)

    for invoice in Invoice.objects.all():
        half = (invoice.total / 2).quantize(Decimal("0.01"))
        clerk.pay_invoice(int(invoice.erp_id), f"{half:.2f}")
        order = read_back(connection, order)
        invoice.refresh_from_db()
        assert (invoice.status_reason, invoice.amount_paid) == ("partial", half)
        clerk.pay_invoice(int(invoice.erp_id), f"{invoice.total - half:.2f}")
    order = read_back(connection, order)
    assert set(Invoice.objects.values_list("status", "status_reason", "balance")) == {("paid", "complete", 0)}
    assert (order.status, order.fulfillment, order.billing) == ("invoiced", "complete", "complete")
    assert {line.quantity_shipped == line.quantity for line in order.lines.all()} == {True}


def draft_invoices(clerk, sale_id):
    return clerk.model(
        "account.invoice", "search", [["sales", "=", int(sale_id)], ["state", "=", "draft"]], 0, None, None
    )


def test_where_tryton_rounds_otherwise_both_figures_and_the_difference_stand_on_the_order(
    tryton_lab, connection
):
    by = seller()
    order = submitted(by, small_lines())
    assert order.total == Decimal("31.48")  # 0.39 + 0.06, and 29.00 + 2.03

    deliver_all(connection)

    order.refresh_from_db()
    [sale] = tryton_lab.clerk.sales_by_reference(message_of(order).external_key)
    assert sale["total_amount"] == Decimal("31.49")  # 0.39 + 0.07, and the same book
    assert (order.total, order.erp_total, order.erp_difference) == (
        Decimal("31.48"), Decimal("31.49"), Decimal("0.01"),
    )  # fmt: skip
    assert (order.erp_net, order.erp_tax) == (Decimal("29.39"), Decimal("2.10"))
