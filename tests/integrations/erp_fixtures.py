"""Two real ERPs for tests: the demo ERP as a process of its own, and a Tryton of the laboratory.

A conftest takes what it needs: `from tests.integrations.erp_fixtures import demo_erp, demo_erp_process,
tryton_lab`.
"""

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.integrations.tryton_clerk import TrytonClerk
from tests.servers import answers, die_with_parent, free_port

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "demo-token-of-the-tests"


@dataclass
class DemoErp:
    """A running demo ERP and the levers to steer it; `kill` and `start` keep its data."""

    directory: Path
    arguments: tuple[str, ...] = ()
    token: str = TOKEN
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve on the same port as before and wait until it answers."""
        command = [sys.executable, "-m", "demo_erp", "--port", str(self.port), "--data", str(self.directory)]
        self.process = subprocess.Popen(
            [*command, "--tick", "0", *self.arguments],
            cwd=ROOT,
            env={**os.environ, "DEMO_ERP_TOKEN": self.token},
            stdout=subprocess.DEVNULL,
            preexec_fn=die_with_parent,
        )
        end = time.monotonic() + 120
        while not answers(self.port):
            assert self.process.poll() is None, "the demo ERP stopped at once"
            assert time.monotonic() < end, "the demo ERP does not answer"
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL: what it acknowledged must still be there afterwards."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        """Any request of the contract, with the token."""
        headers = {"Authorization": f"Bearer {self.token}", **arguments.pop("headers", {})}
        return httpx.request(
            method, self.base_url + path, headers=headers, timeout=60, trust_env=False, **arguments
        )

    def control(self, lever: str, **body: Any) -> Any:
        """Pull one lever of /v1/_test/."""
        response = self.request("POST", f"/v1/_test/{lever}", json=body)
        assert response.status_code == 200, response.text
        return response.json()

    def advance(self, order: str = "", *, to: str = "", steps: int = 1) -> list[dict[str, Any]]:
        """Move one order (number, external id or id; else all) to a stage: picking ... paid."""
        return self.control("advance", order=order, to=to, steps=steps)["orders"]

    def fail(self, mode: str, **details: Any) -> None:
        """Misbehave at the next request: status, delay, hang, drop_before, commit_then_drop, garbage..."""
        self.control("fault", mode=mode, **details)

    def ledger(self) -> list[dict[str, Any]]:
        """Every create that was ever committed."""
        return self.control("ledger")["creates"]

    def events(self) -> list[dict[str, Any]]:
        """Every hint sent or waiting."""
        return self.control("events")["events"]

    def reset(self) -> None:
        """Forget documents, faults and the subscription."""
        self.control("reset")
        self.request("DELETE", "/v1/webhooks")


@contextlib.contextmanager
def running_demo_erp(directory: Path, *arguments: str) -> Iterator[DemoErp]:
    """A demo ERP of one's own, with arguments like --strict or --rounding."""
    erp = DemoErp(directory, arguments)
    erp.start()
    try:
        yield erp
    finally:
        erp.kill()


@pytest.fixture(scope="session")
def demo_erp_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoErp]:
    """One demo ERP for the whole session."""
    with running_demo_erp(tmp_path_factory.mktemp("demo_erp")) as erp:
        yield erp


@pytest.fixture
def demo_erp(demo_erp_process: DemoErp) -> DemoErp:
    """An empty demo ERP whose clock stands still: `advance` moves it."""
    if demo_erp_process.process is None or demo_erp_process.process.poll() is not None:
        demo_erp_process.start()
    demo_erp_process.reset()
    return demo_erp_process


@dataclass
class TrytonLab:
    """A running Tryton: where it is, the key of the integration user, and the clerk who works in it."""

    base_url: str
    secret: str
    facts: dict[str, Any]
    clerk: TrytonClerk

    @property
    def options(self) -> dict[str, object]:
        """The options of a connection to it."""
        return {"create_customers": True}


@pytest.fixture(scope="session")
def tryton_lab(erp_lab: Path) -> Iterator[TrytonLab]:
    """The laboratory's Tryton; the first start on a machine installs it (one to two minutes)."""
    if not (erp_lab / "tryton-up").exists():
        if os.environ.get("REQUIRE_ERP") == "1":
            pytest.fail(f"REQUIRE_ERP is set, but there is no ERP laboratory at {erp_lab}", pytrace=False)
        pytest.skip(f"no ERP laboratory at {erp_lab}")
    directory = Path(os.environ.get("TRYTON_LAB_DIR", Path(tempfile.gettempdir()) / "salesops-tryton-lab"))
    directory.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "TRYTON_LAB_DIR": str(directory)}
    with (directory / "users.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        facts = _tryton_up(erp_lab, environment)
        address = f"{facts['base_url']}/{facts['database']}"
        clerk = TrytonClerk(address, facts["credentials"]["clerk"], facts["facts"])
        yield TrytonLab(address, facts["credentials"]["crm"]["rest_key"], facts["facts"], clerk)
        # Other test processes of this machine may still use it: the last one stops it.
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            subprocess.run([erp_lab / "tryton-down"], env=environment, check=False, capture_output=True)


def _tryton_up(lab: Path, environment: dict[str, str]) -> dict[str, Any]:
    command = [str(lab / "tryton-up"), str(free_port())]
    answer = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    if answer.returncode == 2:
        answer = subprocess.run(command[:1], env=environment, check=False, capture_output=True, text=True)
    if answer.returncode:
        if os.environ.get("REQUIRE_ERP") != "1":
            pytest.skip(f"the ERP laboratory does not start: {answer.stderr[-500:]}")
        pytest.fail(f"the ERP laboratory does not start: {answer.stderr[-2000:]}", pytrace=False)
    return json.loads(answer.stdout)
