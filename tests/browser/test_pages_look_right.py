"""Every list and record, on a desk and in a hand, by day and by night: nothing overflows, and axe finds nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

LISTS = [
    "leads",
    "opportunities",
    "quotes",
    "orders",
    "invoices",
    "accounts",
    "contacts",
    "products",
    "price-lists",
    "activities",
]
FORMS = ["leads", "opportunities", "quotes", "orders", "invoices", "accounts", "contacts", "activities"]
OTHERS = [
    "/",
    "/opportunities/board/",
    "/sync/",
    "/search/?q=spindle",
    "/login/",
    "/forecast/?pictures=1&of=all&in=pipeline",
    "/forecast/goals/",
    "/forecast/call/",
    "/forecast/changes/",
]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SIZES = {"desk": {"width": 1280, "height": 900}, "hand": {"width": 390, "height": 844}}
OVERFLOW = """() => {
    const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
    if (wide <= 0) return [];
    const edge = document.documentElement.clientWidth;
    const out = [...document.querySelectorAll("main *")].filter(each => each.getBoundingClientRect().right > edge + 1);
    return out.slice(0, 5).map(each => each.tagName + "." + each.className);
}"""
DETAIL = "main table tbody a[href]"


def detail_of(page, name):
    """The address of the first record of a list."""
    page.goto(f"/{name}/")
    link = page.locator(DETAIL).first
    return link.get_attribute("href") if link.count() else None


def addresses(page):
    """Every list, its first record, and the form for a new one."""
    for name in LISTS:
        yield f"/{name}/"
        if found := detail_of(page, name):
            yield found
    yield from (f"/{name}/new/" for name in FORMS)
    yield from OTHERS


def violations(page):
    """What axe finds, in a line each."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}}).response["violations"]
    return [f"{one['id']} ({len(one['nodes'])}×): {one['nodes'][0]['html'][:160]}" for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_and_is_accessible(visit, size, scheme):
    page = visit("admin", viewport=SIZES[size], color_scheme=scheme)

    wrong = []
    for address in list(addresses(page)):
        page.goto(address)
        if out := page.evaluate(OVERFLOW):
            wrong.append(f"{address} is too wide: {', '.join(out)}")
        wrong += [f"{address}: {text}" for text in violations(page)]

    assert not wrong, "\n".join(wrong)
