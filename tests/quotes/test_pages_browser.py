"""The line editor in a real browser, with the keyboard only."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from catalog.changes import changes_from
from quotes.actions import set_quote_lines
from quotes.models import Quote
from tests.conftest import PATIENCE_MS
from tests.document_factories import QuoteFactory
from tests.factories import PriceListFactory, ProductFactory, UserFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def rep():
    rep = UserFactory(username="rep")
    rep.set_password("a password of the tests")
    rep.save()
    return rep


@pytest.fixture
def screen(browser, live_server, rep):
    page = browser.new_page(base_url=live_server.url)
    page.set_default_timeout(PATIENCE_MS)
    page.goto("/login/")
    page.fill("input[name=username]", "rep")
    page.fill("input[name=password]", "a password of the tests")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)
    yield page
    page.close()


def stands(page: Page, name: str) -> None:
    expect(page.locator("input:focus")).to_have_attribute("name", name)


def offered(page: Page, text: str) -> None:
    """The products for what was typed are shown, not those for a part of it."""
    expect(page.locator(f"#product-free[data-value='{text}']")).to_be_visible()


def settled(page: Page, total: str) -> None:
    page.locator(".totals .grand", has_text=total).wait_for()


def test_a_quote_is_filled_in_with_the_keyboard_alone(screen, rep):
    spindle = ProductFactory(sku="CNC-40", name="Spindle 40 kW")
    quote = QuoteFactory(owner=rep, lines=0, price_list=PriceListFactory(items={spindle: "90"}))
    screen.goto(quote.get_absolute_url())
    expect(screen.locator(".blocked", has_text="Activate")).to_have_count(1)

    screen.locator("input[name=product]").focus()
    screen.keyboard.type("spin")
    offered(screen, "spin")
    expect(screen.locator("#line-products [role=row]").first).to_contain_text("CNC-40")
    screen.keyboard.press("Enter")
    settled(screen, "107.10")
    stands(screen, "quantity")
    screen.keyboard.type("2")
    screen.keyboard.press("Enter")
    settled(screen, "214.20")

    stands(screen, "product")
    screen.keyboard.type("Travel")
    offered(screen, "Travel")
    screen.keyboard.press("Tab")
    screen.keyboard.type("3")
    screen.keyboard.press("Tab")
    screen.keyboard.press("Tab")
    screen.keyboard.type("10,50")
    screen.keyboard.press("Tab")
    settled(screen, "251.69")  # taxed like the line above
    stands(screen, "discount")

    lines = Quote.objects.get().lines.all()
    assert [(str(line), line.quantity) for line in lines] == [("Spindle 40 kW", 2), ("Travel", 3)]
    screen.get_by_role("button", name="Activate").click()
    screen.locator(".badge", has_text="Active").first.wait_for()


def test_a_wrong_figure_is_explained_and_stays_until_it_is_right(screen, rep):
    quote = QuoteFactory(owner=rep, lines=1)
    screen.goto(quote.get_absolute_url())
    cell = screen.locator("input[name=quantity]").first

    cell.fill("many")
    cell.press("Tab")
    screen.locator("tr.problem", has_text="“many” is not a number").wait_for()
    expect(cell).to_have_value("many")
    expect(cell).to_have_attribute("aria-invalid", "true")

    cell.fill("4")
    cell.press("Tab")
    settled(screen, "238.00")
    expect(screen.locator("tr.problem")).to_have_count(0)


def test_rows_are_duplicated_moved_and_removed_by_keys(screen, rep):
    quote = QuoteFactory(owner=rep, lines=2)
    first, second = (str(line.product.sku) for line in quote.lines.all())
    screen.goto(quote.get_absolute_url())
    cell = screen.locator("tr[data-line] input[name=quantity]").first

    cell.press("Control+d")
    settled(screen, "357.00")
    screen.keyboard.press("Alt+ArrowDown")
    screen.keyboard.press("Alt+ArrowDown")
    screen.locator("tr[data-line] input[name=quantity]").first.press("Control+Delete")
    settled(screen, "238.00")
    screen.reload()

    products = screen.locator("tr[data-line] input[name=product]")
    expect(products).to_have_count(2)
    expect(products.nth(0)).to_have_value(re.compile(f"^{second} "))
    expect(products.nth(1)).to_have_value(re.compile(f"^{first} "))


def test_what_was_typed_stays_when_somebody_else_was_faster(screen, rep):
    quote = QuoteFactory(owner=rep, lines=1)
    screen.goto(quote.get_absolute_url())
    set_quote_lines(
        quote,
        lambda there: [replace(changes_from(there)[0], quantity=Decimal(7))],
        by=UserFactory(role="administrator"),
    )
    cell = screen.locator("input[name=quantity]").first

    cell.fill("9")
    cell.press("Tab")

    screen.locator("tr.problem", has_text="changed this meanwhile to: 7").wait_for()
    expect(cell).to_have_value("9")
    assert Quote.objects.get().lines.get().quantity == 7
