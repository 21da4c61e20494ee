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


def heading(page):
    return page.locator(".page-head").inner_text()


def node(page, kind):
    """The text of one document in the chain bar."""
    named = page.locator(".node-type", has_text=re.compile(f"^{kind}$"))
    return page.locator(".chain li").filter(has=named).inner_text()


def reload_until(page, holds, what, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"no {what}: {page.locator('main').inner_text()}"
        page.wait_for_timeout(400)
        page.reload()


def type_line(page, product, quantity, price, discount, tax, total):
    """One line by keyboard, in the empty row that waits at the end."""
    row = (
        page.locator("table.lines tbody")
        .first.locator("tr[data-kind]")
        .nth(page.locator("tr[data-line]:not(.blank)").count())
    )
    row.get_by_label("Product").fill(product)
    page.locator("#line-products [role=row]").first.wait_for()
    page.keyboard.press("Enter")
    for label, value in (("Quantity", quantity), ("Price", price), ("Discount", discount), ("Tax", tax)):
        if value:
            row.get_by_label(label).fill(value)
    row.get_by_label("Tax").press("Enter")
    expect(row.locator("td.total")).to_have_text(total)


def test_a_lead_becomes_a_paid_invoice(visit):
    page = visit("ada", viewport={"width": 1280, "height": 900})
    note_lead(page, "Sandberg Svets")

    page.get_by_role("link", name="Qualify").click()
    page.get_by_role("dialog").get_by_role("button", name="Qualify").click()
    page.wait_for_url(re.compile("/opportunities/OPP-"))
    page.get_by_role("link", name="New quote").click()
    page.get_by_role("dialog").get_by_role("button", name="Create quote").click()
    page.wait_for_url(re.compile("/quotes/QUO-"))

    for line in LINES:
        type_line(page, *line)
    expect(page.locator("#lines .totals")).to_contain_text(DETAIL)
    page.get_by_role("link", name="Edit").first.click()
    page.get_by_label("Discount %").fill("2")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url(re.compile(r"/quotes/QUO-[\d-]+/$"))
    sums = page.locator("#lines .totals").inner_text()
    assert DISCOUNTED in sums
    assert TOTAL in sums

    page.get_by_role("button", name="Activate").click()
    page.get_by_role("link", name="Send…").click()
    page.get_by_role("dialog").get_by_role("button", name="Mark as sent without e-mail").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Accept").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Customer's order number").fill("PO-4711")
    dialog.get_by_role("button", name="Accept and create order").click()
    page.wait_for_url(re.compile("/orders/ORD-"))
    assert TOTAL in node(page, "Order")
    assert "Won" in node(page, "Quote")
    assert "Won" in node(page, "Opportunity")

    page.get_by_role("button", name="Submit").click()
    page.get_by_text("Submitted").first.wait_for()
    reload_until(page, lambda: re.search(r"SO-\d+", page.locator("main").inner_text()), "number of the ERP")
    reload_until(page, lambda: "Completely" in heading(page) or "Invoiced" in heading(page), "delivery")
    reload_until(page, lambda: "INV-" in node(page, "Invoice"), "invoice")
    reload_until(page, lambda: "Paid" in node(page, "Invoice"), "payment")
    assert TOTAL in node(page, "Invoice")

    page.locator(".chain").get_by_role("link", name=re.compile("INV-")).click()
    page.wait_for_url(re.compile("/invoices/INV-"))
    reload_until(page, lambda: re.search(r"Open\s+€0\.00", page.locator("main").inner_text()), "last payment")
    assert TOTAL in page.locator("main").inner_text()
    assert page.get_by_role("link", name="Edit").count() == 0
    page.locator(".chain").get_by_role("link", name=re.compile("LEA-")).click()
    page.wait_for_url(re.compile("/leads/LEA-"))
    assert "INV-" in node(page, "Invoice")


def test_a_refusal_of_the_erp_is_told_in_its_own_words(visit):
    page = visit("admin")
    page.goto("/sync/")
    reload_until(page, lambda: "blocked for sale" in page.locator("main").inner_text(), "refusal")

    assert "order DRV-3 instead" in page.locator("main").inner_text()


def test_the_core_forms_work_without_javascript(visit):
    page = visit("ada", javascript=False)
    note_lead(page, "Ohne Skript")

    page.get_by_role("link", name="Qualify").click()
    page.get_by_role("button", name="Qualify").click()
    page.wait_for_url(re.compile("/opportunities/OPP-"))
    page.get_by_role("link", name="New quote").click()
    page.get_by_role("button", name="Create quote").click()
    page.wait_for_url(re.compile("/quotes/QUO-"))
    row = page.locator("table.lines tr.blank").first
    row.get_by_label("Product").fill("CNC-20")
    row.get_by_label("Quantity").fill("2")
    page.get_by_role("button", name="Recalculate").click()
    assert "15,232.00" in page.locator("#lines .totals").inner_text()

    page.get_by_role("button", name="Activate").click()
    page.get_by_role("link", name="Accept").click()
    page.get_by_role("button", name="Accept and create order").click()
    page.wait_for_url(re.compile("/orders/ORD-"))
    page.get_by_role("button", name="Submit").click()
    reload_until(page, lambda: re.search(r"SO-\d+", page.locator("main").inner_text()), "number of the ERP")
    reload_until(page, lambda: "Paid" in node(page, "Invoice"), "payment")


def test_a_wrong_lead_is_told_so_and_keeps_what_was_typed(visit):
    page = visit("ada")
    page.goto("/leads/new/")
    page.get_by_label("Company").first.fill("Only a company")
    page.get_by_label("E-mail").first.fill("not an address")

    page.locator("form.form, main form").first.evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Create lead").click()
    page.get_by_text("Please correct this").wait_for()

    assert page.get_by_label("Company").first.input_value() == "Only a company"
    assert page.url.endswith("/leads/new/")
