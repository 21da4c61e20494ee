"""An ERP that speaks our published contract."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote

from integrations.adapters import http, webhooks
from integrations.adapters.protocol import (
    AuthFailed,
    Capabilities,
    Certainty,
    ChangePage,
    CreateGuarantee,
    Cursor,
    ErpError,
    FoundOrder,
    NotFound,
    Notification,
    OrderDoc,
    RemoteDocument,
    RemoteRef,
    Transient,
)
from integrations.adapters.rest import mapping
from integrations.adapters.rest.client import RestClient

CONTRACT = "1."
PAGE = 100
T = TypeVar("T")
READERS: dict[str, Callable[[mapping.Json], RemoteDocument]] = {
    "orders": mapping.order_state,
    "invoices": mapping.invoice,
    "payments": mapping.payment,
}


class RestAdapter:
    """The dialect of docs/erp-contract.md."""

    kind = "rest"
    label = "Generic ERP (REST)"
    capabilities = Capabilities(
        create_guarantee=CreateGuarantee.IDEMPOTENCY_KEY,
        max_server_exec=timedelta(minutes=2),
        index_lag=timedelta(0),
        key_max_length=64,
        key_pattern=r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}",
        optimistic_lock=True,
        streams=frozenset(READERS),
        sequence_streams=frozenset(),
        can_cancel=True,
        can_update=True,
        can_send_lines_atomically=True,
        needs_confirm=False,
        verifies_notifications=True,
    )

    def __init__(self, base_url: str, secret: str, options: Mapping[str, object]) -> None:
        self._client = RestClient(base_url, secret, http.Patience.of(options))

    def probe(self) -> Mapping[str, str]:
        """Facts of GET /v1/info; refuses a server that speaks another contract."""
        facts = {name: str(value) for name, value in self._client.get("v1/info").items()}
        if not facts.get("contract", "").startswith(CONTRACT):
            raise Transient(f"The server speaks contract {facts.get('contract', '?')}, not {CONTRACT}x.",
                            certainty=Certainty.REFUSED)  # fmt: skip
        self.list_changes("orders", Cursor(modified_at=datetime.now(UTC)), until=None, limit=1)
        return facts

    def server_time(self) -> datetime:
        """The server's clock by GET /v1/info."""
        return self._read(mapping.moment, str(self._client.get("v1/info").get("server_time")))

    def missing_codes(self, kind: str, codes: Sequence[str]) -> Sequence[str]:
        """Unknown customers, products or taxes; none when the server makes what it does not know."""
        if kind not in ("customers", "products", "taxes") or not codes:
            return []
        answer = self._client.get(f"v1/{kind}", [("code", code) for code in codes])
        if answer.get("creates_unknown"):
            return []
        known = {str(item.get("code")) for item in mapping.items(answer, "items")}
        return [code for code in codes if code not in known]

    def find_orders(self, external_key: str) -> Sequence[FoundOrder]:
        """Orders of every state by our key."""
        answer = self._client.get("v1/orders", [("external_id", external_key)])
        return self._read(lambda: [mapping.found_order(order) for order in answer["items"]])

    def create_order(self, doc: OrderDoc, *, idempotency_key: str) -> FoundOrder:
        """POST once per idempotency key; the same key again gives the same order."""
        answer = self._client.post(
            "v1/orders", mapping.order_body(doc), headers={"Idempotency-Key": idempotency_key}
        )
        return self._read(mapping.found_order, answer)

    def confirm_order(self, ref: RemoteRef) -> FoundOrder:
        """An order is binding as soon as it is created."""
        return self._read(mapping.found_order, self._client.get(_path("orders", ref.id)))

    def update_order(self, ref: RemoteRef, doc: OrderDoc) -> FoundOrder:
        """PUT with the version we know."""
        answer = self._client.put(
            _path("orders", ref.id), mapping.order_body(doc), headers={"If-Match": f'"{ref.version}"'}
        )
        return self._read(mapping.found_order, answer)

    def cancel_order(self, ref: RemoteRef, reason: str) -> FoundOrder:
        """POST cancel, as often as needed."""
        answer = self._client.post(_path("orders", ref.id) + "/cancel", {"reason": reason})
        return self._read(mapping.found_order, answer)

    def read(self, stream: str, remote_id: str) -> RemoteDocument:
        """One document."""
        reader = _reader(stream)
        return self._read(reader, self._client.get(_path(stream, remote_id)))

    def list_changes(self, stream: str, cursor: Cursor, *, until: datetime | None, limit: int) -> ChangePage:
        """One page of GET /v1/changes/<stream>."""
        reader = _reader(stream)
        query = [("limit", str(limit))]
        if cursor.modified_at:
            query.append(("modified_since", cursor.modified_at.astimezone(UTC).isoformat()))
        if cursor.last_id:
            query.append(("after_id", cursor.last_id))
        if until:
            query.append(("until", until.astimezone(UTC).isoformat()))
        answer = self._client.get(f"v1/changes/{stream}", query)
        return self._read(lambda: _page(answer, reader, cursor))

    def iter_open(self, stream: str) -> Iterator[RemoteDocument]:
        """Unfinished orders or unpaid invoices, page by page; payments are never open."""
        reader = _reader(stream)
        after, more = "", stream != "payments"
        while more:
            query = [("open", "1"), ("limit", str(PAGE)), *([("after_id", after)] if after else [])]
            answer = self._client.get(f"v1/{stream}", query)
            rows = self._read(lambda answer=answer: [reader(row) for row in answer["items"]])
            yield from rows
            more = bool(answer.get("has_more")) and bool(rows)
            after = rows[-1].ref.id if rows else after

    def verify_notification(
        self, headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes], now: datetime
    ) -> Sequence[Notification]:
        """A Standard Webhooks message: ids and a type."""
        message_id = webhooks.verified_id(headers, body, secrets, now)
        try:
            message = json.loads(body)
            stream, remote_id = str(message["data"]["stream"]), message["data"].get("id")
            occurred = mapping.moment(message["timestamp"]) if message.get("timestamp") else None
            change = str(message["type"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise AuthFailed("The webhook is signed but not in the agreed form.") from None
        if stream not in READERS:
            return []
        return [Notification(message_id, stream, str(remote_id) if remote_id else None, change, occurred)]

    def ensure_subscription(self, callback_url: str, secret: str) -> datetime | None:
        """PUT /v1/webhooks; the same address and secret change nothing."""
        answer = self._client.put("v1/webhooks", {"url": callback_url, "secret": secret})
        expires = answer.get("expires")
        return self._read(mapping.moment, str(expires)) if expires else None

    def classify(self, exc: BaseException) -> ErpError:
        """Any failure with a certainty."""
        return http.classify(exc)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def _read(self, reader: Callable[..., T], *values: Any) -> T:
        """What an answer says, or a doubt about it."""
        with http.understood():
            return reader(*values)


def _page(
    answer: mapping.Json, reader: Callable[[mapping.Json], RemoteDocument], cursor: Cursor
) -> ChangePage:
    rows = [reader(item) for item in answer["items"]]
    last = Cursor(rows[-1].ref.modified_at, rows[-1].ref.id) if rows else cursor
    return ChangePage(rows, last, bool(answer.get("has_more")), mapping.moment(answer["server_time"]))


def _path(stream: str, remote_id: str) -> str:
    return f"v1/{stream}/{quote(remote_id, safe='')}"


def _reader(stream: str) -> Callable[[mapping.Json], RemoteDocument]:
    try:
        return READERS[stream]
    except KeyError:
        raise NotFound(f"This ERP has no stream {stream}.", certainty=Certainty.NOT_SENT) from None
