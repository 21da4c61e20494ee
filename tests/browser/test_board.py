"""The board by keyboard alone, by taps on a phone, and by mouse; what the server refuses comes back."""

import re
import uuid

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

DESK = {"width": 1440, "height": 900}
HAND = {"width": 375, "height": 812}


def new_deal(page, *, amount=""):
    """A deal of one's own, by a name that no other has; the board is asked for it alone."""
    page.goto("/accounts/")
    account = page.locator("main table tbody a").first.inner_text()
    name = f"Lathe {uuid.uuid4().hex[:8]}"
    page.goto("/opportunities/new/")
    page.get_by_label("Name", exact=False).first.fill(name)
    page.locator("#id_account").fill(account)
    page.locator("#id_estimated_revenue").fill(amount)
    page.locator("main form.form").get_by_role("button", name=re.compile("Create|Save")).click()
    page.wait_for_url(re.compile("/opportunities/OPP-"))
    page.goto(f"/opportunities/board/?q={name.split()[1]}")
    expect(card(page)).to_have_count(1)
    return name


def card(page):
    return page.locator("#board .deal")


def stands_in(page, number):
    """The one card stands in this column, and nowhere else."""
    expect(page.locator("#board .column:not(.folded)").nth(number).locator(".deal")).to_have_count(1)
    expect(card(page)).to_have_count(1)


def count_of(page, number):
    return page.locator("#board .column:not(.folded)").nth(number).locator("h2 .count")


def test_everything_on_the_board_is_done_by_keyboard_alone(visit):
    page = visit("ada", viewport=DESK)
    name = new_deal(page)

    page.keyboard.press("1")
    expect(card(page)).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    stands_in(page, 1)
    expect(page.locator("#toasts")).to_contain_text(f"{name} moved to")
    expect(card(page)).to_be_focused()
    expect(count_of(page, 0)).to_have_text("0")
    expect(count_of(page, 1)).to_have_text("1")

    page.keyboard.press("z")
    stands_in(page, 0)
    expect(card(page)).to_be_focused()

    page.keyboard.press("m")
    expect(page.locator("#board-move [data-near]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#board-move")).to_be_hidden()
    expect(card(page)).to_be_focused()
    page.keyboard.press("m")
    expect(page.locator("#board-move [data-near]")).to_be_focused()
    page.keyboard.press("Enter")
    stands_in(page, 1)

    expect(card(page)).to_be_focused()
    page.keyboard.press("s")
    subject = page.locator("#dialog [name=subject]")
    expect(subject).to_be_visible()
    subject.fill("Measure the floor")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.locator("#dialog")).to_be_hidden()
    expect(card(page)).to_contain_text("Measure the floor")

    expect(card(page)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/opportunities/OPP-"))
    expect(page.locator("h1")).to_contain_text(name)


def test_a_deal_is_moved_by_taps_on_a_phone_one_column_at_a_time(visit):
    page = visit("ada", viewport=HAND, has_touch=True)
    name = new_deal(page)
    expect(page.locator("#board .column:visible")).to_have_count(1)

    page.get_by_role("link", name=f"Move {name} to…").tap()
    page.locator("#board-move button[data-near]").tap()
    stands_in(page, 1)
    expect(page.locator("#board .column:visible")).to_have_count(1)
    expect(card(page)).to_be_visible()

    page.locator(".stage-tabs a").first.tap()
    expect(card(page)).to_be_hidden()
    page.locator(".stage-tabs a").nth(1).tap()
    expect(card(page)).to_be_visible()

    page.get_by_role("link", name=f"Move {name} to…").tap()
    page.locator("#board-move").get_by_role("link", name="Lost…").tap()
    dialog = page.locator("#dialog")
    expect(dialog.locator("form[method=post]")).to_be_visible()
    dialog.get_by_role("button", name="Close", exact=True).tap()
    expect(dialog).to_be_hidden()
    stands_in(page, 1)


def carry(page, to):
    """Drag the one card over another column and let go."""
    start, end = card(page).bounding_box(), page.locator("#board .column:not(.folded)").nth(to).bounding_box()
    page.mouse.move(start["x"] + 30, start["y"] + start["height"] - 8)
    page.mouse.down()
    page.mouse.move(start["x"] + 50, start["y"] + start["height"] + 10, steps=3)
    page.mouse.move(end["x"] + 60, end["y"] + 200, steps=8)
    expect(page.locator("#board .column.over")).to_have_count(1)
    page.mouse.up()


def test_a_card_is_carried_to_another_column(visit):
    page = visit("ada", viewport=DESK)
    name = new_deal(page)

    carry(page, 1)

    stands_in(page, 1)
    expect(page.locator("#toasts")).to_contain_text(f"{name} moved to")
    page.reload()
    stands_in(page, 1)


@pytest.fixture
def demanding(visit):
    """The third stage asks for an amount, until the test is over."""
    office = visit("admin")

    def ask_for(fields):
        office.goto("/admin/opportunities/stage/")
        office.locator("#result_list tbody tr", has_text="Propose").locator("th a").first.click()
        office.locator("#id_required_fields").fill(fields)
        office.locator("input[name=_save]").click()
        expect(office.locator(".messagelist .success")).to_be_visible()

    ask_for('["amount"]')
    yield
    ask_for("[]")


def test_a_card_that_the_server_refuses_goes_back_and_asks_for_what_is_missing(visit, demanding):
    page = visit("ada", viewport=DESK)
    new_deal(page)

    carry(page, 2)

    asked = page.locator("#board-move [name=estimated_revenue]")
    expect(asked).to_be_focused()
    stands_in(page, 0)

    asked.fill("4800")
    asked.press("Enter")
    stands_in(page, 2)
    expect(page.locator("#board .column:not(.folded)").nth(2).locator(".column-sum")).to_contain_text(
        "4,800.00"
    )


def test_who_is_slower_sees_the_board_as_it_is_and_nothing_is_moved_twice(visit):
    page = visit("ada", viewport=DESK)
    new_deal(page, amount="4800")
    other = page.context.new_page()
    other.goto(page.url)
    other.keyboard.press("1")
    expect(card(other)).to_be_focused()
    other.keyboard.press("Shift+ArrowRight")
    stands_in(other, 1)

    carry(page, 2)

    expect(page.locator("#toasts")).to_contain_text("Somebody else changed this deal meanwhile")
    stands_in(page, 1)
