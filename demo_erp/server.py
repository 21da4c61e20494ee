"""The ERP's door: one thread a connection, a bearer token, and the faults it was asked to make."""

import hmac
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from demo_erp import clock, pages
from demo_erp.api import ROUTES, Answer, Request, answer_json
from demo_erp.control import Control
from demo_erp.events import Messenger
from demo_erp.faults import Fault, Faults
from demo_erp.intake import Refusal, Rules
from demo_erp.store import Store

LARGEST_BODY = 5_000_000
LONGEST_HANG = 120.0


@dataclass
class Settings:
    """How the process was started; `tick` 0 means that orders move only by hand."""

    directory: Path
    token: str
    host: str = "127.0.0.1"
    port: int = 8801
    tick: float = 5.0
    rules: Rules = field(default_factory=Rules)


class Dropped(Exception):
    """The connection is cut instead of answered."""


class Erp(ThreadingHTTPServer):
    """The running ERP: books, clock, messenger and door."""

    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, settings: Settings) -> None:
        super().__init__((settings.host, settings.port), Door)
        self.settings = settings
        self.store = Store(settings.directory)
        self.faults = Faults()
        self.control = Control(self.store, self.faults)
        self.stopping = threading.Event()
        if settings.tick > 0:
            clock.set_pace(self.store, settings.tick)
        clock.set_paused(self.store, settings.tick <= 0)
        self.workers = [clock.Clock(self.store, self.stopping), Messenger(self.store, self.stopping)]
        for worker in self.workers:
            worker.start()

    def close(self) -> None:
        """Let the threads end and give the port back."""
        self.stopping.set()
        self.server_close()


class Door(BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    server_version = "DemoERP/1"
    sys_version = ""
    timeout = 60
    server: Erp

    def do_GET(self) -> None:
        """Answer any method the same way."""
        try:
            self._serve()
        except Dropped:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    do_POST = do_PUT = do_DELETE = do_PATCH = do_GET  # noqa: N815 - names of http.server

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        request = Request(
            self.command,
            unquote(parts.path),
            parse_qs(parts.query),
            {name.lower(): value for name, value in self.headers.items()},
            self._body(),
        )
        if not request.path.startswith("/v1/"):
            self._page(request)
            return
        fault = (
            None
            if request.path.startswith("/v1/_test/")
            else self.server.faults.take(request.method, request.path)
        )
        self._before(fault)
        answer = self._answer(request)
        self._after(fault, answer)

    def _body(self) -> bytes:
        try:
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            length = 0
        if length > LARGEST_BODY:
            self.close_connection = True
            return b""
        return self.rfile.read(length)

    def _answer(self, request: Request) -> Answer:
        try:
            self._authenticate(request)
            if request.path.startswith("/v1/_test/"):
                return self.server.control.answer(request)
            return self._route(request)
        except Refusal as refusal:
            body: dict[str, Any] = {"code": refusal.code, "message": refusal.message, **refusal.details}
            return Answer(refusal.status, body | ({"lines": refusal.lines} if refusal.lines else {}))
        except (TypeError, ValueError, KeyError) as error:
            return Answer(
                400, {"code": "request_invalid", "message": f"The request is not understood: {error}"}
            )

    def _authenticate(self, request: Request) -> None:
        expected = f"Bearer {self.server.settings.token}"
        if not hmac.compare_digest(request.headers.get("authorization", "").encode(), expected.encode()):
            raise Refusal(401, "token_invalid", "The token is missing or wrong.")
        if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
            raise Refusal(413, "body_too_large", "The body is larger than five million bytes.")

    def _route(self, request: Request) -> Answer:
        for method, pattern, route in ROUTES:
            match = pattern.fullmatch(request.path)
            if match and request.method in method.strip("(?:)").split("|"):
                key = match.group(1) if match.groups() else ""
                return route(self.server.store, self.server.settings.rules, request, key)
        raise Refusal(404, "not_found", "There is nothing at this address.")

    def _before(self, fault: Fault | None) -> None:
        if fault is None:
            return
        if fault.mode == "drop_before":
            raise Dropped
        if fault.mode in ("delay", "hang"):
            time.sleep(min(fault.seconds, LONGEST_HANG))
        if fault.mode == "hang":
            raise Dropped
        if fault.mode == "status":
            headers = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
            body = {"code": "injected", "message": f"The demo ERP was asked to answer {fault.status}."}
            self._send(fault.status, answer_json(Answer(fault.status, body)), headers=headers)
            raise BrokenPipeError

    def _after(self, fault: Fault | None, answer: Answer) -> None:
        body = answer_json(answer)
        mode = fault.mode if fault else ""
        if mode == "commit_then_drop":
            raise Dropped
        if mode == "commit_then_status" and fault:
            self._send(
                fault.status, b'{"code": "injected", "message": "Something broke after the work was done."}'
            )
        elif mode == "garbage":
            self._send(answer.status, b"<html>proxy says hello</html>")
        elif mode == "truncate":
            self._send(answer.status, body[: len(body) // 2])
        else:
            self._send(answer.status, body, headers=answer.headers)

    def _page(self, request: Request) -> None:
        answer = pages.answer(self.server.store, self.server.control, request, self._is_own(request))
        self._send(answer.status, answer.body, kind=answer.kind, headers=answer.headers)

    def _is_own(self, request: Request) -> bool:
        """A form of another site must not steer this ERP."""
        origin = request.headers.get("origin")
        return not origin or urlsplit(origin).netloc == request.headers.get("host")

    def _send(
        self,
        status: int,
        body: bytes,
        *,
        kind: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing on the terminal: it is shared with the CRM."""
