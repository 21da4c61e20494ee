"""A person takes a lead to the paid invoice with mouse and keyboard, and once without any JavaScript."""

import re
import time

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

# Worked out by hand: 2 × 6,400.00 less 5 %, 12 × 39.90 less 5 % for the quantity, 3 × 59.00 at 7 %,
# 6.5 × 145.00 less 42.50, and packing written in; less 2 % of all, tax on each line rounded by itself.
LINES = [
    ("CNC-20", "2", "", "5", "", "12,160.00"),
    ("MIL-10", "12", "", "", "", "454.86"),
    ("BOOK-CNC", "3", "", "", "", "177.00"),
    ("SRV-INST", "6.5", "", "42.50 EUR", "", "900.00"),
    ("Packing and insurance", "1", "133.33", "", "standard", "133.33"),
]
DETAIL, DISCOUNTED, TAX, TOTAL = "13,825.19", "13,548.69", "2,553.43", "16,102.12"


def note_lead(page, company):
    page.goto("/leads/new/")
    page.get_by_label("Topic").fill("Retrofit by hand")
    page.get_by_label("First name").fill("Eva")
    page.get_by_label("Last name").fill("Sandberg")
    page.get_by_label("Company", exact=False).first.fill(company)
    page.get_by_label("E-mail").first.fill(f"eva@{company.split()[0].lower()}.example")
    for label, value in (("Street", "Kai 3"), ("Postcode", "20457"), ("City", "Hamburg"), ("Country", "DE")):
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Create lead").click()
    page.wait_for_url(re.compile("/leads/LEA-"))


def node(page, kind):
    """One document in the chain bar."""
    named = page.locator(".node-type", has_text=re.compile(f"^{kind}$"))
    return page.locator(".chain li").filter(has=named)


def reload_until(page, locator, text, what, seconds=180):
    """Ask again until the worker has done it and the page tells."""
    end = time.monotonic() + seconds
    text = re.compile(text)
    while not text.search(locator.inner_text()):
        assert time.monotonic() < end, f"no {what}: {page.locator('main').inner_text()}"
        page.wait_for_timeout(400)
        page.reload()


def type_line(page, at, product, quantity, price, discount, tax, total):
    """One line by keyboard, in the empty row that waits at the end."""
    row = page.locator("table.lines tbody").first.locator("tr[data-kind]").nth(at)
    row.get_by_label("Product").fill(product)
    expect(page.locator(f"#product-free[data-value='{product}']")).to_be_visible()
    page.keyboard.press("Enter")
    for label, value in (("Quantity", quantity), ("Price", price), ("Discount", discount), ("Tax", tax)):
        if value:
            row.get_by_label(label).fill(value)
    row.get_by_label("Tax").press("Enter")
    expect(row.locator("td.total")).to_have_text(total)


def test_a_lead_becomes_a_paid_invoice(visit):
    page = visit("ada", viewport={"width": 1280, "height": 900})
    note_lead(page, "Sandberg Svets")

    page.get_by_role("link", name="Qualify…", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Qualify", exact=True).click()
    page.wait_for_url(re.compile("/opportunities/OPP-"))
    page.get_by_role("link", name="New quote").click()
    page.get_by_role("dialog").get_by_role("button", name="Create quote").click()
    page.wait_for_url(re.compile("/quotes/QUO-"))

    for at, line in enumerate(LINES):
        type_line(page, at, *line)
    expect(page.locator("#lines .totals")).to_contain_text(DETAIL)
    page.get_by_role("link", name="Edit").first.click()
    page.get_by_label("Discount %").fill("2")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"/quotes/QUO-[\d-]+/$"))
    expect(page.locator("#lines .totals")).to_contain_text(DISCOUNTED)
    expect(page.locator("#lines .totals")).to_contain_text(TOTAL)

    page.get_by_role("button", name="Activate").click()
    page.get_by_role("link", name="Send…").click()
    page.get_by_role("dialog").get_by_role("button", name="Mark as sent without e-mail").click()
    expect(page.locator("dt", has_text=re.compile("^Sent$"))).to_be_visible()
    page.wait_for_load_state()
    page.get_by_role("link", name="Accept").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Customer's order number").fill("PO-4711")
    dialog.get_by_role("button", name="Accept and create order").click()
    page.wait_for_url(re.compile("/orders/ORD-"))
    expect(node(page, "Order")).to_contain_text(TOTAL)
    expect(node(page, "Quote")).to_contain_text("Won")
    expect(node(page, "Opportunity")).to_contain_text("Won")

    page.get_by_role("button", name="Submit").click()
    main = page.locator("main")
    page.get_by_text("Submitted").first.wait_for()
    reload_until(page, main, r"SO-\d+", "number of the ERP")
    reload_until(page, page.locator(".page-head"), "Completely|Invoiced", "delivery")
    reload_until(page, node(page, "Invoice"), "INV-", "invoice")
    reload_until(page, node(page, "Invoice"), "Paid", "payment")
    expect(node(page, "Invoice")).to_contain_text(TOTAL)

    page.locator(".chain").get_by_role("link", name=re.compile("INV-")).click()
    page.wait_for_url(re.compile("/invoices/INV-"))
    reload_until(page, main, r"Open\s+€0\.00", "last payment")
    expect(main).to_contain_text(TOTAL)
    expect(page.get_by_role("link", name="Edit")).to_have_count(0)
    page.locator(".chain").get_by_role("link", name=re.compile("LEA-")).click()
    page.wait_for_url(re.compile("/leads/LEA-"))
    expect(node(page, "Invoice")).to_contain_text("INV-")


def test_a_refusal_of_the_erp_is_told_in_its_own_words(visit):
    page = visit("admin")
    page.goto("/sync/")
    reload_until(page, page.locator("main"), "blocked for sale", "refusal")

    expect(page.locator("main")).to_contain_text("order DRV-3 instead")


def test_the_core_forms_work_without_javascript(visit):
    page = visit("ada", javascript=False)
    note_lead(page, "Ohne Skript")

    page.get_by_role("link", name="Qualify…", exact=True).click()
    page.get_by_role("button", name="Qualify", exact=True).click()
    page.wait_for_url(re.compile("/opportunities/OPP-"))
    page.get_by_role("link", name="New quote").click()
    page.get_by_role("button", name="Create quote").click()
    page.wait_for_url(re.compile("/quotes/QUO-"))
    row = page.locator("table.lines tr.blank").first
    row.get_by_label("Product").fill("CNC-20")
    row.get_by_label("Quantity").fill("2")
    page.get_by_role("button", name="Recalculate").click()
    expect(page.locator("#lines .totals")).to_contain_text("15,232.00")

    page.get_by_role("button", name="Activate").click()
    page.get_by_role("link", name="Accept").click()
    page.get_by_role("button", name="Accept and create order").click()
    page.wait_for_url(re.compile("/orders/ORD-"))
    page.get_by_role("button", name="Submit").click()
    page.get_by_text("Submitted").first.wait_for()
    reload_until(page, page.locator("main"), r"SO-\d+", "number of the ERP")
    reload_until(page, node(page, "Invoice"), "Paid", "payment")


def test_a_wrong_lead_is_told_so_and_keeps_what_was_typed(visit):
    page = visit("ada")
    page.goto("/leads/new/")
    page.get_by_label("Company").first.fill("Only a company")
    page.get_by_label("E-mail").first.fill("not an address")

    page.locator("form.form, main form").first.evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Create lead").click()
    page.get_by_text("Please correct this").wait_for()

    expect(page.get_by_label("Company").first).to_have_value("Only a company")
    expect(page).to_have_url(re.compile("/leads/new/$"))
