"""The line editor in a real browser, with the keyboard only."""

from dataclasses import replace
from decimal import Decimal

import pytest
from playwright.sync_api import Page

from catalog.changes import changes_from
from quotes.actions import set_quote_lines
from quotes.models import Quote
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
def screen(chromium, driver, live_server, rep):
    browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
    page = browser.new_page(base_url=live_server.url)
    page.goto("/login/")
    page.fill("input[name=username]", "rep")
    page.fill("input[name=password]", "a password of the tests")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)
    yield page
    browser.close()


def at(page: Page) -> str:
    return page.evaluate("document.activeElement.name")


def settled(page: Page, total: str) -> None:
    page.locator(".totals .grand", has_text=total).wait_for()


def test_a_quote_is_filled_in_with_the_keyboard_alone(screen, rep):
    spindle = ProductFactory(sku="CNC-40", name="Spindle 40 kW")
    quote = QuoteFactory(owner=rep, lines=0, price_list=PriceListFactory(items={spindle: "90"}))
    screen.goto(quote.get_absolute_url())
    assert screen.locator(".blocked", has_text="Activate").count() == 1

    screen.locator("input[name=product]").focus()
    screen.keyboard.type("spin")
    screen.locator("#line-products [role=row]", has_text="CNC-40").wait_for()
    screen.keyboard.press("Enter")
    settled(screen, "107.10")
    assert at(screen) == "quantity"
    screen.keyboard.type("2")
    screen.keyboard.press("Enter")
    settled(screen, "214.20")

    assert at(screen) == "product"
    screen.keyboard.type("Travel")
    screen.locator("#line-products [role=row]", has_text="as free text").wait_for()
    screen.keyboard.press("Tab")
    screen.keyboard.type("3")
    screen.keyboard.press("Tab")
    screen.keyboard.press("Tab")
    screen.keyboard.type("10,50")
    screen.keyboard.press("Tab")
    settled(screen, "251.69")  # taxed like the line above
    assert at(screen) == "discount"

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
    assert cell.input_value() == "many"
    assert cell.get_attribute("aria-invalid") == "true"

    cell.fill("4")
    cell.press("Tab")
    settled(screen, "238.00")
    assert screen.locator("tr.problem").count() == 0


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

    shown = [
        box.input_value().split()[0] for box in screen.locator("tr[data-line] input[name=product]").all()
    ]
    assert shown == [second, first]


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
    assert cell.input_value() == "9"
    assert Quote.objects.get().lines.get().quantity == 7
