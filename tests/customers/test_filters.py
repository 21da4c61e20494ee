"""Lists narrowed to one customer, or to a company with everything below it, within what the reader may see."""

import pytest
from django.urls import reverse

from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import AccountFactory, ContactFactory, LeadFactory, OpportunityFactory, UserFactory

pytestmark = pytest.mark.django_db
DOCUMENTS = {
    "leads:list": LeadFactory, "opportunities:list": OpportunityFactory, "quotes:list": QuoteFactory,
    "orders:list": OrderFactory, "invoices:list": InvoiceFactory,
}  # fmt: skip


@pytest.fixture
def seller(client):
    user = UserFactory()
    client.force_login(user)
    return user


def rows(client, name, **params):
    return client.get(reverse(name), params).text


@pytest.mark.parametrize(("name", "factory"), DOCUMENTS.items())
def test_a_list_of_documents_is_narrowed_to_an_account_and_to_its_family(client, seller, name, factory):
    group = AccountFactory(owner=seller)
    daughter = AccountFactory(owner=seller, parent=group)
    granddaughter = AccountFactory(owner=seller, parent=daughter)
    other = AccountFactory(owner=seller)
    made = [factory(owner=seller, account=one) for one in (group, daughter, granddaughter, other)]
    urls = [one.get_absolute_url() for one in made]

    alone, family = rows(client, name, account=group.number), rows(client, name, below=group.number)

    assert [url in alone for url in urls] == [True, False, False, False]
    assert [url in family for url in urls] == [True, True, True, False]
    assert f"Account: {group.number}" in alone


def test_a_list_is_narrowed_to_a_person(client, seller):
    person = ContactFactory(owner=seller)
    mine, other = QuoteFactory(owner=seller, contact=person), QuoteFactory(owner=seller)

    text = rows(client, "quotes:list", contact=person.number)

    assert mine.get_absolute_url() in text
    assert other.get_absolute_url() not in text


def test_a_customer_out_of_sight_has_no_rows_and_does_not_exist(client, seller):
    strange = AccountFactory(owner=UserFactory())
    deal = OpportunityFactory(owner=seller, account=strange)

    for value in (strange.number, "ACC-nowhere", "x" * 500):
        answer = client.get(reverse("opportunities:list"), {"below": value})
        assert answer.status_code == 200
        if len(value) < 60:
            assert deal.get_absolute_url() not in answer.text


def test_accounts_and_people_are_narrowed_the_same_way(client, seller):
    group = AccountFactory(owner=seller, name="Group")
    daughter = AccountFactory(owner=seller, parent=group, name="Daughter")
    AccountFactory(owner=seller, name="Stranger")
    person = ContactFactory(owner=seller, account=daughter)

    text = rows(client, "customers:accounts", below=group.number)
    assert ("Group" in text, "Daughter" in text, "Stranger" in text) == (True, True, False)
    assert person.get_absolute_url() not in rows(client, "customers:contacts", account=group.number)
    assert person.get_absolute_url() in rows(client, "customers:contacts", below=group.number)


def test_orders_under_way_sold_and_invoices_late_are_filters(client, seller):
    under_way = OrderFactory(owner=seller, status="submitted")
    done = OrderFactory(owner=seller, status="invoiced")
    canceled = OrderFactory(owner=seller, status="canceled", status_reason="other")

    open_rows, sold_rows = rows(client, "orders:list", open="yes"), rows(client, "orders:list", sold="yes")

    assert [one.number in open_rows for one in (under_way, done, canceled)] == [True, False, False]
    assert [one.number in sold_rows for one in (under_way, done, canceled)] == [True, True, False]
