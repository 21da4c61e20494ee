"""The line editor by keyboard: which key goes where, what is pasted, taken back, kept offline, asked about."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages_look_right import OVERFLOW, SIZES, violations
from tests.browser.waiting import becomes

pytestmark = pytest.mark.browser

DESK = {"width": 1280, "height": 900}
ROWS = "tr[data-line]"


def new_quote(page):
    """An empty draft of a customer of the demo."""
    page.goto("/accounts/")
    name = page.locator("main table tbody a").first.inner_text()
    page.goto("/quotes/new/")
    page.locator("#id_account").fill(name)
    page.get_by_role("button", name="Create quote").click()
    page.wait_for_url(re.compile("/quotes/QUO-"))


def where(page):
    """What has the focus: an input by its name, a cell by that of the input in it, and the number of its row."""
    return page.evaluate(
        """() => {
        const at = document.activeElement, row = at.closest("tbody tr[data-kind]");
        const rows = [...document.querySelectorAll("table.lines tbody tr[data-kind]")];
        const name = at.matches("input") ? at.name || "pick" : at.querySelector("input[name]")?.name ?? at.className;
        return row ? `${at.matches("td") ? "cell" : "in"} ${name} ${rows.indexOf(row) + 1}` : at.tagName.toLowerCase();
    }"""
    )


def stands(page, place):
    """The focus is there, or comes there."""
    becomes(page, lambda: where(page), place)


def settled(page):
    """Nothing is on its way to the server any more."""
    page.wait_for_function("""() => {
        const editor = document.querySelector("form[data-lines]").editor;
        return !editor.jobs.length && !editor.pumping;
    }""")


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def offered(page, text):
    """The products for what was typed are shown, not those for a part of it."""
    expect(page.locator(f"#product-free[data-value='{text}']")).to_be_visible()


def type_item(page, text, quantity=""):
    """A product or free text into the product cell that has the focus."""
    page.keyboard.type(text)
    offered(page, text)
    press(page, "Enter")
    settled(page)
    if quantity:
        page.keyboard.type(quantity)


def cells(page, name):
    """The inputs of one column, of all saved lines."""
    return page.locator(f"{ROWS} input[name={name}]")


def names(page):
    return cells(page, "product").evaluate_all("boxes => boxes.map(box => box.value)")


def named(page, *texts):
    """The lines are these, in this order."""
    becomes(page, lambda: names(page), list(texts))


@pytest.fixture
def editor(visit):
    """A draft with two lines, the focus on the product of the first, in move mode."""
    page = visit("ada", viewport=DESK)
    new_quote(page)
    page.locator("input[name=product]").first.click()
    type_item(page, "CNC-20", "2")
    press(page, "Enter")
    type_item(page, "BOOK-CNC")
    press(page, "Escape", "Control+Home", "ArrowRight")
    settled(page)
    stands(page, "cell product 1")
    return page


def test_arrows_move_and_tab_leaves(editor):
    page = editor

    for key, place in {
        "ArrowRight": "cell quantity 1", "ArrowDown": "cell quantity 2", "End": "in line-menu 2",
        "ArrowUp": "in line-menu 1", "Home": "in pick 1", "Control+End": "in line-menu 2",
        "Control+Home": "in pick 1",
    }.items():  # fmt: skip
        press(page, key)
        stands(page, place)
    press(page, "ArrowRight", "Tab")
    stands(page, "button")
    press(page, "Shift+Tab")
    stands(page, "cell product 1")


def test_in_edit_mode_tab_and_enter_go_on_and_escape_goes_back(editor):
    page = editor

    for key, place in (
        ("Enter", "in product 1"), ("Tab", "in quantity 1"), ("Tab", "in unit 1"),
        ("Shift+Tab", "in quantity 1"), ("Enter", "in quantity 2"), ("Escape", "cell quantity 2"),
        ("F2", "in quantity 2"),
    ):  # fmt: skip
        press(page, key)
        stands(page, place)


def test_typing_replaces_and_escape_takes_it_back(editor):
    page = editor

    press(page, "ArrowRight")
    page.keyboard.type("7")
    stands(page, "in quantity 1")
    expect(cells(page, "quantity").first).to_have_value("7")
    press(page, "Escape")

    expect(cells(page, "quantity").first).to_have_value("2")


def test_enter_on_the_last_row_begins_another_which_goes_when_left_empty(editor):
    page = editor

    press(page, "ArrowDown", "Enter", "Enter")
    stands(page, "in product 3")
    press(page, "Escape", "Tab")

    expect(page.locator("table.lines tbody tr[data-kind]")).to_have_count(2)


def test_a_button_below_does_not_move_away_under_the_mouse_when_an_empty_row_goes(editor):
    page = editor

    press(page, "ArrowDown", "Enter", "Enter")
    stands(page, "in product 3")
    page.get_by_role("button", name="Section", exact=True).click(delay=300)

    stands(page, "in product 3")
    expect(page.locator("table.lines tbody tr[data-kind]").nth(2)).to_have_attribute("data-kind", "section")
    page.get_by_role("heading", name="Lines").click(delay=300)
    expect(page.locator("table.lines tbody tr[data-kind]")).to_have_count(2)


def test_lines_are_copied_moved_removed_and_brought_back_by_keys(editor):
    page = editor
    first, second = names(page)

    press(page, "Control+d")
    named(page, first, first, second)
    stands(page, "cell product 2")
    press(page, "Alt+ArrowDown")
    named(page, first, second, first)
    stands(page, "cell product 3")
    settled(page)
    press(page, "Control+Delete")
    named(page, first, second)
    stands(page, "cell product 2")
    press(page, "Control+z")
    named(page, first, second, first)
    stands(page, "cell product 3")

    settled(page)
    press(page, "Control+Delete")
    named(page, first, second)
    page.get_by_role("heading", name="Lines").click()
    press(page, "z")
    named(page, first, second, first)


def test_a_late_answer_does_not_take_the_keys_from_where_one_types_meanwhile(editor):
    page, late = editor, []
    first, second = names(page)
    page.route("**/lines/", lambda route: route.continue_() if late else late.append(route))

    press(page, "Control+d", "ArrowDown", "ArrowRight")
    stands(page, "cell quantity 2")
    page.keyboard.type("7")
    becomes(page, lambda: len(late), 1)
    late[0].continue_()
    named(page, first, first, second)
    stands(page, "in quantity 3")
    page.keyboard.type("5")
    press(page, "Enter")
    settled(page)

    expect(cells(page, "quantity").nth(2)).to_have_value("75")


def test_what_is_typed_faster_than_products_are_found_is_what_is_meant(editor):
    page, late = editor, []

    press(page, "ArrowDown", "Enter", "Enter")
    page.keyboard.type("CNC-2")
    offered(page, "CNC-2")
    page.route("**/_p/products/**", lambda route: late.append(route))
    page.keyboard.type("1 by hand")
    press(page, "Enter")
    settled(page)

    expect(cells(page, "product").nth(2)).to_have_value("CNC-21 by hand")
    for route in late:
        route.continue_()


def test_one_discount_for_the_rows_that_are_marked(editor):
    page = editor

    press(page, "Shift+ ", "ArrowDown", "Shift+ ", "Control+;")
    page.keyboard.type("10")
    press(page, "Enter")
    settled(page)

    for row in (0, 1):
        expect(cells(page, "discount").nth(row)).to_have_value("10")


def paste(page, text):
    page.evaluate(
        """text => {
        const data = new DataTransfer();
        data.setData("text/plain", text);
        const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
        document.activeElement.dispatchEvent(event);
    }""",
        text,
    )


def test_a_pasted_table_is_looked_at_added_and_taken_back_in_one(editor):
    page = editor

    paste(page, "Artikel\tMenge\tPreis\nMIL-10\t3\t\nSomething else\t1,5\t12,50")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 matched")
    expect(dialog).to_contain_text("1 unknown")
    dialog.get_by_role("button", name="Add 2 lines").click()
    expect(page.locator(ROWS)).to_have_count(4)
    expect(cells(page, "product").nth(2)).to_have_value("Something else")
    page.get_by_role("button", name="Undo").click()

    expect(page.locator(ROWS)).to_have_count(2)


def test_marked_rows_are_copied_as_a_table(editor):
    page = editor

    press(page, "Shift+ ")
    copied = page.evaluate("""() => {
        const data = new DataTransfer();
        const event = new ClipboardEvent("copy", {clipboardData: data, bubbles: true, cancelable: true});
        document.activeElement.dispatchEvent(event);
        return data.getData("text/plain");
    }""")

    assert copied.split("\t")[:3] == [names(page)[0], "2", "pc"]


def test_cells_typed_offline_wait_and_are_sent(editor):
    page = editor

    page.context.set_offline(True)
    press(page, "ArrowRight")
    page.keyboard.type("9")
    press(page, "Enter")
    expect(page.locator("tr.waiting")).to_have_count(1)
    expect(page.locator(".line-status")).to_contain_text("Not sent yet")
    page.context.set_offline(False)
    settled(page)

    expect(page.locator("tr.waiting")).to_have_count(0)
    expect(page.locator(".line-status")).to_contain_text("saved")
    page.reload()
    expect(cells(page, "quantity").first).to_have_value("9")


def test_two_people_in_one_cell_are_asked_and_in_two_cells_are_not(editor, visit):
    page, other = editor, visit("admin", viewport=DESK)
    other.goto(page.url)
    cells(other, "quantity").first.fill("4")
    cells(other, "discount").last.fill("3")
    other.keyboard.press("Tab")
    settled(other)

    cells(page, "price").first.fill("1000")
    press(page, "Tab")
    settled(page)
    expect(cells(page, "quantity").first).to_have_value("4")
    cells(other, "quantity").first.fill("6")
    other.keyboard.press("Tab")
    settled(other)
    cells(page, "quantity").first.fill("8")
    press(page, "Tab")
    settled(page)
    expect(page.locator("tr.problem")).to_contain_text("You typed: 8")
    page.get_by_role("button", name="Keep mine").click()
    settled(page)

    page.reload()
    expect(cells(page, "quantity").first).to_have_value("8")


def test_kinds_of_lines_work_without_javascript(visit):
    page = visit("ada", javascript=False)
    new_quote(page)
    rows = page.locator("table.lines tr.blank")
    for at, (kind, text, price) in enumerate(
        [
            ("section", "Machines", ""),
            ("item", "Work", "100"),
            ("optional", "More work", "50"),
            ("note", "In May", ""),
        ]
    ):
        rows.nth(at).get_by_label("Kind").select_option(kind)
        rows.nth(at).get_by_label("Product").fill(text)
        if price:
            rows.nth(at).get_by_label("Price").fill(price)
    page.get_by_role("button", name="Recalculate").click()

    expect(page.locator(ROWS)).to_have_count(4)
    for row, kind in enumerate(("section", "item", "optional", "note")):
        expect(page.locator(ROWS).nth(row)).to_have_attribute("data-kind", kind)
    expect(page.locator(f"{ROWS}.optional")).to_contain_text("(50.00)")
    expect(page.locator(f"{ROWS}.section")).to_contain_text("100.00")
    page.get_by_role("link", name="Paste from a spreadsheet").click()
    page.get_by_label("Cells copied").fill("MIL-10\t4")
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("button", name="Add 1 lines").click()
    expect(page.locator(ROWS)).to_have_count(5)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_an_editor_full_of_everything_fits_and_is_accessible(visit, size, scheme):
    page = visit("ada", viewport=SIZES[size], color_scheme=scheme)
    new_quote(page)
    for kind, text in (
        ("Section", "Machines"),
        ("Note", "In May"),
        ("Optional line", "Extra"),
        ("Line", "Work"),
    ):
        page.get_by_role("button", name=kind, exact=True).click()
        page.keyboard.type(text)
        if "ine" in kind:
            offered(page, text)
            press(page, "Escape")
        press(page, "Enter")
        settled(page)
    named(page, "Machines", "In May", "Extra", "Work")
    page.keyboard.type("spin")
    offered(page, "spin")

    wrong = [*page.evaluate(OVERFLOW), *violations(page)]
    press(page, "Escape", "Escape")
    page.locator(".line-menu").first.click()
    expect(page.locator("#line-menu")).to_be_visible()
    wrong += violations(page)
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Paste from a spreadsheet").click()
    page.get_by_label("Cells copied").fill("MIL-10\t4\nspindle\t3\nNobody\tabc")
    page.get_by_role("button", name="Look at it").click()
    page.locator(".pasted").wait_for()
    wrong += violations(page)

    assert not wrong, "\n".join(wrong)
