"""What a promotion code is worth: typed once, it goes from the first document to the last, to paper and to the ERP."""

from typing import Any

import pytest

from integrations.models import Connection
from integrations.outgoing import order_doc
from invoices.actions import credit_invoice, invoice_from_order
from invoices.models import Invoice
from invoices.printing import InvoiceSheet
from opportunities.actions import qualify_lead
from orders.actions import accept_quote, copy_order, order_from_opportunity
from orders.printing import OrderSheet
from quotes.actions import copy_quote, quote_from_opportunity, revise_quote
from quotes.printing import QuoteSheet
from tests.customfields.fields import field
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import AccountFactory, CurrencyFactory, LeadFactory, StageFactory, UserFactory

pytestmark = pytest.mark.django_db

CHAIN = ("leads.lead", "opportunities.opportunity", "quotes.quote", "orders.order", "invoices.invoice")
SPRING = {"promotion": "SPRING"}


@pytest.fixture
def admin() -> Any:
    return UserFactory(role="administrator")


@pytest.fixture
def promotion() -> None:
    for kind in CHAIN:
        field("promotion", "text", record_type=kind, label="Promotion code", in_pdf=True, in_erp=True)


def test_it_goes_from_the_lead_to_customer_deal_quote_and_order(admin, promotion):
    StageFactory()
    CurrencyFactory(is_base=True)
    for kind in ("customers.account", "customers.contact"):
        field("promotion", "text", record_type=kind)
    lead = LeadFactory(owner=admin, custom={**SPRING, "older": 1})

    made = qualify_lead(lead, by=admin)
    assert made.account.custom == made.contact.custom == made.opportunity.custom == SPRING
    quote = quote_from_opportunity(made.opportunity, by=admin)
    order = order_from_opportunity(made.opportunity, by=admin)

    assert quote.custom == order.custom == SPRING


def test_it_goes_from_the_quote_to_the_order(admin, promotion):
    quote = QuoteFactory(owner=admin, status="active", custom={**SPRING, "older": 1})

    assert accept_quote(quote, by=admin).custom == SPRING


def test_it_goes_from_the_order_to_invoice_and_credit_note(admin, promotion):
    order = OrderFactory(owner=admin, status="fulfilled", lines__quantity_shipped=1, custom=SPRING)
    billed = InvoiceFactory(owner=admin, status_reason="billed", custom=SPRING)

    invoice_from_order(order, by=admin)
    credit = credit_invoice(billed, by=admin)

    assert Invoice.objects.get(order=order).custom == credit.custom == SPRING


def test_revisions_and_copies_keep_it(admin, promotion):
    quote = QuoteFactory(owner=admin, status="active", custom=SPRING)
    order = OrderFactory(owner=admin, custom=SPRING)

    assert copy_quote(quote, by=admin).custom == SPRING
    assert revise_quote(quote, by=admin).custom == SPRING
    assert copy_order(order, by=admin).custom == SPRING


def test_what_is_required_further_down_does_not_hold_up_the_chain(admin, promotion):
    field("cost_center", "text", record_type="orders.order", is_required=True)
    field("priority", "choice", record_type="orders.order", choices=["low", "high"], default="low")
    quote = QuoteFactory(owner=admin, status="active", custom=SPRING)

    order = accept_quote(quote, by=admin)

    assert order.custom == {"promotion": "SPRING", "priority": "low"}


def test_a_unique_value_goes_along_where_it_is_free(admin):
    field("project", "text", record_type="quotes.quote")
    field("project", "text", record_type="orders.order", is_unique=True)
    first, second = (
        QuoteFactory(owner=admin, status="active", custom={"project": "P-1"}) for _each in range(2)
    )

    assert accept_quote(first, by=admin).custom == {"project": "P-1"}
    assert accept_quote(second, by=admin).custom == {}


@pytest.mark.parametrize(
    ("sheet", "make"),
    [(QuoteSheet, QuoteFactory), (OrderSheet, OrderFactory), (InvoiceSheet, InvoiceFactory)],
)
def test_it_stands_on_paper_by_its_own_label(admin, promotion, sheet, make):
    kind = make._meta.model._meta.label_lower
    field("launch", "date", record_type=kind, in_pdf=True)
    field("partner", "reference", record_type=kind, refers_to="customers.account", in_pdf=True)
    field("secret", "text", record_type=kind)
    partner = AccountFactory(name="Bolt & Co")
    document = make(
        custom={**SPRING, "secret": "x", "launch": "2026-01-31", "partner": str(partner.public_id)}
    )

    facts = dict(sheet(document).data()["facts"])

    assert facts["Promotion code"] == "SPRING"
    assert facts["Launch"] == "31 Jan 2026"
    assert facts["Partner"] == "Bolt & Co"
    assert "Secret" not in facts


def test_the_erp_is_told_of_the_fields_that_are_for_it(admin, promotion):
    kind = "orders.order"
    field("weight", "number", record_type=kind, decimals=2, in_erp=True)
    field("fragile", "boolean", record_type=kind, in_erp=True)
    field("colors", "choices", record_type=kind, choices=["red", "blue"], in_erp=True)
    field("secret", "text", record_type=kind)
    order = OrderFactory(
        custom={
            **SPRING,
            "weight": "12.5",
            "fragile": True,
            "colors": ["red", "blue"],
            "secret": "x",
            "older": 1,
        }
    )
    connection = Connection.objects.create(code="erp", name="ERP", kind="rest", base_url="http://127.0.0.1:1")

    doc = order_doc(order, connection, key="k")

    assert doc.extra == {"promotion": "SPRING", "weight": "12.5", "fragile": "true", "colors": "red,blue"}
