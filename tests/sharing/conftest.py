"""A browser for what customers do; it knows nothing of another test, as a stranger would come."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import PATIENCE_MS


@pytest.fixture
def stranger(browser: Any, live_server: Any) -> Iterator[Any]:
    """``stranger(javascript=False, viewport=...)``: a page of a browser that was never here; complaints fail."""
    complaints: list[str] = []

    def heard(message: Any) -> None:
        if message.type in ("error", "warning") and "status of 4" not in message.text:
            complaints.append(message.text)

    def asked(request: Any) -> None:
        if not request.url.startswith((live_server.url, "data:")):
            complaints.append(f"asked elsewhere: {request.url}")

    opened = []

    def come(*, javascript: bool = True, **options: Any) -> Any:
        context = browser.new_context(base_url=live_server.url, java_script_enabled=javascript, **options)
        context.set_default_timeout(PATIENCE_MS)
        opened.append(context)
        page = context.new_page()
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", asked)
        return page

    yield come
    for context in opened:
        context.close()
    assert complaints == []
