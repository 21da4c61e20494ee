"""The command palette by keyboard alone: records, this page's actions, places."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser]


def test_ctrl_k_finds_a_record_and_enter_opens_it(visit):
    page = visit("ada")
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Find or do something")
    expect(box).to_be_focused()

    page.keyboard.type("@borg")
    option = page.locator("#palette-list [role=option][aria-selected=true]")
    expect(option.locator("mark")).to_have_text("Borg")
    name = option.locator("span").inner_text()
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_contain_text(name)


def test_the_palette_does_what_this_page_offers_and_says_why_it_cannot(visit):
    page = visit("ada")
    page.goto("/leads/")
    page.keyboard.press("Control+k")
    page.keyboard.type(">new lead")
    expect(page.locator("#palette-list [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")

    page.wait_for_url("**/leads/new/")


def test_what_was_seen_last_is_offered_first_and_forgotten_at_log_out(visit):
    page = visit("ada")
    page.goto("/accounts/")
    page.locator("main table tbody a[href^='/accounts/']").first.click()
    page.wait_for_url("**/accounts/*/")
    title = page.locator("main h1").inner_text()
    page.goto("/leads/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-list [role=option]", has_text=title)).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()

    page.get_by_label("Your account").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('recent:'))") == []


def test_a_colon_leads_to_a_page_and_a_question_mark_to_the_keys(visit):
    page = visit("ada")
    page.keyboard.press("Control+k")
    page.keyboard.type(":invoices")
    expect(page.locator("#palette-list [role=option][aria-selected=true]")).to_contain_text("Invoices")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Invoices")
    page.wait_for_load_state()

    page.keyboard.press("Control+k")
    page.keyboard.type("?")
    expect(page.locator("#shortcuts")).to_be_visible()
