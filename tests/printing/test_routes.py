"""Who gets a PDF, and how it comes: on pages and through the API."""

import pytest
from django.test import Client

from tests.api.conftest import client_of
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import UserFactory
from tests.pages import queries

pytestmark = pytest.mark.django_db
DOCUMENTS = {"quotes": QuoteFactory, "orders": OrderFactory, "invoices": InvoiceFactory}


@pytest.fixture
def seller():
    return UserFactory()


@pytest.fixture(params=DOCUMENTS)
def document(request, seller):
    made = DOCUMENTS[request.param](owner=seller, team=seller.team)
    made.folder = request.param
    return made


def test_the_pdf_opens_in_the_browser_under_its_number_and_is_kept_nowhere(client: Client, seller, document):
    client.force_login(seller)

    answer = client.get(f"/{document.folder}/{document.ref}/pdf/")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'inline; filename="{document.ref}.pdf"'
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.content.startswith(b"%PDF-")


def test_for_those_who_do_not_see_the_document_there_is_no_pdf(client: Client, document):
    client.force_login(UserFactory())

    assert client.get(f"/{document.folder}/{document.ref}/pdf/").status_code == 404
    address = f"/api/v1/{document.folder}/{document.public_id}/pdf/"
    assert client_of(UserFactory()).get(address).status_code == 404


def test_nobody_gets_a_pdf_without_logging_in(client: Client, document):
    assert client.get(f"/{document.folder}/{document.ref}/pdf/").status_code == 302
    assert client.get(f"/api/v1/{document.folder}/{document.public_id}/pdf/").status_code == 401


def test_the_page_of_the_document_leads_to_its_pdf(client: Client, seller, document):
    client.force_login(seller)

    page = client.get(f"/{document.folder}/{document.ref}/").content.decode()

    assert f'href="/{document.folder}/{document.ref}/pdf/"' in page


@pytest.mark.parametrize("accept", ["application/pdf", "application/json", "*/*"])
def test_a_machine_gets_it_whatever_it_says_it_accepts(seller, document, accept):
    answer = client_of(seller).get(
        f"/api/v1/{document.folder}/{document.public_id}/pdf/", headers={"accept": accept}
    )

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")


def test_a_refusal_is_told_in_json_even_to_who_wants_a_pdf(document):
    answer = client_of(UserFactory()).get(
        f"/api/v1/{document.folder}/{document.public_id}/pdf/", headers={"accept": "application/pdf"}
    )

    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("application/problem+json")
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize("folder", DOCUMENTS)
def test_it_costs_as_many_queries_with_forty_lines_as_with_two(client: Client, folder):
    client.force_login(UserFactory(role="administrator"))
    few, many = (DOCUMENTS[folder](lines=lines) for lines in (2, 40))
    client.get(f"/{folder}/{few.ref}/pdf/")

    counts = [
        len(queries(lambda made=made: client.get(f"/{folder}/{made.ref}/pdf/"))) for made in (few, many)
    ]

    assert counts[0] == counts[1] <= 8
