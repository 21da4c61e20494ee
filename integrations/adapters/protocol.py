"""What the delivery engine may ask of any ERP, and the words in which an ERP may fail.

An adapter is stateless: no database, no retries, no sleeping. The engine owns leases, back-off, limits and
everything
that is stored, so one test-suite proves them for every dialect.
"""

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from integrations.adapters.content import content_hash
from integrations.adapters.documents import (
    AddressDoc,
    ChangePage,
    Cursor,
    FoundOrder,
    InvoiceDoc,
    InvoiceLineDoc,
    Notification,
    OrderDoc,
    OrderLineDoc,
    OrderLineState,
    OrderState,
    PartyDoc,
    PaymentDoc,
    RemoteDocument,
    RemoteRef,
    ShipmentDoc,
    ShipmentLineDoc,
    TaxDoc,
)

__all__ = [
    "AddressDoc",
    "AlreadyExists",
    "AuthFailed",
    "Capabilities",
    "Certainty",
    "ChangePage",
    "Conflict",
    "CreateGuarantee",
    "Cursor",
    "ErpAdapter",
    "ErpError",
    "FoundOrder",
    "InvoiceDoc",
    "InvoiceLineDoc",
    "NotFound",
    "Notification",
    "OrderDoc",
    "OrderLineDoc",
    "OrderLineState",
    "OrderState",
    "PartyDoc",
    "PaymentDoc",
    "RateLimited",
    "Rejected",
    "RemoteDocument",
    "RemoteRef",
    "ShipmentDoc",
    "ShipmentLineDoc",
    "TaxDoc",
    "Transient",
    "content_hash",
]


class CreateGuarantee(enum.Enum):
    """How strongly the ERP itself refuses a second create for one key."""

    NATIVE_UPSERT = "native_upsert"
    UNIQUE_KEY = "unique_key"
    IDEMPOTENCY_KEY = "idempotency_key"
    SEARCH_ONLY = "search_only"


class Certainty(enum.Enum):
    """What we know about the effect of a failed call."""

    NOT_SENT = "not_sent"  # no connection: nothing can have happened, retry at once
    REFUSED = "refused"  # the ERP answered and did nothing
    UNKNOWN = "unknown"  # sent, no usable answer: it may have been committed


class ErpError(Exception):
    """A call to the ERP that failed, with how sure we are of what it did.

    `lines` gives the ERP's words per `line_key`; `status` is the HTTP status or 0.
    """

    default_certainty = Certainty.UNKNOWN

    def __init__(
        self,
        text: str = "",
        *,
        certainty: Certainty | None = None,
        retry_after: timedelta | None = None,
        remote_code: str = "",
        status: int = 0,
        correlation_id: str = "",
        lines: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(text)
        self.text = text
        self.certainty = certainty or self.default_certainty
        self.retry_after = retry_after
        self.remote_code = remote_code
        self.status = status
        self.correlation_id = correlation_id
        self.lines: Mapping[str, str] = lines or {}


class Transient(ErpError):
    """Goes away by itself: back off and try again (by the rules of its certainty)."""


class RateLimited(Transient):
    """The ERP asks us to slow down; `retry_after` says for how long."""

    default_certainty = Certainty.REFUSED


class AuthFailed(ErpError):
    """The credentials are wrong: pause the whole connection, bury no message."""

    default_certainty = Certainty.REFUSED


class Rejected(ErpError):
    """The ERP refuses the content and will refuse it again: show a person the ERP's own words."""

    default_certainty = Certainty.REFUSED


class Conflict(ErpError):
    """The record changed in the ERP meanwhile: read it again before deciding."""

    default_certainty = Certainty.REFUSED


class AlreadyExists(ErpError):
    """The key is taken: read the order back and adopt it, or report that its content differs."""

    default_certainty = Certainty.REFUSED


class NotFound(ErpError):
    """The ERP says plainly that it has no such record."""

    default_certainty = Certainty.REFUSED


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this ERP promises, so that the engine can choose how careful to be.

    `needs_confirm`: an order is created as a draft and becomes binding by `confirm_order`, a step of its own.
    `verifies_notifications`: it can push hints; otherwise it is only polled.
    """

    create_guarantee: CreateGuarantee
    max_server_exec: timedelta
    index_lag: timedelta
    key_max_length: int
    key_pattern: str
    optimistic_lock: bool
    streams: frozenset[str]
    sequence_streams: frozenset[str]
    can_cancel: bool
    can_update: bool
    can_send_lines_atomically: bool
    needs_confirm: bool
    verifies_notifications: bool


@runtime_checkable
class ErpAdapter(Protocol):
    """One ERP dialect."""

    kind: str
    capabilities: Capabilities

    def probe(self) -> Mapping[str, str]:
        """Check address, credentials, company, version and the rights needed; read only. Facts for the
        settings page.
        """

    def server_time(self) -> datetime:
        """The ERP's clock in UTC: the base of all watermarks."""

    def missing_codes(self, kind: str, codes: Sequence[str]) -> Sequence[str]:
        """Those of our codes (kind: customers, products, taxes, units) the ERP does not know."""

    def find_orders(self, external_key: str) -> Sequence[FoundOrder]:
        """Every trace of the key, whatever its state: none, one or many."""

    def create_order(self, doc: OrderDoc, *, idempotency_key: str) -> FoundOrder:
        """Create header and lines in one server transaction and return the order read back.

        Raises `AlreadyExists` on a key hit; any doubt has certainty UNKNOWN.
        """

    def confirm_order(self, ref: RemoteRef) -> FoundOrder:
        """Make a draft binding, from whichever step it stands at; a confirmed order is returned unchanged."""

    def update_order(self, ref: RemoteRef, doc: OrderDoc) -> FoundOrder:
        """Replace the content of an order that is still changeable; raises `Conflict` or `Rejected`
        otherwise.
        """

    def cancel_order(self, ref: RemoteRef, reason: str) -> FoundOrder:
        """Cancel; a canceled order is returned unchanged, one that is too far is `Rejected`."""

    def read(self, stream: str, remote_id: str) -> RemoteDocument:
        """One document of orders, invoices or payments; `NotFound` only when the ERP says so plainly."""

    def list_changes(self, stream: str, cursor: Cursor, *, until: datetime | None, limit: int) -> ChangePage:
        """Rows after the cursor up to `until`, ordered by (modified, id).

        A cursor without `last_id` includes rows of exactly its time: begin a run with one.
        """

    def iter_open(self, stream: str) -> Iterator[RemoteDocument]:
        """All open documents (unpaid invoices, unfinished orders), without a watermark."""

    def verify_notification(
        self, headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes], now: datetime
    ) -> Sequence[Notification]:
        """Authenticate the raw bytes in constant time, then read the hint; any doubt raises `AuthFailed`."""

    def ensure_subscription(self, callback_url: str, secret: str) -> datetime | None:
        """Create or renew the push channel and return when it ends; None when it does not end or does not
        exist.
        """

    def classify(self, exc: BaseException) -> ErpError:
        """Any failure in the words of this module, with a certainty."""

    def close(self) -> None:
        """Give the connections back."""
