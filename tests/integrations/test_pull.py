from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from integrations import delivery, pull, writeback
from integrations.adapters.protocol import ChangePage, Cursor, Transient
from integrations.adapters.rest.adapter import RestAdapter
from integrations.models import ExternalReference, InboxMessage, SyncCursor
from invoices.models import Invoice, Payment
from kernel import history
from kernel.errors import DomainError
from tests.integrations.erp_fixtures import running_demo_erp
from tests.integrations.scenes import connect, deliver_all, message_of, submitted_order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bell")]


@pytest.fixture
def connection(demo_erp):
    return connect(demo_erp)


@pytest.fixture
def order(demo_erp, connection):
    order = submitted_order()
    delivery.deliver("demo")
    order.refresh_from_db()
    return order


def test_the_whole_way_home_from_shipment_to_the_last_cent(demo_erp, connection, order):
    demo_erp.advance(order.erp_number, to="partly shipped")
    pull.pull(connection)
    order.refresh_from_db()
    assert (order.status, order.status_reason, order.fulfillment) == ("fulfilled", "partial", "partial")
    assert order.shipments.get().lines.count() >= 1

    demo_erp.advance(order.erp_number, to="invoiced")
    pull.pull(connection)
    order.refresh_from_db()
    invoice = order.invoices.get()
    assert (order.status, order.fulfillment, order.billing) == ("invoiced", "complete", "complete")
    assert invoice.is_pulled
    assert invoice.total == invoice.balance == order.total
    assert invoice.amount_paid == 0

    demo_erp.advance(order.erp_number, to="partly paid")
    pull.pull(connection)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.status_reason) == ("paid", "partial")
    assert 0 < invoice.balance < invoice.total

    demo_erp.advance(order.erp_number, to="paid")
    pull.pull(connection)
    invoice.refresh_from_db()
    assert (invoice.status, invoice.status_reason) == ("paid", "complete")
    assert invoice.balance == 0
    assert sum(Payment.objects.values_list("amount", flat=True)) == order.total


def test_what_came_once_changes_nothing_the_second_time(demo_erp, connection, order):
    demo_erp.advance(order.erp_number, to="paid")
    assert pull.pull(connection) > 0
    before = (history.of(order).count(), Invoice.objects.get().version, order.shipments.count())

    assert pull.pull(connection) == 0

    order.refresh_from_db()
    assert (history.of(order).count(), Invoice.objects.get().version, order.shipments.count()) == before


def test_the_position_is_the_erps_time_and_is_read_again_with_an_overlap(
    demo_erp, connection, order, monkeypatch
):
    demo_erp.advance(order.erp_number, to="invoiced")
    pull.pull(connection)
    position = SyncCursor.objects.get(stream="invoices")
    [invoice] = ExternalReference.objects.filter(component="invoices")
    assert position.position_modified == invoice.remote_modified_at
    asked = []
    listing = RestAdapter.list_changes

    def spy(self, stream, cursor, **rest):
        asked.append((stream, cursor.modified_at))
        return listing(self, stream, cursor, **rest)

    monkeypatch.setattr(RestAdapter, "list_changes", spy)
    pull.pull(connection)
    assert ("invoices", position.position_modified - timedelta(minutes=5)) in asked


def test_documents_with_equal_times_are_all_seen_however_small_the_pages(demo_erp, connection, monkeypatch):
    orders = [submitted_order() for _ in range(7)]
    deliver_all(connection)
    demo_erp.advance(to="invoiced")
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    every = sorted(RestAdapterReader(demo_erp).invoices(moment), key=lambda row: int(row.ref.id))
    monkeypatch.setattr(RestAdapter, "list_changes", paged(every, size=2))

    assert pull.pull_stream(reader(demo_erp, connection), "invoices") == 7

    assert {one.order_id for one in Invoice.objects.all()} == {order.pk for order in orders}
    assert SyncCursor.objects.get(stream="invoices").position_modified == moment


class RestAdapterReader:
    """Invoices as the adapter reads them, all changed in the same instant."""

    def __init__(self, erp):
        self.adapter = RestAdapter(erp.base_url, erp.token, {})

    def invoices(self, moment):
        page = self.adapter.list_changes("invoices", Cursor(), until=None, limit=100)
        return [replace(row, ref=replace(row.ref, modified_at=moment)) for row in page.rows]


def reader(erp, connection):
    return pull.Reader(connection, RestAdapter(erp.base_url, erp.token, {}))


def paged(every, *, size):
    """An ERP whose rows all carry the same time and come in small pages."""

    def list_changes(self, stream, cursor, *, until, limit):
        rest = [row for row in every if not cursor.last_id or int(row.ref.id) > int(cursor.last_id)]
        rows = rest[:size]
        last = Cursor(rows[-1].ref.modified_at, rows[-1].ref.id) if rows else cursor
        return ChangePage(rows, last, len(rest) > size, self.server_time())

    return list_changes


