"""The chain: from any record to all of it, in one request and a fixed number of queries, as far as one may see."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from invoices.actions import credit_invoice, invoice_from_order
from invoices.models import Invoice
from orders.actions import accept_quote
from quotes.actions import activate_quote, quote_from_opportunity, revise_quote
from reports.chain import nodes
from tests.api.conftest import client_of
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import LeadFactory, OpportunityFactory, PriceListFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return UserFactory(username="root", role="administrator", team=None)


@pytest.fixture
def chain(admin):
    """Lead, deal, a quote with two revisions, its order, an invoice and a credit note."""
    lead = LeadFactory(estimated_value=5000)
    deal = OpportunityFactory(lead=lead, owner=lead.owner, lines=2, price_list=PriceListFactory())
    first = quote_from_opportunity(deal, by=admin)
    second = revise_quote(activate_quote(first, by=admin), by=admin)
    order = accept_quote(activate_quote(second, by=admin), by=admin)
    order.ship_to_city = "Berlin"
    order.save()
    type(order).objects.filter(pk=order.pk).update(status="submitted", status_reason="in_progress")
    invoice = invoice_from_order(order, by=admin)
    Invoice.objects.filter(pk=invoice.pk).update(
        number="INV-9", status_reason="billed", balance=invoice.total
    )
    note = credit_invoice(invoice, by=admin)
    return {
        "lead": lead,
        "opportunity": deal,
        "quote": second,
        "order": order,
        "invoice": invoice,
        "note": note,
        "first": first,
    }


def asked(user, **query):
    return client_of(user).get("/api/v1/chain/", query)


@pytest.mark.parametrize("start", ["lead", "opportunity", "quote", "order", "invoice"])
def test_any_record_leads_to_the_whole_chain(admin, chain, start):
    answer = asked(admin, **{start: str(chain[start].public_id)})

    assert answer.status_code == 200, answer.data
    kinds = [link["type"] for link in answer.data]
    assert kinds == ["lead", "opportunity", "quote", "quote", "order", "invoice", "credit_note"]
    above = {link["id"]: link["above"] for link in answer.data}
    ids = {name: str(record.public_id) for name, record in chain.items()}
    assert above[ids["lead"]] is None
    assert above[ids["opportunity"]] == ids["lead"]
    assert above[ids["quote"]] == above[ids["first"]] == ids["opportunity"]
    assert above[ids["order"]] == ids["quote"]
    assert above[ids["invoice"]] == ids["order"]
    assert above[ids["note"]] == ids["invoice"]


def test_numbers_lead_there_too_and_each_link_tells_its_figures(admin, chain):
    quote = chain["quote"]

    for ref in (quote.ref, chain["order"].number):
        name = "quote" if ref == quote.ref else "order"
        links = asked(admin, **{name: ref}).data
        assert len(links) == 7
    told = next(link for link in links if link["id"] == str(quote.public_id))

    assert (told["number"], told["revision"], told["status"]) == (quote.number, 1, "won")
    assert (told["amount"], told["currency"]) == ("200.0000", "EUR")
    assert told["api_url"].endswith(f"/api/v1/quotes/{quote.public_id}/")
    assert client_of(admin).get(told["api_url"]).status_code == 200


@pytest.mark.parametrize("start", ["lead", "opportunity", "quote", "order", "invoice"])
def test_a_long_chain_costs_no_more_queries_than_a_short_one(admin, chain, start):
    def cost():
        with CaptureQueriesContext(connection) as captured:
            asked(admin, **{start: str(chain[start].public_id)})
        return len(captured)

    short = cost()
    for _each in range(5):
        quote = quote_from_opportunity(OpportunityFactory(lead=chain["lead"], lines=1), by=admin)
        OrderFactory(opportunity=quote.opportunity, quote=quote)
    long = cost()

    assert long == short <= 10


def test_the_chain_goes_no_further_than_one_may_see(chain):
    stranger = UserFactory()
    assert asked(stranger, lead=chain["lead"].number).status_code == 404

    type(chain["lead"]).objects.filter(pk=chain["lead"].pk).update(owner=stranger, team=stranger.team)

    assert [link["type"] for link in asked(stranger, lead=chain["lead"].number).data] == ["lead"]
    owners = [link["type"] for link in asked(chain["opportunity"].owner, order=chain["order"].number).data]
    assert "lead" not in owners
    assert "order" in owners


def test_blank_starts_have_short_chains(admin):
    quote, order, invoice = QuoteFactory(), OrderFactory(), InvoiceFactory()

    assert [link["type"] for link in asked(admin, quote=quote.ref).data] == ["quote"]
    assert [link["type"] for link in asked(admin, order=order.ref).data] == ["order"]
    assert [link["type"] for link in asked(admin, invoice=str(invoice.public_id)).data] == ["invoice"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 400), ({"quote": "x", "order": "y"}, 400), ({"nonsense": "x"}, 400), ({"quote": "x"}, 404),
        ({"quote": ""}, 404), ({"quote": "\x00"}, 404), ({"quote": "x-r99999999999999999999"}, 404),
    ],
)  # fmt: skip
def test_what_is_no_question_is_said_so(admin, query, status):
    assert asked(admin, **query).status_code == status


def test_the_bar_has_a_node_for_each_kind_and_the_rest_beneath(admin, chain):
    bar = nodes(chain["quote"], admin)

    assert [node["type"] for node in bar] == ["lead", "opportunity", "quote", "order", "invoice"]
    assert [node["current"] for node in bar] == [False, False, True, False, False]
    assert [child["ref"] for child in bar[2]["children"]] == [chain["first"].ref]
    assert {child["type"] for child in bar[4]["children"]} == {"credit_note"}


def test_what_is_still_to_come_is_a_node_without_a_reference(admin):
    deal = OpportunityFactory()

    bar = nodes(deal, admin)

    assert [bool(node["ref"]) for node in bar] == [False, True, False, False, False]
    assert bar[2]["create_url"] == f"/opportunities/{deal.ref}/quote/"


def test_the_page_of_a_record_draws_its_chain(client, admin, chain):
    client.force_login(admin)

    page = client.get(f"/quotes/{chain['quote'].ref}/").content.decode()

    assert 'aria-label="Sales chain"' in page
    assert chain["order"].number in page
    assert chain["lead"].number in page
