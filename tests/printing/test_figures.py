"""What stands on paper is what stands on the page and what the API says, figure by figure."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.editor import table_of_lines
from catalog.figures import MINUS, show_amount
from invoices.printing import invoice_pdf
from orders.printing import order_pdf
from quotes.printing import quote_pdf
from tests.api.conftest import client_of
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import ContactFactory, UserFactory
from tests.printing.making import currency, joined, text_of, with_lines

pytestmark = pytest.mark.django_db
LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "ru", "ja", "en-GB", "de-CH"]
KINDS = {
    "quote": (QuoteFactory, quote_pdf),
    "order": (OrderFactory, order_pdf),
    "invoice": (InvoiceFactory, invoice_pdf),
}

money = st.decimals(0, 99_999, places=2)
rates = st.sampled_from([Decimal(0), Decimal(7), Decimal("8.875"), Decimal(19)])
discounts = st.one_of(
    st.just({}),
    st.builds(lambda percent: {"discount_percent": percent}, st.decimals(0, 100, places=2)),
)
lines = st.lists(
    st.builds(
        lambda quantity, price, rate, discount: {
            "quantity": quantity, "unit_price": price, "tax_rate": rate, "sku": "",
        } | discount,
        st.decimals("0.001", 999, places=3), money, rates,
        discounts,
    ),
    min_size=1, max_size=6,
)  # fmt: skip


def document(kind: str, code: str, found: list[dict[str, Any]], **header: Any) -> Any:
    factory = KINDS[kind][0]
    named = [line | {"description": f"Article {n}"} for n, line in enumerate(found, 1)]
    return with_lines(factory(lines=0, currency=currency(code), **header), named)


def on_paper(text: str, figures: list[str]) -> bool:
    """Whether the figures stand in the text in this order."""
    at = 0
    for figure in figures:
        at = text.find(joined(figure), at)
        if at < 0:
            return False
        at += len(joined(figure))
    return True


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    found=lines,
    code=st.sampled_from(["JPY", "EUR", "KWD"]),
    language=st.sampled_from(LANGUAGES),
    discount=st.decimals(0, 50, places=2),
    profile=st.sampled_from(["per_line", "per_document", "dynamics"]),
)
def test_lines_and_sums_are_those_of_the_page(kind, db, found, code, language, discount, profile):
    made = document(kind, code, found, discount_percent=discount, rounding_profile=profile)
    text = joined(text_of(KINDS[kind][1](made, language=language)))

    with override(language):
        shown = table_of_lines(made)
        for row in shown.rows:
            assert on_paper(text, [row.product, row.quantity, row.price, row.total])
        net, *taxes, total = [
            one.amount for one in shown.sums if one.label not in ("Before discounts", "Discounts")
        ]
        assert on_paper(text, [net, *taxes, total])
        assert show_amount(made.total, made.currency.digits) == total


def test_a_page_in_a_browser_shows_the_same_figures(client: Client):
    made = document(
        "quote", "EUR", [{"quantity": Decimal("2.5"), "unit_price": Decimal("1249.99")}], freight=Decimal(80)
    )
    client.force_login(UserFactory(role="administrator", language="en"))

    page = joined(client.get(f"/quotes/{made.ref}/").content.decode())
    paper = joined(text_of(client.get(f"/quotes/{made.ref}/pdf/").content))

    for figure in ("1,249.99", "3,124.98", "80.00", "3,204.98", "593.75", "3,798.73"):
        assert figure in page
        assert figure in paper


@pytest.mark.parametrize("kind", KINDS)
def test_the_api_says_what_is_on_paper(kind):
    made = document(
        kind, "KWD", [{"quantity": 3, "unit_price": Decimal("10.125"), "discount_percent": Decimal(10)}]
    )
    machine = client_of(UserFactory(role="administrator"))
    address = f"/api/v1/{kind}s/{made.public_id}/"

    said = machine.get(address).data
    text = joined(text_of(machine.get(f"{address}pdf/").content))

    line = said["lines"][0]
    for figure in (line["net"], said["total_tax"], said["total"]):
        assert joined(show_amount(Decimal(figure), 3)) in text
    assert (line["net"], said["total"]) == ("27.3370", "32.5310")


def test_an_option_is_priced_but_not_added():
    made = with_lines(
        QuoteFactory(lines=0),
        [
            {"description": "Press", "quantity": 1, "unit_price": Decimal(1000)},
            {"description": "Spare belt", "quantity": 1, "unit_price": Decimal(50), "kind": "optional"},
        ],
    )

    text = text_of(quote_pdf(made, language="en"))

    assert "Spare belt Optional 1 pc 50.00 19% 50.00" in text
    assert "Net amount 1,000.00 Tax 19% on 1,000.00 190.00 Total EUR 1,190.00" in text
    assert "Optional items are not part of the total." in text


def test_members_of_a_bundle_have_quantities_but_no_prices():
    made = with_lines(
        OrderFactory(lines=0),
        [
            {"description": "Starter set", "quantity": 2, "unit_price": Decimal(300)},
            {"description": "Drill", "quantity": 4, "unit_price": 0, "kind": "included"},
            {"description": "Bench", "quantity": 1, "unit_price": Decimal(90)},
        ],
    )

    text = text_of(order_pdf(made, language="en"))

    assert "1 Starter set 2 pc 300.00 19% 600.00 Drill 4 pc 2 Bench 1 pc 90.00 19% 90.00" in text


def test_sections_end_with_what_they_come_to():
    heading, note = {"kind": "section"}, {"kind": "note"}
    made = with_lines(
        QuoteFactory(lines=0),
        [
            {"description": "Machines", **heading},
            {"description": "Press", "quantity": 1, "unit_price": Decimal(1000)},
            {"description": "Delivered in March.", **note},
            {"description": "Services", **heading},
            {"description": "Training", "quantity": 2, "unit_price": Decimal(250)},
        ],
    )

    text = text_of(quote_pdf(made, language="en"))

    assert "Delivered in March. Subtotal Machines 1,000.00 Services 2 Training" in text
    assert "Subtotal Services 500.00" in text


def test_a_credit_note_gives_back_with_minus_signs():
    billed = InvoiceFactory(status_reason="billed", number="INV-77")
    note = InvoiceFactory(kind="credit_note", credits=billed, status_reason="billed", number="CN-1", lines=0)

    text = text_of(
        invoice_pdf(
            with_lines(note, [{"description": "Returned", "quantity": -1, "unit_price": Decimal(100)}])
        )
    )

    assert "Credit note CN-1" in text
    assert "For invoice INV-77" in text
    assert f"Total EUR {MINUS}119.00" in text


def test_the_delivery_address_stands_there_only_when_the_goods_go_elsewhere():
    home = {"street": "Ring 1", "postcode": "10115", "city": "Berlin", "country": "DE"}
    contact = ContactFactory(first_name="Anna", last_name="Schmidt")
    both = {f"{kind}_{name}": value for kind in ("bill_to", "ship_to") for name, value in home.items()}
    line = [{"description": "Press", "quantity": 1, "unit_price": Decimal(10)}]

    same = with_lines(QuoteFactory(lines=0, contact=contact, **both), line)
    other = with_lines(QuoteFactory(lines=0, contact=contact, **both | {"ship_to_city": "Potsdam"}), line)

    assert "Delivery address" not in text_of(quote_pdf(same, language="en"))
    assert "Anna Schmidt Ring 1 10115 Berlin" in text_of(quote_pdf(same, language="en"))
    assert "10115 Potsdam" in text_of(quote_pdf(other, language="en")).split("Delivery address")[1]
