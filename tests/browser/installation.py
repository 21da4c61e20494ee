"""A running installation for a browser: pages, worker and scheduler in one process, the demo ERP in another."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.integrations.erp_fixtures import TOKEN, DemoErp, running_demo_erp
from tests.servers import die_with_parent, free_port

ROOT = Path(__file__).resolve().parents[2]
TICK = "1"


@dataclass
class Installation:
    """Where it is, and the ERP behind it."""

    address: str
    erp: DemoErp


@contextlib.contextmanager
def running_installation(place: Path) -> Iterator[Installation]:
    """The demo organization, connected to a demo ERP that takes a step every second."""
    port = free_port()
    # The later --tick counts; the fixture's own stands still.
    with running_demo_erp(place / "erp", "--tick", TICK) as erp:
        env = environment(place, port, erp)
        for command in (["migrate", "--run-syncdb", "-v0"], ["load_demo"]):
            subprocess.run(
                [sys.executable, "manage.py", *command],
                cwd=ROOT,
                env=env,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        log = (place / "log").open("w")
        pages = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(port)],
            cwd=ROOT, env=env, stdout=log, stderr=log, preexec_fn=die_with_parent,
        )  # fmt: skip
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(f"{address}/health/ready", pages, place / "log")
            yield Installation(address, erp)
        finally:
            pages.send_signal(signal.SIGTERM)
            pages.wait(90)


def environment(place: Path, port: int, erp: DemoErp) -> dict[str, str]:
    """What `./dev run` sets, with a database of its own."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "tests.browser.settings",
        "DEBUG": "1",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "DATABASE_URL": f"sqlite:///{place / 'browser.sqlite3'}",
        "SITE_URL": f"http://127.0.0.1:{port}",
        "DEMO_ERP_URL": erp.base_url,
        "DEMO_ERP_TOKEN": TOKEN,
        "SALESOPS_ALLOW_LOCAL_ERP": "1",
        "ERP_PULL_SECONDS": "2",
        "WORKER_SOFT_SHUTDOWN_SECONDS": "1",
        "LOG_LEVEL": "WARNING",
    }


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 180
    while True:
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(url, timeout=60, trust_env=False).status_code == 200:
                return
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)
