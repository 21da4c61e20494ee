import pytest
from django.core.management import CommandError, call_command

from integrations.models import Connection
from kernel.ownership import destination, owner_of, pulls
from tests.integrations.scenes import administrator, deliver_all, message_of, submitted_order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("bell")]


def connect(erp, *more, token=""):
    arguments = ["--code", "main", "--kind", "rest", "--url", erp.base_url, "--token", token or erp.token]
    call_command("connect_erp", *arguments, *more)


def test_one_command_connects_an_erp_and_an_order_reaches_it(demo_erp, capsys):
    administrator()

    connect(demo_erp)

    assert "Demo ERP" in capsys.readouterr().out
    assert (owner_of("orders"), owner_of("invoices"), destination("orders")) == ("crm", "erp", "main")
    assert pulls("invoices", "main")
    order = submitted_order()
    deliver_all(Connection.objects.get())
    assert message_of(order).state == "done"


def test_connecting_again_changes_the_connection_and_makes_no_second_one(demo_erp):
    administrator()
    connect(demo_erp)

    connect(demo_erp, "--name", "Headquarters", "--invoices", "crm")

    assert Connection.objects.get().name == "Headquarters"
    assert owner_of("invoices") == "crm"


def test_a_wrong_token_is_said_and_changes_no_ownership(demo_erp):
    administrator()

    with pytest.raises(CommandError):
        connect(demo_erp, token="wrong")

    assert owner_of("invoices") == "crm"


def test_an_address_inside_is_refused(db, settings, demo_erp):
    settings.SALESOPS_ALLOW_LOCAL_ERP = False
    administrator()

    with pytest.raises(CommandError, match="not a public one"):
        connect(demo_erp)

    assert not Connection.objects.exists()


def test_checking_shows_the_erps_facts_and_heals_a_connection_that_is_let_in_again(demo_erp, capsys):
    administrator()
    connect(demo_erp)
    Connection.objects.update(state="broken", state_reason="sign-in refused")

    call_command("check_erp", "main")

    assert "contract: 1." in capsys.readouterr().out
    assert Connection.objects.get().state == "active"


def test_checking_an_erp_that_is_down_says_so(demo_erp):
    administrator()
    connect(demo_erp)
    demo_erp.kill()

    with pytest.raises(CommandError, match="No connection"):
        call_command("check_erp", "main")