def test_a_stream_that_does_not_move_is_an_error_and_no_endless_loop(demo_erp, connection, monkeypatch):
    def stuck(self, stream, cursor, *, until, limit):
        return ChangePage([], cursor, True, until)

    monkeypatch.setattr(RestAdapter, "list_changes", stuck)

    assert pull.pull_stream(reader(demo_erp, connection), "invoices") == 0

    position = SyncCursor.objects.get(stream="invoices")
    assert position.consecutive_failures == 1
    assert "does not move" in position.error_text
    assert position.lock_token is None


def test_a_page_that_fails_moves_no_position(demo_erp, connection, order, monkeypatch):
    demo_erp.advance(order.erp_number, to="invoiced")
    monkeypatch.setattr(pull, "advanced", broken)

    pull.pull(connection)

    assert SyncCursor.objects.get(stream="invoices").position_modified is None
    assert not Invoice.objects.exists()

    monkeypatch.undo()


def broken(*_args):
    raise Transient("The connection broke.")


def test_the_position_never_passes_the_erps_own_clock_nor_goes_back():
    position = SyncCursor(position_modified=datetime(2026, 5, 1, tzinfo=UTC))
    until = datetime(2026, 5, 3, tzinfo=UTC)

    assert pull.advanced(position, Cursor(datetime(2026, 4, 30, tzinfo=UTC), "7"), until) == {}
    assert (
        pull.advanced(position, Cursor(datetime(2027, 1, 1, tzinfo=UTC), "8"), until)["position_modified"]
        == until
    )


def test_one_document_that_resists_is_parked_and_the_others_go_on(demo_erp, connection, monkeypatch):
    orders = [submitted_order() for _ in range(3)]
    deliver_all(connection)
    demo_erp.advance(to="invoiced")
    take = writeback.take_erp_invoice

    def choke(said, *, by, order):
        if order.pk == orders[1].pk:
            raise DomainError("Something is odd.")
        return take(said, by=by, order=order)

    monkeypatch.setattr(writeback, "take_erp_invoice", choke)
    pull.pull(connection)

    assert {one.order_id for one in Invoice.objects.all()} == {orders[0].pk, orders[2].pk}
    parked = InboxMessage.objects.get(stream="invoices")
    assert parked.source == "poll"
    assert "Something is odd." in parked.error_text


def test_a_payment_without_a_new_time_stamp_is_seen_by_the_sweep(demo_erp, connection, order, monkeypatch):
    demo_erp.advance(order.erp_number, to="invoiced")
    pull.pull(connection)
    demo_erp.advance(order.erp_number, to="paid")
    monkeypatch.setattr(
        RestAdapter,
        "list_changes",
        lambda self, stream, cursor, **_: ChangePage([], cursor, False, self.server_time()),
    )
    assert pull.pull(connection) == 0

    pull.sweep_open_documents(connection)

    invoice = Invoice.objects.get()
    assert invoice.balance == 0
    assert invoice.status == "paid"


def test_an_order_canceled_in_the_erp_is_canceled_here_without_an_echo(demo_erp, connection, order):
    demo_erp.control("cancel", order=order.erp_number)

    pull.pull(connection)
    deliver_all(connection)

    order.refresh_from_db()
    assert (order.status, order.status_reason) == ("canceled", "other")
    told = message_of(order, "order.canceled")
    assert told.state == "done"
    assert not told.attempt_log.exists()


def test_a_short_shipment_completes_the_order_with_what_was_canceled(demo_erp, connection, order):
    line = order.lines.get(product__isnull=False)
    demo_erp.control("short-ship", order=order.erp_number, line_key=str(line.key), quantity="1")
    demo_erp.advance(order.erp_number, to="shipped")

    pull.pull(connection)

    line.refresh_from_db()
    order.refresh_from_db()
    assert (line.quantity_shipped, line.quantity_canceled) == (Decimal(2), Decimal(1))
    assert order.fulfillment == "complete"


def test_a_credit_note_of_the_erp_is_taken_over_with_negative_amounts(demo_erp, connection, order):
    demo_erp.advance(order.erp_number, to="invoiced")
    pull.pull(connection)
    [reference] = ExternalReference.objects.filter(component="invoices")
    demo_erp.control("credit", invoice=int(reference.remote_id))

    pull.pull(connection)

    note = Invoice.objects.get(kind="credit_note")
    assert note.total == -order.total
    assert note.credits == Invoice.objects.get(kind="invoice")


def test_invoices_of_a_component_the_crm_keeps_are_not_pulled(demo_erp):
    connection = connect(demo_erp, owns_invoices=False)
    order = submitted_order()
    delivery.deliver("demo")
    order.refresh_from_db()
    demo_erp.advance(order.erp_number, to="invoiced")

    pull.pull(connection)

    assert not Invoice.objects.exists()
    assert not SyncCursor.objects.filter(stream="invoices").exists()


def test_two_readers_do_not_read_one_stream_at_a_time(demo_erp, connection):
    assert pull.lock(connection, "orders") is not None

    assert pull.lock(connection, "orders") is None


def test_a_figure_of_the_erp_that_differs_is_kept_beside_ours(tmp_path):
    with running_demo_erp(tmp_path, "--rounding", "per_document") as erp:
        connect(erp)
        order = submitted_order()
        delivery.deliver("demo")

        order.refresh_from_db()
        assert order.erp_total is not None
        assert order.erp_difference == order.erp_total - order.total
