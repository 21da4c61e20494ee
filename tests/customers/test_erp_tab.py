"""What the ERP knows of a customer: code, documents, what it was told last, and where the two sides drift."""

from decimal import Decimal

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.models import CodeMapping, Connection, ExternalReference
from kernel.models import ComponentOwnership
from tests.document_factories import InvoiceFactory, OrderFactory
from tests.factories import AccountFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(client):
    user = UserFactory()
    client.force_login(user)
    return user


@pytest.fixture
def erp(seller):
    made = Connection.objects.create(
        code="erp", name="Tryton", kind="rest", base_url="https://erp.example.com"
    )
    ComponentOwnership.objects.create(
        connection_code="erp", component="orders", owner="crm", push=True, changed_by=seller
    )
    return made


def sent(account, owner, erp, number, **more):
    order = OrderFactory(
        account=account, owner=owner, status="submitted", managed_by="erp", erp_number=number, erp_status="confirmed",
        bill_to_name=account.name, bill_to_street="Old Street 1", bill_to_city=account.city, **more,
    )  # fmt: skip
    ExternalReference.objects.create(
        connection=erp, component="orders", local_type="orders.order", local_id=order.public_id, state="linked",
        remote_id=number, last_pushed_at=timezone.now(),
    )  # fmt: skip
    return order


def page(client, account):
    return client.get(account.get_absolute_url(), {"tab": "erp"}).text


def test_without_an_erp_there_is_no_such_tab(client, seller):
    text = page(client, AccountFactory(owner=seller))

    assert ("?tab=erp" in text, "Customer code" in text) == (False, False)


def test_the_code_is_the_one_the_orders_go_out_with(client, seller, erp):
    told = ("our own number", "entered on the account", "table of codes")
    own, entered, mapped = (AccountFactory(owner=seller, erp_code=code) for code in ("", "C-7", "C-8"))
    CodeMapping.objects.create(connection=erp, kind="customers", local_code="C-8", remote_code="T-88")

    for account, code, source in zip((own, entered, mapped), (own.number, "C-7", "T-88"), told, strict=True):
        text = page(client, account)
        assert (f">{code}<" in text, source in text) == (True, True)


def test_each_field_stands_beside_what_the_erp_was_told_last(client, seller, erp):
    account = AccountFactory(owner=seller, name="Borg", street="New Street 2", city="Bonn")
    order = sent(account, seller, erp, "S-1")

    text = page(client, account).split("Field by field", 1)[1].split("</section>")[0]

    rows = {row.split("</th>")[0].rsplit(">", 1)[1]: row for row in text.split("<tr>")[2:]}
    assert order.number in text
    assert ("New Street 2" in rows["Street"], "Old Street 1" in rows["Street"]) == (True, True)
    assert ("Drifted" in rows["Street"], "Drifted" in rows["City"]) == (True, False)


def test_documents_show_both_totals_as_far_as_one_may_see_them(client, seller, erp):
    account = AccountFactory(owner=seller)
    same = sent(account, seller, erp, "S-1", erp_total=Decimal("119.0000"))
    other = sent(account, seller, erp, "S-2", erp_total=Decimal(120))
    unseen = sent(account, UserFactory(), erp, "S-3")

    text = page(client, account).split("Documents in the ERP", 1)[1]

    assert (same.number in text, other.number in text, unseen.number in text) == (True, True, False)
    assert "Drifted" not in text.split("S-1")[1].split("</tr>")[0]
    assert "Drifted" in text.split("S-2")[1].split("</tr>")[0]


def test_the_tab_costs_the_same_however_many_documents_there_are(client, seller, erp):
    counts = []
    for times in (1, 1, 6):
        account = AccountFactory(owner=seller)
        for n in range(times):
            sent(account, seller, erp, f"S-{account.pk}-{n}")
            InvoiceFactory(account=account, owner=seller, status_reason="billed", is_pulled=True, managed_by="erp",
                           erp_id=f"{account.pk}-{n}")  # fmt: skip
        with CaptureQueriesContext(database) as captured:
            page(client, account)
        counts.append(len(captured))

    assert counts[1] == counts[2] <= 32
