"""How sure an adapter is of what happened when a call fails: this decides whether an order may be sent again."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from integrations.adapters import UnknownDialect, build_adapter
from integrations.adapters.protocol import (
    AlreadyExists,
    AuthFailed,
    Certainty,
    Conflict,
    ErpAdapter,
    ErpError,
    NotFound,
    RateLimited,
    Rejected,
    Transient,
)
from tests.integrations.adapters.conftest import order, renamed
from tests.integrations.erp_fixtures import DemoErp

OPTIONS = {"database": "db", "connect_timeout_s": 1, "read_timeout_s": 0.5}


@dataclass
class Stub:
    """A server that answers everything with the same words."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0
    cut: bool = False
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture
def stub() -> Iterator[Stub]:
    plan = Stub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            time.sleep(plan.wait)
            if plan.cut:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(plan.status)
            for name, value in {"Content-Length": str(len(plan.body)), **plan.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(plan.body)

        do_POST = do_PUT = do_GET  # noqa: N815 - names of http.server

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    plan.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield plan
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["rest", "tryton"])
def adapter(request: pytest.FixtureRequest, stub: Stub) -> Iterator[ErpAdapter]:
    built = build_adapter(request.param, stub.url, "key", OPTIONS)
    yield built
    built.close()


def _failure(adapter: ErpAdapter) -> ErpError:
    with pytest.raises(ErpError) as caught:
        adapter.find_orders("CRM1-ORD-1")
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind", "certainty"),
    [
        (400, Rejected, Certainty.REFUSED),
        (401, AuthFailed, Certainty.REFUSED),
        (404, NotFound, Certainty.REFUSED),
        (408, Transient, Certainty.UNKNOWN),
        (413, Rejected, Certainty.REFUSED),
        (422, Rejected, Certainty.REFUSED),
        (429, RateLimited, Certainty.REFUSED),
        (500, Transient, Certainty.UNKNOWN),
        (502, Transient, Certainty.UNKNOWN),
        (503, Transient, Certainty.REFUSED),
        (504, Transient, Certainty.UNKNOWN),
    ],
)
def test_a_status_says_how_sure_we_are(
    adapter: ErpAdapter, stub: Stub, status: int, kind: type[ErpError], certainty: Certainty
) -> None:
    stub.status, stub.body = status, b'{"message": "no"}'

    failure = _failure(adapter)

    assert (type(failure), failure.certainty, failure.status) == (kind, certainty, status)


def test_a_busy_server_says_for_how_long(adapter: ErpAdapter, stub: Stub) -> None:
    stub.status, stub.headers = 429, {"Retry-After": "7"}

    assert _failure(adapter).retry_after == timedelta(seconds=7)


def test_no_server_means_nothing_was_sent(adapter: ErpAdapter) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        alone = build_adapter(adapter.kind, f"http://127.0.0.1:{unused.getsockname()[1]}", "key", OPTIONS)
        failure = _failure(alone)
    assert (type(failure), failure.certainty) == (Transient, Certainty.NOT_SENT)


def test_silence_leaves_us_in_doubt(adapter: ErpAdapter, stub: Stub) -> None:
    stub.wait = 2

    failure = _failure(adapter)

    assert (type(failure), failure.certainty) == (Transient, Certainty.UNKNOWN)


def test_a_cut_connection_leaves_us_in_doubt(adapter: ErpAdapter, stub: Stub) -> None:
    stub.cut = True

    assert _failure(adapter).certainty is Certainty.UNKNOWN


@pytest.mark.parametrize(
    "body", [b"<html>hello</html>", b'{"items": [', b"", b"[1]", b'"text"', b'{"items": 7}']
)
def test_an_answer_that_is_not_understood_leaves_us_in_doubt(
    adapter: ErpAdapter, stub: Stub, body: bytes
) -> None:
    stub.body = body

    failure = _failure(adapter)

    assert isinstance(failure, ErpError)
    assert failure.certainty is Certainty.UNKNOWN


def test_a_redirect_is_not_followed_with_our_token(adapter: ErpAdapter, stub: Stub) -> None:
    stub.status, stub.headers = 302, {"Location": "http://127.0.0.1:9/"}

    assert isinstance(_failure(adapter), Rejected)


def test_an_address_that_is_none_is_refused_before_anything_is_sent() -> None:
    failure = _failure(build_adapter("rest", "ftp://example.org", "key", OPTIONS))

    assert failure.certainty is Certainty.NOT_SENT


def test_a_dialect_nobody_wrote_is_refused() -> None:
    with pytest.raises(UnknownDialect):
        build_adapter("abacus", "https://example.org", "key")


def test_any_exception_has_a_certainty(adapter: ErpAdapter) -> None:
    assert adapter.classify(ValueError("odd")).certainty is Certainty.UNKNOWN
    known = Rejected("no")
    assert adapter.classify(known) is known


@pytest.fixture
def rest(demo_erp: DemoErp) -> Iterator[ErpAdapter]:
    built = build_adapter("rest", demo_erp.base_url, demo_erp.token, {"read_timeout_s": 1})
    yield built
    built.close()


@pytest.mark.parametrize("mode", ["commit_then_drop", "commit_then_status", "garbage", "truncate"])
def test_an_order_whose_answer_is_lost_is_in_doubt_and_found_afterwards(
    rest: ErpAdapter, demo_erp: DemoErp, mode: str
) -> None:
    doc = order()
    demo_erp.fail(mode, method="POST", path="/v1/orders")

    with pytest.raises(Transient) as failure:
        rest.create_order(doc, idempotency_key="k-1")

    assert failure.value.certainty is Certainty.UNKNOWN
    assert len(rest.find_orders(doc.external_key)) == 1
    assert (
        rest.create_order(doc, idempotency_key="k-1").ref.id == rest.find_orders(doc.external_key)[0].ref.id
    )
    assert [entry["external_id"] for entry in demo_erp.ledger()] == [doc.external_key]


def test_an_order_that_never_arrived_is_in_doubt_and_not_found(rest: ErpAdapter, demo_erp: DemoErp) -> None:
    doc = order()
    demo_erp.fail("hang", seconds=2, method="POST", path="/v1/orders")

    with pytest.raises(Transient) as failure:
        rest.create_order(doc, idempotency_key="k-1")

    assert failure.value.certainty is Certainty.UNKNOWN
    assert rest.find_orders(doc.external_key) == []


def test_a_key_that_is_taken_names_the_order_that_has_it(rest: ErpAdapter, demo_erp: DemoErp) -> None:
    doc = order()
    first = rest.create_order(doc, idempotency_key="k-1")

    for key in ("k-1", "k-2"):
        with pytest.raises(AlreadyExists) as refusal:
            rest.create_order(renamed(doc, "Other"), idempotency_key=key)
        assert refusal.value.correlation_id == first.ref.id


def test_an_order_is_replaced_only_at_the_version_we_know(rest: ErpAdapter, demo_erp: DemoErp) -> None:
    doc = order()
    first = rest.create_order(doc, idempotency_key="k-1")

    second = rest.update_order(first.ref, renamed(doc, "More"))

    assert second.total_net > first.total_net
    with pytest.raises(Conflict):
        rest.update_order(first.ref, doc)
    demo_erp.advance(first.ref.id)
    with pytest.raises(Rejected):
        rest.update_order(rest.find_orders(doc.external_key)[0].ref, doc)


def test_the_token_must_be_right(demo_erp: DemoErp) -> None:
    with pytest.raises(AuthFailed):
        build_adapter("rest", demo_erp.base_url, "wrong").probe()
