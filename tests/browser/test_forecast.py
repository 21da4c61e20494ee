"""A forecast call by keyboard alone, within the budget of ux.md 6; the deals behind a figure, changed in place."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_call_is_made_in_five_actions_and_a_deal_is_changed_behind_its_figure(visit):
    """J9: g f, the cell, an amount, Tab and why, Ctrl+Enter."""
    page = visit("chloe")
    page.goto("/leads/")
    page.keyboard.press("g")
    page.keyboard.press("f")
    expect(page.get_by_role("heading", level=1)).to_have_text("Forecast")
    expect(page.locator("#pictures figure").first).to_be_visible()

    page.keyboard.press("e")
    expect(page.locator("#dialog input[name=amount]")).to_be_focused()
    page.keyboard.type("123456")
    page.keyboard.press("Tab")
    page.keyboard.type("Two slip into next quarter")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#grid a.call").first).to_contain_text("123,456")
    expect(page.locator("#grid .said").first).to_have_text("Two slip into next quarter")

    page.get_by_role("link", name="Without a close date").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#deals h2")).to_be_focused()
    row = page.locator("#deals tbody tr", has=page.locator("input[name=estimated_revenue]")).first
    row.locator("input[name=estimated_revenue]").fill("777")
    row.locator("input[name=estimated_revenue]").press("Tab")
    expect(row.get_by_role("status")).to_contain_text("Saved")

    page.keyboard.press("Escape")
    expect(page.locator("#deals h2")).to_have_count(0)
    expect(page.get_by_role("link", name="Without a close date")).to_be_focused()
