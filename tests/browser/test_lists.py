"""Lists by keyboard alone: rows picked, a cell changed and taken back, many rows changed, a filter added."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

WORD = "Head of test"


def test_rows_are_picked_by_keys_and_a_cell_is_changed_and_taken_back(visit):
    page = visit("mei")
    page.goto("/contacts/")
    first = page.locator("[data-rows] tbody tr").first
    title = first.locator("[data-cell=job_title]")
    before = title.inner_text().strip()

    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    expect(page.locator(".pick input[name=row]:checked")).to_have_count(3)
    expect(page.locator("[data-picked]")).to_have_text("3 selected")

    for _step in range(3):
        page.keyboard.press("k")
    page.keyboard.press("e")
    box = page.locator(".cell-form [name=job_title]")
    expect(box).to_be_focused()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(WORD)
    page.keyboard.press("Enter")
    expect(title).to_contain_text(WORD)
    # Enter went on to the cell below; Escape leaves it as it is.
    expect(page.locator(".cell-form [name=job_title]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".cell-form")).to_have_count(0)

    page.locator("#toasts button", has_text="Undo").click()
    expect(title).to_contain_text(before)
    page.reload()
    expect(title).to_contain_text(before)


def test_a_refusal_stands_beside_the_cell_and_nothing_is_saved(visit):
    page = visit("mei")
    page.goto("/contacts/")
    cell = page.locator("[data-cell=email]").first
    before = cell.inner_text().strip()

    cell.dblclick()
    box = page.locator(".cell-form [name=email]")
    box.fill("no address")
    box.press("Enter")

    expect(page.locator(".cell-refused")).to_contain_text("valid email")
    page.keyboard.press("Escape")
    expect(cell).to_contain_text(before)


def test_many_rows_are_given_the_same_value_in_a_dialog(visit):
    page = visit("mei")
    page.goto("/contacts/")
    page.locator(".pick input[name=row]").first.check()
    page.get_by_role("button", name="Edit a field").click()

    dialog = page.locator("#dialog")
    dialog.get_by_label("Field", exact=True).select_option("role")
    dialog.get_by_role("button", name=re.compile("Edit a field")).click()
    dialog.get_by_label("Role").fill("Buyer")
    dialog.get_by_role("button", name=re.compile("Edit a field")).click()

    expect(page.locator("#toasts")).to_contain_text("1 done")


def test_a_filter_is_added_in_the_dialog_and_shorthand_in_the_search_box(visit):
    page = visit("mei")
    page.goto("/opportunities/")
    page.locator("#filters summary").click()
    page.get_by_role("link", name="Any field…").click()
    page.locator("#dialog").get_by_role("link", name="Amount").click()
    page.locator("#dialog [name=_gt]").fill("1k")
    page.locator("#dialog").get_by_role("button", name="Filter").click()
    expect(page.locator("#chips")).to_contain_text("Amount greater than 1,000")

    page.locator("#list-q").fill("owner:team")
    expect(page.locator("#chips")).to_contain_text("Owner is My team")


@pytest.mark.parametrize("width", [375, 1280])
def test_without_scripts_filters_columns_and_bulk_work(visit, width):
    page = visit("mei", javascript=False, viewport={"width": width, "height": 800})
    page.goto("/leads/?f=status:is:open")
    expect(page.locator("#bulk")).to_be_visible()
    page.locator(".pick input[name=row]").first.check()
    page.locator("#bulk").get_by_role("button", name="Add a task").click()
    page.get_by_label("Task").fill("Send the brochure")
    page.get_by_role("button", name=re.compile("Add a task")).click()

    expect(page.locator("#toasts")).to_contain_text("1 done")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
