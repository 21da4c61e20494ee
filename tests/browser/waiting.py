"""A page shows what it will show a little later: these wait for it as a person does, and then tell what came."""

import time
from collections.abc import Callable
from typing import Any

from tests.conftest import PATIENCE_MS


def becomes(page: Any, read: Callable[[], Any], wanted: Any) -> None:
    """What is read from the page is what is wanted, now or soon."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while (found := read()) != wanted and time.monotonic() < end:
        page.wait_for_timeout(50)
    assert found == wanted, f"{found!r} instead of {wanted!r}"
