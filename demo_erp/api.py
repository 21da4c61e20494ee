"""The published contract, version 1: which request does what. See docs/erp-contract.md."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from demo_erp import work
from demo_erp.intake import Refusal, Rules, accept, learn
from demo_erp.store import Document, Store, dumps, moment

VERSION = "1.0"
STREAMS = ("orders", "invoices", "payments")
KINDS = {"customers": "customer", "products": "product", "taxes": "tax"}
LARGEST_PAGE = 500


@dataclass(frozen=True)
class Request:
    """What came in, already authenticated."""

    method: str
    path: str
    query: dict[str, list[str]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def one(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return self.query.get(name, [default])[0]

    def json(self) -> Document:
        """The body as an object."""
        try:
            value = json.loads(self.body or b"{}")
        except ValueError:
            raise Refusal(400, "json_invalid", "The body is not JSON.") from None
        if not isinstance(value, dict):
            raise Refusal(400, "json_invalid", "The body must be an object.")
        return value


@dataclass(frozen=True)
class Answer:
    """What goes out."""

    status: int
    body: object = None
    headers: dict[str, str] = field(default_factory=dict)


Route = Callable[[Store, Rules, Request, str], Answer]


def info(store: Store, rules: Rules, request: Request, key: str) -> Answer:
    """Who answers here, and what time it is there."""
    return Answer(
        200,
        {
            "name": "Demo ERP",
            "company": "Demo Trading Company",
            "contract": VERSION,
            "version": "2026.11",
            "time_zone": "UTC",
            "rounding": rules.rounding,
            "strict": rules.strict,
            "server_time": moment(store.now()),
        },
    )


def create_order(store: Store, rules: Rules, request: Request, key: str) -> Answer:
    """Book an order, once."""
    idempotency_key = request.headers.get("idempotency-key", "").strip()
    if not idempotency_key or len(idempotency_key) > 255:
        raise Refusal(400, "idempotency_key_missing", "Send an Idempotency-Key of up to 255 characters.")
    order, is_new = accept(store, request.json(), key=idempotency_key, rules=rules)
    return Answer(201 if is_new else 200, order, {} if is_new else {"Idempotent-Replayed": "true"})


def list_orders(store: Store, rules: Rules, request: Request, key: str) -> Answer:
    """Orders by our partner's key, or those still open."""
    if external_id := request.one("external_id"):
        return _items(store, "SELECT body FROM orders WHERE external_id = ?", external_id)
    if request.one("open"):
        return _page(store, request, "orders", "stage NOT IN ('paid', 'canceled')")
    return _page(store, request, "orders", "1")


def list_invoices(store: Store, rules: Rules, request: Request, key: str) -> Answer:
    """Invoices of an order, or those still to be paid."""
    if order_id := request.one("order_id"):
        return _items(store, "SELECT body FROM invoices WHERE order_id = ? ORDER BY id", _number(order_id))
    if request.one("open"):
        return _page(store, request, "invoices", "status IN ('open', 'partly_paid')")
    return _page(store, request, "invoices", "1")


def read(store: Store, rules: Rules, request: Request, key: str) -> Answer:
    """One order, invoice or payment."""
    table = request.path.split("/")[2]
    document = work.load(store, table, _number(key))
    return Answer(200, document, {"ETag": f'"{document.get("version", document["modified"])}"'})


def replace_order(store: Store, rules: Rules, request: Request, key: str) -> Answer:
    """New content for an order nobody works on yet."""
    version = request.headers.get("if-match", "").strip('"')
    if not version:
        raise Refusal(428, "version_missing", "Send If-Match with the version of the order.")
    return Answer(200, work.replace(store, _number(key), request.json(), version=version, rules=rules))


def cancel_order(store: Store, rules: Rules, request: Request, key: str) -> Answer:
    """Cancel, as often as you like."""
    return Answer(200, work.cancel(store, _number(key), reason=str(request.json().get("reason") or "")))


def changes(store: Store, rules: Rules, request: Request, key: str) -> Answer:
    """What changed since a moment, oldest first, in pages that lose nothing."""
    if key not in STREAMS:
        raise Refusal(404, "not_found", f"There is no stream {key}.")
    server_time = moment(store.now())
    since, until = (
        _moment(request, "modified_since", "1970-01-01T00:00:00Z"),
        _moment(request, "until", server_time),
    )
    after, limit = request.one("after_id"), _limit(request)
    condition = "modified > ? OR (modified = ? AND id > ?)"
    last = _number(after) if after else -1
    rows = store.rows(
        f"SELECT body FROM {key} WHERE ({condition}) AND modified <= ? ORDER BY modified, id LIMIT ?",
        since, since, last, until, limit + 1,
    )  # fmt: skip
    items = [json.loads(row["body"]) for row in rows[:limit]]
    body = {"items": items, "has_more": len(rows) > limit, "server_time": server_time}
    if items:
        body["next"] = {"modified_since": items[-1]["modified"], "after_id": items[-1]["id"]}
    return Answer(200, body)


