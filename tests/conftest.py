"""What every test shares: which groups this machine can run, and why it leaves one out."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# The same cases every time and no stopwatch: a run that fails can be repeated, on any machine. New cases are drawn by
# HYPOTHESIS_PROFILE=default (a developer's look for more, or a nightly run).
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

ROOT = Path(__file__).resolve().parent.parent
# How long a test waits for what a page will show: a slow machine with other work answers late.
PATIENCE_MS = 60_000


def _lab() -> Path:
    return Path(os.environ.get("SALESOPS_ERP_LAB", ROOT.parent / "shared" / "erp-lab"))


def _chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def _why_not(group: str) -> str:
    """Why this machine cannot run the group; empty when it can."""
    reasons = {
        "postgres": "" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "no PostgreSQL",
        "redis": "" if os.environ.get("REDIS_URL") else "no Redis",
        "browser": "" if _chromium() else "no Chromium",
        "erp": "" if (_lab() / "tryton-up").exists() else f"no ERP laboratory at {_lab()}",
    }
    return reasons[group]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave a group out with its reason, or fail where the machine promised to have what it needs."""
    for group in ("postgres", "redis", "browser", "erp"):
        if item.get_closest_marker(group) and (reason := _why_not(group)):
            if os.environ.get(f"REQUIRE_{group.upper()}") == "1":
                pytest.fail(f"REQUIRE_{group.upper()} is set, but there is {reason}", pytrace=False)
            pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser that the browser tests drive."""
    return _chromium() or ""


@pytest.fixture(scope="session")
def driver() -> Iterator[Any]:
    """Playwright, once a process: a second one beside it would find the first one's event loop and refuse."""
    playwright = pytest.importorskip("playwright.sync_api")
    playwright.expect.set_options(timeout=PATIENCE_MS)
    with playwright.sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(chromium: str, driver: Any) -> Iterator[Any]:
    """One Chromium a process; every test opens a context of its own, which knows nothing of the others."""
    started = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"], timeout=PATIENCE_MS)
    yield started
    started.close()


@pytest.fixture(scope="session")
def erp_lab() -> Path:
    """The directory of scripts that start real third-party ERPs."""
    return _lab()
