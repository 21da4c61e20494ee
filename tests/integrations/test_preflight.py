"""What an ERP would not understand is known before an order is submitted, and submitting asks nobody."""

from decimal import Decimal

import pytest
from django.core.cache import cache
from django.test import Client

from integrations import delivery
from integrations.models import CodeMapping, ExternalReference
from kernel.errors import TransitionRefused
from kernel.models import OutboxMessage
from orders.actions import Wish, accept_change, create_order, request_change, submit_order
from orders.models import Order
from orders.selectors import asked_preflight
from tests.api.conftest import client_of
from tests.document_factories import OrderFactory, OrderLineFactory
from tests.factories import AccountFactory, CurrencyFactory, PriceListFactory, ProductFactory, UserFactory
from tests.integrations.erp_fixtures import running_demo_erp
from tests.integrations.scenes import connect, submitted_order
from tests.pages import queries

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bell")]


@pytest.fixture(autouse=True)
def forgotten():
    """Nothing is remembered of what ERPs said to other tests."""
    cache.clear()


@pytest.fixture
def strict(tmp_path):
    with running_demo_erp(tmp_path, "--strict") as erp:
        yield erp


def order_for(manager):
    """An order of one product, with a freight."""
    account = AccountFactory(owner=manager, number="ACC-9")
    order = OrderFactory(owner=manager, account=account, lines=0)
    OrderLineFactory(order=order, product=ProductFactory(sku="CNC-40"))
    return order


def teach(erp, kind, code):
    assert erp.request("PUT", f"/v1/{kind}/{code}", json={"name": code}).status_code == 200


def codes_of(findings):
    return [one.code for one in findings]


def test_what_the_erp_does_not_know_is_named_before_and_refused_at_submitting(strict):
    manager = UserFactory(role="sales_manager")
    connect(strict)
    order = order_for(manager)

    asked = client_of(manager).get(f"/api/v1/orders/{order.public_id}/preflight/").data
    with pytest.raises(TransitionRefused) as refused:
        submit_order(order, by=manager)

    assert [one["code"] for one in asked["blockers"]] == [
        "erp_unknown_customers", "erp_unknown_products", "erp_unknown_taxes",
    ]  # fmt: skip
    assert asked["blockers"][0]["fix_url"] == f"/accounts/{order.account.ref}/edit/#id_erp_code"
    assert "CNC-40" in asked["blockers"][1]["text"]
    assert codes_of(refused.value.blockers) == [one["code"] for one in asked["blockers"]]
    assert not OutboxMessage.objects.exclude(destination="").exists()


def test_once_it_is_put_right_there_or_mapped_here_the_order_goes(strict):
    manager = UserFactory(role="sales_manager")
    connection = connect(strict)
    order = order_for(manager)
    assert len(asked_preflight(order).blockers) == 3

    teach(strict, "customers", "ACC-9")
    teach(strict, "products", "MILL-40")
    teach(strict, "taxes", order.lines.get().tax_code.code)
    CodeMapping.objects.create(
        connection=connection, kind="products", local_code="CNC-40", remote_code="MILL-40"
    )

    assert asked_preflight(order).is_ready
    assert submit_order(order, by=manager).managed_by == "demo"


def test_an_erp_that_makes_what_it_does_not_know_blocks_nothing(demo_erp):
    manager = UserFactory(role="sales_manager")
    connect(demo_erp)
    order = order_for(manager)
    OrderLineFactory(order=order, position=2, product=None, description="Engraving")

    found = asked_preflight(order)

    assert (codes_of(found.blockers), codes_of(found.warnings)) == ([], ["erp_free_text"])


def test_an_erp_that_does_not_answer_blocks_nothing_and_it_is_said(demo_erp):
    manager = UserFactory(role="sales_manager")
    connection = connect(demo_erp)
    order = order_for(manager)
    demo_erp.kill()

    found = asked_preflight(order)
    connection.state = "paused"
    connection.save()
    paused = asked_preflight(order)

    assert (found.is_ready, codes_of(found.warnings)) == (True, ["erp_not_asked"])
    assert (paused.is_ready, codes_of(paused.warnings)) == (True, ["erp_not_asked"])
    assert submit_order(order, by=manager).managed_by == "demo"


def test_the_page_asks_the_erp_by_itself_and_at_leisure(strict):
    manager = UserFactory(role="sales_manager")
    connect(strict)
    order = order_for(manager)
    browser = Client()
    browser.force_login(manager)
    where = f"/orders/{order.ref}/preflight/"

    page = browser.get(f"/orders/{order.ref}/").text
    part = browser.get(where, headers={"HX-Request": "true", "HX-Target": "checks"}).text
    whole = browser.get(where).text

    assert f'hx-get="{where}" hx-trigger="load"' in page
    assert part.lstrip().startswith('<div id="checks">')
    for text in (part, whole):
        assert "products the ERP does not know: CNC-40;" in text
    assert "products the ERP does not know: CNC-40;" in browser.get(f"/orders/{order.ref}/").text


def test_submitting_to_an_erp_costs_at_most_three_statements_more(demo_erp):
    manager = UserFactory(role="sales_manager")
    submit_order(OrderFactory(owner=manager), by=manager)  # whose team is whose is found out once
    first = OrderFactory(owner=manager)
    alone = queries(lambda: submit_order(first, by=manager))
    connect(demo_erp)
    second = order_for(manager)
    asked_preflight(second)

    connected = queries(lambda: submit_order(second, by=manager))

    assert len(connected) <= len(alone) + 3, connected


def test_the_erp_is_asked_about_as_often_for_many_lines_as_for_few(demo_erp):
    manager = UserFactory(role="sales_manager")
    connect(demo_erp)
    orders = [OrderFactory(owner=manager, lines=count) for count in (2, 120)]

    few, many = (queries(lambda order=order: asked_preflight(order)) for order in orders)

    assert len(few) == len(many), many


def test_an_accepted_change_reaches_the_erp_with_the_new_figures(demo_erp):
    manager = UserFactory(role="sales_manager")
    connect(demo_erp)
    order = submitted_order(by=manager)
    delivery.deliver("demo")
    line = order.lines.order_by("position").first()
    request_change(order, by=manager, wishes={line.key: Wish(Decimal(5))})

    accept_change(order, by=manager)
    delivery.deliver("demo")

    order = Order.objects.get(pk=order.pk)
    message = OutboxMessage.objects.get(topic="order.changed")
    assert (message.destination, message.state) == ("demo", "done")
    assert order.erp_total == order.total
    assert order.lines.order_by("position").first().quantity == 5
    assert ExternalReference.objects.get(local_id=order.public_id).state == "linked"


def test_an_order_without_a_connection_asks_nobody():
    manager = UserFactory(role="sales_manager")
    product = ProductFactory()
    order = create_order(
        by=manager, name="x", account=AccountFactory(owner=manager), currency=CurrencyFactory(),
        price_list=PriceListFactory(items={product: "5"}),
    )  # fmt: skip

    assert codes_of(asked_preflight(order).blockers) == ["no_lines"]
    assert asked_preflight(order).warnings == ()
