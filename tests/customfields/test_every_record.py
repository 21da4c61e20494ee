"""Each kind of record that takes fields shows, asks for, lists, answers and exports them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from kernel.customfields import defining
from kernel.tables.registry import table_of
from tests.customfields.fields import field
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import (
    AccountFactory,
    ActivityFactory,
    ContactFactory,
    CurrencyFactory,
    LeadFactory,
    OpportunityFactory,
    PriceListFactory,
    ProductFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

# A record, its form, and its address for machines.
RECORDS: dict[str, tuple[Any, str, str]] = {
    "leads.lead": (LeadFactory, "edit/", "leads"),
    "customers.account": (AccountFactory, "edit/", "accounts"),
    "customers.contact": (ContactFactory, "edit/", "contacts"),
    "opportunities.opportunity": (OpportunityFactory, "edit/", "opportunities"),
    "quotes.quote": (QuoteFactory, "edit/", "quotes"),
    "orders.order": (OrderFactory, "edit/", "orders"),
    "invoices.invoice": (InvoiceFactory, "edit/", "invoices"),
    "catalog.product": (ProductFactory, "edit/", "products"),
    "catalog.pricelist": (PriceListFactory, "edit/", "price-lists"),
    "activities.activity": (ActivityFactory, "edit/", "activities"),
}


@pytest.fixture
def admin() -> Any:
    return UserFactory(role="administrator", is_staff=True)


@pytest.fixture
def browser(client: Client, admin: Any) -> Client:
    client.force_login(admin)
    return client


def test_these_are_all_that_take_fields() -> None:
    assert {model._meta.label_lower for model in defining.record_types()} == RECORDS.keys()


@pytest.mark.parametrize("kind", RECORDS)
def test_a_field_that_was_added_is_everywhere_at_once(browser, admin, kind):
    make, form, machines = RECORDS[kind]
    CurrencyFactory(is_base=True)
    record = make(custom={"promotion": "SPRING-77"})
    page = record.get_absolute_url()
    assert "SPRING-77" not in browser.get(page).text

    field("promotion", "text", record_type=kind, label="Promotion code", in_search=True)

    shown = browser.get(page).text
    assert "Promotion code" in shown
    assert "SPRING-77" in shown
    assert 'value="SPRING-77"' in browser.get(f"{page}{form}").text
    table = table_of(type(record))
    if table is not None:
        listed = browser.get(reverse(table.place), {"cols": f"{table.columns[0].name},custom.promotion"}).text
        assert "SPRING-77" in listed
        found = browser.get(
            reverse(table.place), {"f": "custom_promotion:is:SPRING-77", "cols": "custom.promotion"}
        )
        assert "SPRING-77" in found.text
        none = browser.get(
            reverse(table.place), {"f": "custom_promotion:is:OTHER", "cols": "custom.promotion"}
        )
        assert "SPRING-77" not in none.text
    api = APIClient()
    api.force_authenticate(admin)
    answer = api.get(f"/api/v1/{machines}/", {"custom.promotion": "SPRING-77"})
    assert [one["custom"] for one in answer.data["results"]] == [{"promotion": "SPRING-77"}]
    app, _dot, model = kind.partition(".")
    assert "SPRING-77" in browser.get(f"/admin/{app}/{model}/{record.pk}/change/").content.decode()
    record.save()
    assert list(type(record).objects.matching("spring-77")) == [record]
