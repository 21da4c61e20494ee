"""A deal is won by keyboard alone: w, the amount, Ctrl+Enter."""

import re
import uuid

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser


def test_a_deal_is_won_by_keyboard_alone(visit):
    page = visit("ada")
    page.goto("/accounts/")
    account = page.locator("main table tbody a").first.inner_text()
    page.goto("/opportunities/new/")
    page.get_by_label("Name", exact=False).first.fill(f"Press {uuid.uuid4().hex[:8]}")
    page.locator("#id_account").fill(account)
    page.locator("main form.form").get_by_role("button", name=re.compile("Create|Save")).click()
    page.wait_for_url(re.compile("/opportunities/OPP-"))

    page.locator("body").press("w")
    amount = page.locator("#dialog [name=actual_revenue]")
    expect(amount).to_be_focused()
    amount.fill("1234.50")
    page.keyboard.press("ControlOrMeta+Enter")

    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.locator("main")).to_contain_text("1,234.50")
    expect(page.locator("main header .badge").first).to_contain_text("Won")
