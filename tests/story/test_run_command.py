"""`./dev run` as a person meets it: one command, pages, log-ins, an ERP at work, and nothing left after Ctrl-C."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.servers import die_with_parent, free_port

ROOT = Path(__file__).resolve().parents[2]
OURS = ("SECRET_KEY", "DEBUG", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "HTTPS", "ALLOWED_HOSTS", "PORT",
        "SITE_URL", "REDIS_PREFIX", "API_RATE_USER", "API_RATE_ANONYMOUS")  # fmt: skip


class Run:
    """A running ./dev run with everything it printed."""

    def __init__(self, place: Path) -> None:
        self.place, self.port = place, free_port()
        self.said = place / "said"
        bare = {name: value for name, value in os.environ.items() if name not in OURS}
        self.process = subprocess.Popen(
            [sys.executable, "dev", "run", "--port", str(self.port)], cwd=place, env=bare,
            stdout=self.said.open("w"), stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=die_with_parent,
        )  # fmt: skip

    def wait(self, what: str, holds, seconds: float = 240):
        end = time.monotonic() + seconds
        while not (found := holds()):
            assert self.process.poll() is None, f"./dev run ended: {self.said.read_text()}"
            assert time.monotonic() < end, f"no {what} within {seconds:.0f} s: {self.said.read_text()}"
            time.sleep(0.2)
        return found

    def children(self) -> list[int]:
        told = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        return [int(line) for line in told.stdout.split()]

    def signed_in(self) -> httpx.Client:
        client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=60, trust_env=False)
        body = {"username": "admin", "password": "salesops-demo", "name": "the test"}
        answer = client.post("/api/v1/token/", json=body)
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return client


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A copy of this checkout with nothing in var/, started."""
    place = tmp_path_factory.mktemp("checkout")
    named = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, named.stdout.split("\0")):
        if (ROOT / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, place / name)
    (place / ".venv").symlink_to(ROOT / ".venv")
    started = Run(place)
    yield started
    if started.process.poll() is None:
        started.process.terminate()
        started.process.wait(90)


def test_it_comes_up_and_tells_where_and_as_whom_to_log_in(run):
    run.wait("address", lambda: "dev: open" in run.said.read_text())

    said = run.said.read_text()
    assert f"http://127.0.0.1:{run.port}/" in said
    for person in ("ada", "ben", "chloe", "mei", "frank", "admin"):
        assert said.count(f"  {person} ") == 1
    assert "salesops-demo" in said
    assert (
        httpx.get(f"http://127.0.0.1:{run.port}/health/ready", timeout=60, trust_env=False).json()["status"]
        == "ok"
    )


def test_the_orders_of_the_demo_reach_the_erp_and_come_to_rest_in_every_state(run):
    client = run.signed_in()

    def orders():
        found = client.get("/api/v1/orders/?page_size=100").json()["results"]
        return {order["number"]: order for order in found if order["managed_by"] == "demo"}

    def all_numbered():
        mine = orders().values()
        return len([order for order in mine if order["erp_number"]]) >= len(mine) - 1 > 0

    def as_promised():
        reached = {(order["status"], order["status_reason"]) for order in orders().values()}
        invoices = client.get("/api/v1/invoices/?page_size=100").json()["results"]
        paid = {invoice["status_reason"] for invoice in invoices if invoice["is_pulled"]}
        rests = {
            ("submitted", "in_progress"),
            ("fulfilled", "partial"),
            ("fulfilled", "complete"),
            ("invoiced", "invoiced"),
        }
        return rests <= reached and {"billed", "complete"} <= paid

    run.wait("number of the ERP on all orders but the refused one", all_numbered, 180)
    run.wait("order in every state of the ERP", as_promised, 240)

    [refused] = [order for order in orders().values() if not order["erp_number"]]
    assert refused["status"] == "submitted"
    assert all(order["erp_total"] == order["total"] for order in orders().values() if order["erp_number"])


def test_the_demo_erp_calls_us(run):
    token, port = (
        (run.place / "var" / "demo-erp-token").read_text(),
        (run.place / "var" / "demo-erp-port").read_text(),
    )
    erp = httpx.Client(
        base_url=f"http://127.0.0.1:{port}/v1/", headers={"Authorization": f"Bearer {token}"}, timeout=60,
        trust_env=False,
    )  # fmt: skip

    assert erp.get("webhooks").json()["url"] == f"http://127.0.0.1:{run.port}/hooks/demo/"
    run.wait(
        "call of the ERP that was taken",
        lambda: any(one["state"] == "sent" for one in erp.post("_test/events", json={}).json()["events"]),
    )


def test_ctrl_c_stops_everything_within_ten_seconds(run):
    children = run.children()
    assert len(children) == 2

    began = time.monotonic()
    run.process.send_signal(signal.SIGINT)
    status = run.process.wait(60)

    assert time.monotonic() - began < 10
    assert status == 0
    assert [pid for pid in children if Path(f"/proc/{pid}").exists()] == []
    assert "Traceback" not in run.said.read_text()


def test_a_second_start_finds_everything_prepared(run):
    again = Run(run.place)
    try:
        again.wait("address", lambda: "dev: open" in again.said.read_text(), 180)
        assert "preparing the database" not in again.said.read_text()
    finally:
        again.process.send_signal(signal.SIGTERM)
        again.process.wait(60)
