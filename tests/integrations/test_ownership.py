import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from integrations import actions
from integrations.actions import Policy
from integrations.models import Connection
from kernel.errors import DomainError
from kernel.models import ComponentOwnership, OutboxMessage
from kernel.ownership import destination, owner_of
from orders.actions import create_order
from orders.models import Order
from people.models import Role
from tests.factories import UserFactory
from tests.integrations.scenes import administrator, connect, deliver_all, message_of, submitted_order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bell")]


class AnErp:
    """The address of an ERP that nobody calls."""

    base_url = "http://127.0.0.1:9"
    token = "unused"


@pytest.fixture
def connection(db):
    return connect(AnErp)


def test_the_typical_setting_keeps_orders_here_and_invoices_there(connection):
    assert [owner_of(c) for c in ("quotes", "orders", "invoices")] == ["crm", "crm", "erp"]
    assert destination("orders") == "demo"
    assert destination("invoices") == ""


def test_a_change_is_a_new_row_and_the_old_one_stays_with_its_end_and_its_author(connection):
    by = administrator()

    actions.set_owner(connection, "invoices", Policy("crm"), by=by)

    old, new = ComponentOwnership.objects.filter(component="invoices").order_by("id")
    assert (old.owner, new.owner) == ("erp", "crm")
    assert old.effective_until == new.changed_at
    assert new.changed_by == by
    assert owner_of("invoices") == "crm"


def test_saying_what_is_so_already_writes_nothing(connection):
    actions.set_owner(connection, "invoices", Policy("erp", pull=True), by=administrator())

    assert ComponentOwnership.objects.filter(component="invoices").count() == 1


def test_a_change_is_refused_while_messages_about_the_component_are_under_way(connection):
    order = submitted_order()

    with pytest.raises(DomainError) as refusal:
        actions.set_owner(connection, "orders", Policy("crm"), by=administrator())
    assert refusal.value.code == "undelivered_messages"
    assert destination("orders") == "demo"

    actions.skip_message(message_of(order), by=administrator(), reason="typed there by hand")
    actions.set_owner(connection, "orders", Policy("crm"), by=administrator())
    assert destination("orders") == ""


@pytest.mark.parametrize("role", [Role.SALESPERSON, Role.SALES_MANAGER, Role.FINANCE, Role.INTEGRATION])
def test_only_an_administrator_decides(connection, role):
    with pytest.raises(PermissionDenied):
        actions.set_owner(connection, "invoices", Policy("crm"), by=UserFactory(role=role))


def test_a_second_connection_can_not_take_what_the_first_has(connection):
    other = Connection(code="other", name="Other", kind="rest", base_url=AnErp.base_url)
    actions.save_connection(other, secret="x")

    with pytest.raises(DomainError, match="owns it already"):
        actions.set_owner(other, "invoices", Policy("erp"), by=administrator())
    with pytest.raises(DomainError, match="receives it already"):
        actions.set_owner(other, "orders", Policy("crm", push=True), by=administrator())


def test_orders_the_erp_keeps_are_not_made_here(connection):
    actions.set_owner(connection, "orders", Policy("erp", pull=True), by=administrator())

    with pytest.raises(DomainError) as refusal:
        create_order(by=UserFactory(role=Role.SALES_MANAGER), name="x")

    assert refusal.value.code == "component_owned_by_erp"
    assert not Order.objects.exists()


def test_without_a_destination_a_submitted_order_is_told_to_nobody_outside(db):
    order = submitted_order()

    assert order.managed_by == ""
    assert message_of(order) is None


def test_switching_later_does_not_rewrite_who_manages_an_order(demo_erp):
    connection = connect(demo_erp)
    order = submitted_order()
    deliver_all(connection)

    actions.set_owner(connection, "orders", Policy("crm"), by=administrator())

    order.refresh_from_db()
    assert order.managed_by == "demo"
    assert submitted_order().managed_by == ""


def test_the_administration_refuses_as_the_action_does(connection, client):
    submitted_order()
    client.force_login(UserFactory(role=Role.ADMINISTRATOR, is_staff=True, is_superuser=True))

    response = client.post(
        reverse("admin:kernel_componentownership_add"),
        {"connection_code": "demo", "component": "orders", "owner": "crm"},
        follow=True,
    )

    assert "not delivered yet" in response.content.decode()
    assert destination("orders") == "demo"
    assert OutboxMessage.objects.unfinished().exclude(destination="").exists()
