"""A headless Chromium that reports everything it does not like."""

from collections.abc import Iterator

import pytest

from tests.browser.installation import Installation, running_installation
from tests.conftest import PATIENCE_MS

PASSWORD = "salesops-demo"


@pytest.fixture(scope="session")
def installation(tmp_path_factory) -> Iterator[Installation]:
    with running_installation(tmp_path_factory.mktemp("installation")) as running:
        yield running


class Watched:
    """A page that remembers errors in the console, refusals of the content policy and requests to elsewhere."""

    def __init__(self, context, home: str) -> None:
        self.page, self.home, self.complaints = context.new_page(), home, []
        self.page.on("console", self.heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("request", self.asked)
        self.page.on("response", self.answered)

    def heard(self, message) -> None:
        # Chromium reports every refused form (409, 422) as failed to load; the page shows what is wrong with it. And
        # that a test itself pulled the plug, and that a page one left had asked for something (an answer that is wrong
        # comes as a response).
        dropped = ("htmx:afterRequest", "htmx:sendError", "htmx:sendAbort")
        expected = ("status of 4", "ERR_INTERNET_DISCONNECTED", *dropped)
        if message.type in ("error", "warning") and not any(one in message.text for one in expected):
            self.complaints.append(f"{message.type} on {self.page.url}: {message.text}")

    def asked(self, request) -> None:
        if not request.url.startswith((self.home, "data:", "blob:")):
            self.complaints.append(f"asked elsewhere: {request.url}")

    def answered(self, response) -> None:
        if response.status >= 500 or response.status == 404:
            self.complaints.append(f"{response.status} from {response.url}")


@pytest.fixture
def visit(browser, installation):
    """Open a page as somebody: `visit("ada", javascript=False, viewport=...)`; complaints fail the test."""
    opened = []

    def visit(user="", **options):
        javascript = options.pop("javascript", True)
        context = browser.new_context(
            base_url=installation.address, java_script_enabled=javascript, **options
        )
        context.set_default_timeout(PATIENCE_MS)
        watched = Watched(context, installation.address)
        opened.append((context, watched))
        if user:
            log_in(watched.page, user)
        return watched.page

    yield visit
    complaints = [text for _context, watched in opened for text in watched.complaints]
    for context, _watched in opened:
        context.close()
    assert complaints == []


def log_in(page, user: str) -> None:
    page.goto("/login/")
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "/login/" not in url)
