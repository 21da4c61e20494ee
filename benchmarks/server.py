"""The production server under measurement, and a client that keeps its connection."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers import answers, die_with_parent, free_port

ROOT = Path(__file__).resolve().parent.parent


class Server:
    """gunicorn as in production; one worker, so that the CPU of a request can be told."""

    def __init__(self, port: int, master: int) -> None:
        self.port = port
        self.master = master
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._workers: list[int] = []

    def get(self, path: str, headers: Mapping[str, str]) -> bytes:
        return self.send("GET", path, headers)

    def send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None, expect: int = 200
    ) -> bytes:
        """One request; any other status than the one expected ends the measurement."""
        self.connection.request(method, path, body, dict(headers))
        answer = self.connection.getresponse()
        content = answer.read()
        if answer.status != expect:
            where = answer.getheader("Location") or content[:600].decode(errors="replace")
            raise RuntimeError(f"{method} {path} answered {answer.status}: {where}")
        return content

    def post_json(self, path: str, headers: Mapping[str, str], body: Any, expect: int) -> bytes:
        return self.send(
            "POST", path, {**headers, "Content-Type": "application/json"}, json.dumps(body).encode(), expect
        )

    def cpu(self) -> float:
        """Seconds of CPU that the workers have used so far; zero where the system does not tell."""
        try:
            if not self._workers:
                children = Path(f"/proc/{self.master}/task/{self.master}/children").read_text()
                self._workers = [int(pid) for pid in children.split()]
            tasks = [task for pid in self._workers for task in Path(f"/proc/{pid}/task").iterdir()]
            return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
        except OSError:
            return 0.0


@contextmanager
def running() -> Iterator[Server]:
    """A server on a free port for as long as it is measured."""
    port = free_port()
    command = [
        sys.executable, "-m", "gunicorn", "benchmarks.wsgi", "-b", f"127.0.0.1:{port}", "-w", "1", "--threads", "4",
        "--no-control-socket", "--keep-alive", "300", "--log-level", "warning",
    ]  # fmt: skip
    child = subprocess.Popen(
        command, cwd=ROOT, env=os.environ, start_new_session=True, preexec_fn=die_with_parent
    )
    try:
        deadline = time.monotonic() + 60
        while not answers(port):
            if child.poll() is not None or time.monotonic() > deadline:
                sys.exit("bench: the server did not start")
            time.sleep(0.05)
        yield Server(port, child.pid)
    finally:
        child.terminate()
        child.wait(20)
