"""Pages of quotes."""

import pytest
from django.test import Client

from tests.document_factories import QuoteFactory
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep():
    return UserFactory()


@pytest.fixture
def browser(rep):
    client = Client()
    client.force_login(rep)
    return client


def test_the_list_and_the_detail_show_the_quote(browser, rep):
    quote = QuoteFactory(owner=rep, lines=3)

    assert quote.ref in browser.get("/quotes/").text
    page = browser.get(f"/quotes/{quote.ref}/").text

    assert "357.00 EUR" in page
    assert "/activate/" in page