def list_codes(store: Store, rules: Rules, request: Request, key: str) -> Answer:
    """The customers, products or taxes of some codes; unknown codes are left out. `known` names what an order
    may use.
    """
    wanted = request.query.get("code", [])
    marks = ",".join("?" * len(wanted))
    rows = store.rows(
        f"SELECT body FROM codes WHERE kind = ? AND code IN ({marks}) ORDER BY code",
        KINDS[request.path.split("/")[2]], *wanted,
    )  # fmt: skip
    return Answer(
        200, {"items": [json.loads(row["body"]) for row in rows], "creates_unknown": not rules.strict}
    )


def put_code(store: Store, rules: Rules, request: Request, key: str) -> Answer:
    """Add or rename a customer, product or tax."""
    body = request.json() | {"code": key}
    learn(store, KINDS[request.path.split("/")[2]], key, body)
    return Answer(200, body)


def webhooks(store: Store, rules: Rules, request: Request, key: str) -> Answer:
    """Where hints are sent: read, set or remove the one subscription."""
    if request.method == "PUT":
        body = request.json()
        url, secret = str(body.get("url") or ""), str(body.get("secret") or "")
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
            raise Refusal(422, "url_invalid", "The url must begin with http:// or https://.")
        if not re.fullmatch(r"whsec_[A-Za-z0-9+/]{32,}={0,2}", secret):
            raise Refusal(422, "secret_invalid", "The secret must be whsec_ and at least 24 bytes in base64.")
        with store.transaction():
            store.set_setting("webhook_url", url)
            store.set_setting("webhook_secret", secret)
    elif request.method == "DELETE":
        store.set_setting("webhook_url", "")
    return Answer(200, {"url": store.setting("webhook_url"), "expires": None})


ROUTES: list[tuple[str, re.Pattern[str], Route]] = [
    (method, re.compile(pattern), route)
    for method, pattern, route in (
        ("GET", r"/v1/info", info),
        ("POST", r"/v1/orders", create_order),
        ("GET", r"/v1/orders", list_orders),
        ("GET", r"/v1/(?:orders|invoices|payments)/(\d{1,18})", read),
        ("PUT", r"/v1/orders/(\d{1,18})", replace_order),
        ("POST", r"/v1/orders/(\d{1,18})/cancel", cancel_order),
        ("GET", r"/v1/invoices", list_invoices),
        ("GET", r"/v1/changes/(\w+)", changes),
        ("GET", r"/v1/(?:customers|products|taxes)", list_codes),
        ("PUT", r"/v1/(?:customers|products|taxes)/([^/]{1,64})", put_code),
        ("(?:GET|PUT|DELETE)", r"/v1/webhooks", webhooks),
    )
]


def _items(store: Store, sql: str, value: object) -> Answer:
    return Answer(200, {"items": [json.loads(row["body"]) for row in store.rows(sql, value)],
                        "server_time": moment(store.now())})  # fmt: skip


def _page(store: Store, request: Request, table: str, condition: str) -> Answer:
    limit, after = _limit(request), request.one("after_id") or "0"
    rows = store.rows(
        f"SELECT body FROM {table} WHERE id > ? AND {condition} ORDER BY id LIMIT ?",
        _number(after), limit + 1,
    )  # fmt: skip
    items = [json.loads(row["body"]) for row in rows[:limit]]
    return Answer(200, {"items": items, "has_more": len(rows) > limit, "server_time": moment(store.now())})


def _limit(request: Request) -> int:
    return min(max(_number(request.one("limit") or "100"), 1), LARGEST_PAGE)


def _number(text: str) -> int:
    if not re.fullmatch(r"\d{1,18}", text):
        raise Refusal(400, "parameter_invalid", f"{text!r} is not a whole number.")
    return int(text)


def _moment(request: Request, name: str, default: str) -> str:
    text = request.one(name) or default
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(
            400, "parameter_invalid", f"{name} must be a moment like 2026-11-22T03:00:00Z."
        ) from None
    return moment(value if value.tzinfo else value.replace(tzinfo=UTC))


def answer_json(answer: Answer) -> bytes:
    """The body of an answer as bytes."""
    return dumps(answer.body).encode() if answer.body is not None else b""
