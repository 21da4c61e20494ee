"""Calls, notes, tasks and the day in a real browser: by keyboard, within the budget of ux.md 6, without scripts."""

import re

from playwright.sync_api import expect


def own_deal(page) -> str:
    """An open deal of Ada's, by way of her list."""
    page.goto("/opportunities/?status=open&owner=me")
    address = page.locator("tbody th a, tbody td a").first.get_attribute("href")
    page.goto(address)
    return address


def test_a_call_is_logged_with_its_next_step_in_three_actions(visit):
    """J6: l, Ctrl+Enter, pick."""
    page = visit("ada")
    own_deal(page)

    page.keyboard.press("l")
    expect(page.locator("#log-call-subject")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Next step?")).to_be_visible()
    page.get_by_role("button", name="In 3 days").click()

    expect(page.locator("#to-do")).to_contain_text("Follow up")
    expect(page.locator(".timeline")).to_contain_text("made a call")


def test_a_line_of_text_is_shown_as_it_is_read_before_it_is_saved(visit):
    page = visit("ada")
    own_deal(page)

    page.keyboard.press("t")
    page.keyboard.type("email the drawing tomorrow 9:30", delay=5)
    reading = page.locator(".composer .reading")
    expect(reading).to_contain_text("Email the drawing")
    expect(reading).to_contain_text("09:30")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#to-do")).to_contain_text("Email the drawing")


def test_a_colleague_is_called_by_name_and_finds_the_note(visit):
    page = visit("ada")
    own_deal(page)
    page.keyboard.press("n")
    expect(page.locator("textarea:focus")).to_be_visible()
    page.keyboard.type("Please decide @me", delay=20)
    expect(page.get_by_role("option", name="Mei Ito @mei")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".timeline")).to_contain_text("Please decide @mei")

    boss = visit("mei")
    boss.goto("/notifications/")
    boss.get_by_text("Please decide @mei").first.wait_for()
    boss.locator(".news a").first.click()

    expect(boss.locator("li:target")).to_contain_text("Please decide @mei")


def test_the_day_is_worked_off_by_keyboard(visit):
    page = visit("ben")
    page.goto("/my-day/")
    first = page.locator(".day-row .day-link").first.inner_text()

    page.keyboard.press("Enter")
    expect(page.locator(".day-row[data-settled]")).to_contain_text(first)
    expect(page.get_by_role("button", name="Tomorrow").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".day-row[data-settled]")).to_contain_text("Planned: Follow up")

    page.keyboard.press("j")
    expect(page.locator(".day-row.at")).to_have_count(1)


def test_notes_tasks_files_and_filters_work_without_scripts(visit, tmp_path):
    page = visit("chloe", javascript=False)
    address = own_deal(page)
    page.locator("summary", has_text="Note").click()
    page.get_by_label("Note", exact=True).fill("Written without scripts.")
    page.get_by_role("button", name="Save note").click()
    expect(page.locator(".timeline")).to_contain_text("Written without scripts.")

    listed = tmp_path / "list.csv"
    listed.write_text("a,b\n1,2\n")
    page.get_by_role("link", name="File…").click()
    page.get_by_label("Files").set_input_files(listed)
    page.get_by_role("button", name="Attach").click()
    expect(page.locator(".timeline")).to_contain_text("list.csv")

    page.goto(address)
    page.get_by_role("link", name="Files", exact=True).click()
    expect(page.locator(".timeline")).not_to_contain_text("Written without scripts.")
    expect(page).to_have_url(re.compile(r"show=files"))
