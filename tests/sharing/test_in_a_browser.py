"""A customer on a phone, with and without JavaScript: from the link to the order."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import expect

from orders.models import Order
from people.models import Organization
from quotes.actions import close_quote, revise_quote
from quotes.actions.sharing import Letter, send_by_mail
from quotes.models import Acceptance, Quote
from tests.sharing.offers import link_to, offer, sent_revision
from tests.sharing.test_customer_page import in_days

axe = pytest.importorskip("axe_playwright_python.sync_playwright")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 375, "height": 812}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(autouse=True)
def _no_counts():
    cache.clear()


def violations(page) -> list[str]:
    found = axe.Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    return [f"{one['id']} ({len(one['nodes'])}×): {one['nodes'][0]['html'][:160]}" for one in found]


def sign(page) -> None:
    page.get_by_label("Full name").fill("Bea Buyer")
    page.get_by_label("E-mail").fill("bea@borg.example")
    page.get_by_label("Your order number").fill("4500-88")
    page.get_by_label("I accept the offer").check()
    page.get_by_role("button", name="Accept quote").click()


def test_without_javascript_a_phone_chooses_an_option_and_accepts(stranger):
    quote = offer(deal=True)
    page = stranger(javascript=False, viewport=PHONE)
    page.goto(f"/q/{link_to(quote).token}/")

    page.get_by_label("Installation").check()
    page.get_by_role("button", name="Recalculate").click()
    expect(page.locator(".sums .grand")).to_have_text(re.compile(r"€178\.50\s*$"))
    expect(page.get_by_label("Installation")).to_be_checked()
    sign(page)

    page.get_by_role("heading", name="Thank you: the quote is accepted").wait_for()
    order = Order.objects.get()
    expect(page.locator("body")).to_contain_text(order.number)
    assert (str(order.total.normalize()), order.customer_po) == ("178.5", "4500-88")
    page.reload()
    expect(page.locator("body")).to_contain_text(order.number)
    assert Order.objects.count() == 1


def test_with_javascript_ticking_counts_at_once(stranger):
    quote = offer()
    page = stranger(viewport=PHONE)
    page.goto(f"/q/{link_to(quote).token}/")
    expect(page.get_by_role("button", name="Recalculate")).to_be_hidden()

    page.get_by_label("Installation").check()
    page.locator(".sums .grand", has_text="€178.50").wait_for()
    expect(page.locator(".figure")).to_contain_text("€178.50")
    page.get_by_label("Training").check()
    page.locator(".sums .grand", has_text="€202.30").wait_for()
    sign(page)

    page.get_by_role("heading", name="Thank you: the quote is accepted").wait_for()
    assert str(Acceptance.objects.get().total.normalize()) == "202.3"


def test_what_is_wrong_with_the_form_is_in_view(stranger):
    quote = offer()
    page = stranger(viewport=PHONE, javascript=False)
    page.goto(f"/q/{link_to(quote).token}/")

    page.get_by_role("button", name="Accept quote").click()
    expect(page.get_by_role("alert")).to_be_in_viewport(ratio=1)

    page.get_by_label("Training").check()
    sign(page)
    page.get_by_text("€142.80, not €119.00").wait_for()
    expect(page.get_by_role("alert")).to_be_in_viewport(ratio=1)
    assert not Order.objects.exists()

    page.get_by_label("Your question").fill("For whom?")
    page.get_by_role("button", name="Send question").click()
    expect(page.get_by_role("status")).to_be_in_viewport(ratio=1)


def test_two_clicks_on_accept_make_one_order(stranger):
    quote = offer()
    page = stranger(viewport=PHONE, javascript=False)
    page.goto(f"/q/{link_to(quote).token}/")
    page.get_by_label("Full name").fill("Bea Buyer")
    page.get_by_label("E-mail").fill("bea@borg.example")
    page.get_by_label("I accept the offer").check()

    page.get_by_role("button", name="Accept quote").dblclick()

    page.get_by_role("heading", name="Thank you: the quote is accepted").wait_for()
    assert (Order.objects.count(), Acceptance.objects.count()) == (1, 1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 1280])
def test_every_state_fits_and_is_accessible(stranger, scheme, width):
    Organization.objects.create(
        pk=1, name="Acme Spindles Ltd", street="Road 1", city="York", email="hello@acme.example"
    )
    page = stranger(viewport={"width": width, "height": 812}, color_scheme=scheme)

    wrong = []
    for name, address in addresses():
        page.goto(address)
        if over := page.evaluate(WIDE):
            wrong.append(f"{name} is {over} px too wide")
        wrong += [f"{name}: {text}" for text in violations(page)]

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_of_the_quote_with_links_and_emails_fits_and_is_accessible(stranger, settings, width):
    quote = offer()
    link_to(quote)
    send_by_mail(quote, Letter("bea@borg.example", "Our quote", "Hello"), by=quote.owner)
    rep = Client()
    rep.force_login(quote.owner)
    page = stranger(viewport={"width": width, "height": 900})
    session = {"name": settings.SESSION_COOKIE_NAME, "value": rep.cookies[settings.SESSION_COOKIE_NAME].value}
    page.context.add_cookies([{**session, "domain": "localhost", "path": "/"}])

    for address in (f"/quotes/{quote.ref}/", f"/quotes/{quote.ref}/send/", f"/quotes/{quote.ref}/preview/"):
        page.goto(address)
        assert page.evaluate(WIDE) <= 0, address
        assert violations(page) == [], address


def addresses():
    """One page in each state."""
    quote = offer(
        name="A-very-long-name-without-any-place-to-break-it-that-somebody-pasted", terms_text="Pay soon."
    )
    base = f"/q/{link_to(quote).token}/"
    yield "open", base
    yield "decline", f"{base}decline/"
    yield "gone", "/q/nothing/"
    expired = offer()
    link = link_to(expired)
    Quote.objects.filter(pk=expired.pk).update(expires_on=in_days(-2))
    yield "expired", f"/q/{link.token}/"
    for reason in ("lost", "canceled"):
        closed = offer()
        link = link_to(closed)
        close_quote(closed, by=closed.owner, reason=reason)
        yield reason, f"/q/{link.token}/"
    first = offer()
    link = link_to(first)
    newer = sent_revision(first)
    yield "replaced", f"/q/{link.token}/"
    yield "compare", f"/q/{link.token}/compare/"
    yield "newer", f"/q/{newer.token}/"
    gone = offer()
    link = link_to(gone)
    revise_quote(gone, by=gone.owner)
    yield "in revision", f"/q/{link.token}/"
