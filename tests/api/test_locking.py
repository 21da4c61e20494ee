"""Nobody overwrites what they have not seen: versions, ETags, If-Match."""

import pytest

from tests.api.conftest import client_of
from tests.api.records import OWNED, address
from tests.document_factories import QuoteFactory
from tests.factories import ProductFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("where", list(OWNED))
def test_a_record_comes_with_its_version(api, seller, euro, where):
    record = OWNED[where](owner=seller)

    answer = api.get(address(where, record))

    assert answer.data["version"] == record.version
    assert answer["ETag"] == f'"{record.version}"'


@pytest.mark.parametrize("where", [where for where in OWNED if where != "invoices"])  # finance writes those
def test_a_stale_change_is_refused_and_a_fresh_one_is_made(api, seller, euro, where):
    record = OWNED[where](owner=seller)
    field = {"leads": "topic", "activities": "subject", "contacts": "last_name"}.get(where, "name")

    by_header = api.patch(address(where, record), {field: "New"}, headers={"If-Match": '"99"'})
    by_body = api.patch(address(where, record), {field: "New", "version": 99})
    fresh = api.patch(
        address(where, record),
        {field: "New", "version": record.version},
        headers={"If-Match": f'"{record.version}"'},
    )

    assert (by_header.status_code, by_header.data["code"]) == (412, "stale_version")
    assert (by_body.status_code, by_body.data["code"]) == (409, "stale_version")
    assert by_header["Content-Type"] == by_body["Content-Type"] == "application/problem+json"
    assert (fresh.status_code, fresh.data[field]) == (200, "New")
    assert fresh["ETag"] == f'"{fresh.data["version"]}"' != f'"{record.version}"'


def test_a_stale_step_is_refused(api, seller, euro):
    quote = QuoteFactory(owner=seller)

    by_header = api.post(address("quotes", quote, "activate"), headers={"If-Match": '"2"'})
    by_body = api.post(address("quotes", quote, "activate"), {"version": 2})

    assert (by_header.status_code, by_body.status_code) == (412, 409)
    quote.refresh_from_db()
    assert quote.status == "draft"
    for match in (f'"{quote.version}"', "*", f'"7", "{quote.version}"'):
        fresh = QuoteFactory(owner=seller)
        assert api.post(address("quotes", fresh, "activate"), headers={"If-Match": match}).status_code == 200


def test_what_has_no_version_cannot_match_one(manager, euro):
    answer = client_of(manager).patch(
        "/api/v1/currencies/EUR/", {"name": "Euro"}, headers={"If-Match": '"1"'}
    )

    assert answer.status_code == 412


def test_a_version_is_no_part_of_a_new_record(manager, euro):
    unit = ProductFactory().unit
    answer = client_of(manager).post(
        "/api/v1/products/", {"sku": "N", "name": "New", "unit": unit.code, "version": 1}
    )

    assert (answer.status_code, answer.data["errors"][0]["field"]) == (400, "version")
