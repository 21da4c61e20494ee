"""Tryton 8: orders become draft sales, which are quoted and confirmed in steps of their own."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from integrations.adapters import http
from integrations.adapters.protocol import (
    AuthFailed,
    Capabilities,
    Certainty,
    ChangePage,
    Conflict,
    CreateGuarantee,
    Cursor,
    ErpError,
    FoundOrder,
    Notification,
    OrderDoc,
    Rejected,
    RemoteDocument,
    RemoteRef,
    Transient,
)
from integrations.adapters.tryton import invoices, mapping
from integrations.adapters.tryton.client import Record, TrytonClient
from integrations.adapters.tryton.codes import Codes
from integrations.adapters.tryton.draft import sale_record
from integrations.adapters.tryton.streams import STREAMS, after, record_id, stream_of

PAGE = 100
NEXT_STEP = {"draft": "quote", "quotation": "confirm"}


class TrytonAdapter:
    """The dialect of Tryton's REST routes. Payments come inside of the invoices, whose time every payment
    changes.
    """

    kind = "tryton"
    label = "Tryton 8"

    def __init__(self, base_url: str, secret: str, options: Mapping[str, object]) -> None:
        server, database = _server_and_database(base_url, str(options.get("database") or ""))
        self._client = TrytonClient(server, database, secret, http.Patience.of(options))
        self._options = options
        self._codes = Codes(self._client, options)
        self._company = 0
        seconds = options.get("max_server_exec_s")
        self.capabilities = Capabilities(
            create_guarantee=CreateGuarantee.SEARCH_ONLY,
            max_server_exec=timedelta(seconds=float(str(seconds))) if seconds else timedelta(minutes=10),
            index_lag=timedelta(0),
            key_max_length=64,
            key_pattern=r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}",
            optimistic_lock=False,
            streams=frozenset(STREAMS),
            sequence_streams=frozenset(),
            can_cancel=True,
            can_update=False,
            can_send_lines_atomically=True,
            needs_confirm=True,
            verifies_notifications=False,
        )

    def probe(self) -> Mapping[str, str]:
        """Company, currency and tax rounding; refuses a user who may not read sales, invoices or payments."""
        company = self._company_record()
        for model, fields in (
            ("sale.sale", mapping.SALE),
            ("account.invoice", invoices.INVOICE),
            ("stock.move", mapping.MOVE),
            ("account.move.line", ("credit",)),
        ):
            self._client.search(model, [["id", "<", 0]], fields, limit=1)
        settings = self._client.search("account.configuration", [], ("tax_rounding",), limit=1)
        return {
            "company": str(company["party"]["name"]),
            "currency": str(company["currency"]["code"]),
            "tax_rounding": str(settings[0].get("tax_rounding") or "") if settings else "",
            "time_zone": "UTC",
            "server_time": self.server_time().isoformat(),
        }

    def server_time(self) -> datetime:
        """The Date header of an answer, to the second."""
        self._client.search("company.company", [], ("id",), limit=1)
        if self._client.server_time is None:
            raise Transient("Tryton does not say what time it is there (no Date header).")
        return self._client.server_time

    def missing_codes(self, kind: str, codes: Sequence[str]) -> Sequence[str]:
        """Customers (unless they are created) and products without a record there."""
        self._work()
        return self._codes.missing(kind, list(codes))

    def find_orders(self, external_key: str) -> Sequence[FoundOrder]:
        """Sales of every state by their reference, oldest first."""
        self._work()
        found = self._client.search("sale.sale", [["reference", "=", external_key]], mapping.SALE)
        return [_found(sale) for sale in found]

    def create_order(self, doc: OrderDoc, *, idempotency_key: str) -> FoundOrder:
        """One draft sale in one transaction; a draft that lost a race is removed again, it has no effect."""
        if doc.prices_include_tax:
            raise Rejected("Tryton takes prices without tax.", remote_code="tax_included")
        company = self._work()
        with http.understood(Certainty.REFUSED):
            record = sale_record(doc, self._codes, company=company)
        created = _found(self._client.create("sale.sale", record, mapping.SALE))
        return self._keep_oldest(doc.external_key, created)

    def confirm_order(self, ref: RemoteRef) -> FoundOrder:
        """Quote and confirm, each after a look at the state; people's own steps in between are accepted."""
        self._work()
        sale = self._sale(ref.id)
        if sale["state"] in NEXT_STEP and sale["reference"]:
            self._refuse_twin(sale)
        while step := NEXT_STEP.get(sale["state"]):
            before = sale["state"]
            try:
                self._client.press("sale.sale", int(ref.id), step)
            except Rejected:
                # The answer of an earlier try may have been lost: the state says who is right.
                sale = self._sale(ref.id)
                if sale["state"] == before:
                    raise
            else:
                sale = self._sale(ref.id)
                if sale["state"] == before:
                    raise Transient(f"Tryton left the sale in {before}.", certainty=Certainty.UNKNOWN)
        return _found(sale)

    def update_order(self, ref: RemoteRef, doc: OrderDoc) -> FoundOrder:
        """Not offered: a sale is changed by canceling it and sending a new key."""
        raise Rejected("Orders in Tryton are not changed from here: cancel this one and send a new one.")

    def cancel_order(self, ref: RemoteRef, reason: str) -> FoundOrder:
        """Before it is confirmed; afterwards only people in Tryton can stop it."""
        self._work()
        sale = self._sale(ref.id)
        if _found(sale).phase == "canceled":
            return _found(sale)
        if sale["state"] not in NEXT_STEP:
            text = f"The sale {sale['number']} is {sale['state']} in Tryton: people there must cancel it."
            raise Rejected(text, remote_code="order_too_far")
        self._client.press("sale.sale", int(ref.id), "cancel")
        return _found(self._sale(ref.id))

    def read(self, stream: str, remote_id: str) -> RemoteDocument:
        """One sale or invoice."""
        model, fields, *_ = stream_of(stream)
        self._work()
        (document,) = self._documents(stream, [self._client.get(model, record_id(remote_id), fields)])
        return document

    def list_changes(self, stream: str, cursor: Cursor, *, until: datetime | None, limit: int) -> ChangePage:
        """By last_modified_at, which is when the ERP's transaction began: read with an overlap of ten
        minutes.
        """
        model, fields, domain, _ = stream_of(stream)
        self._work()
        wanted = [*domain, *after(cursor)]
        if until:
            wanted.append(["last_modified_at", "<=", until])
        order = (("last_modified_at", "ASC"), ("id", "ASC"))
        found = self._client.search(model, wanted, fields, order=order, limit=limit + 1)
        records = found[:limit]
        if records:
            with http.understood():
                cursor = Cursor(records[-1]["last_modified_at"], str(records[-1]["id"]))
        now = self._client.server_time or self.server_time()
        return ChangePage(self._documents(stream, records), cursor, len(found) > limit, now)

    def iter_open(self, stream: str) -> Iterator[RemoteDocument]:
        """Confirmed sales that are not done, or posted invoices that are not paid."""
        model, fields, domain, still_open = stream_of(stream)
        self._work()
        last = 0
        while True:
            wanted = [*domain, *still_open, ["id", ">", last]]
            records = self._client.search(model, wanted, fields, limit=PAGE)
            yield from self._documents(stream, records)
            if len(records) < PAGE:
                return
            last = int(records[-1]["id"])

    def verify_notification(
        self, headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes], now: datetime
    ) -> Sequence[Notification]:
        """Tryton calls nobody, so whoever says it does is not Tryton."""
        raise AuthFailed("Tryton sends no notifications.")

    def ensure_subscription(self, callback_url: str, secret: str) -> datetime | None:
        """There is nothing to subscribe to: Tryton is polled."""
        return None

    def classify(self, exc: BaseException) -> ErpError:
        """Any failure with a certainty."""
        return http.classify(exc)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def _work(self) -> int:
        """Choose the company before the first real request."""
        if not self._company:
            self._company_record()
        return self._company

    def _company_record(self) -> Record:
        fields = ("party.name", "currency.code")
        wanted = self._options.get("company")
        domain = [["id", "=", int(str(wanted))]] if wanted else []
        found = self._client.search("company.company", domain, fields, limit=2)
        if len(found) != 1:
            raise Rejected("Name the company in the options of the connection: Tryton has none or several.")
        with http.understood():
            self._company = int(found[0]["id"])
        self._client.use_company(self._company)
        return found[0]

    def _sale(self, remote_id: str) -> Record:
        return self._client.get("sale.sale", record_id(remote_id), mapping.SALE)

    def _keep_oldest(self, key: str, created: FoundOrder) -> FoundOrder:
        """Nothing in Tryton makes a reference unique: of two simultaneous drafts the older one stays."""
        living = [found for found in self.find_orders(key) if found.phase != "canceled"]
        older = [found for found in living if int(found.ref.id) < int(created.ref.id)]
        if not older:
            return created
        self._client.press("sale.sale", int(created.ref.id), "cancel")
        self._client.delete("sale.sale", int(created.ref.id))
        return older[0]

    def _refuse_twin(self, sale: Record) -> None:
        twins = [found for found in self.find_orders(sale["reference"]) if found.phase != "canceled"]
        if any(found.ref.id != str(sale["id"]) and found.phase != "draft" for found in twins):
            raise Conflict(
                f"Another sale with the reference {sale['reference']} is confirmed in Tryton already."
            )

    def _documents(self, stream: str, records: Sequence[Record]) -> list[RemoteDocument]:
        with http.understood():
            if stream == "invoices":
                return [invoices.invoice(record) for record in records]
            moves = self._moves([int(record["id"]) for record in records])
            return [mapping.order_state(record, moves.get(int(record["id"]), [])) for record in records]

    def _moves(self, sale_ids: list[int]) -> dict[int, list[Record]]:
        """The stock moves of some sales, by sale."""
        if not sale_ids:
            return {}
        lines = self._client.search("sale.line", [["sale", "in", sale_ids]], ("sale",))
        sale_of = {f"sale.line,{line['id']}": int(line["sale"]) for line in lines}
        domain = [["origin.sale.id", "in", sale_ids, "sale.line"], ["state", "=", "done"]]
        result: dict[int, list[Record]] = {}
        for move in self._client.search("stock.move", domain, mapping.MOVE):
            result.setdefault(sale_of[move["origin"]], []).append(move)
        return result


def _found(sale: Record) -> FoundOrder:
    with http.understood():
        return mapping.found_order(sale)


def _server_and_database(base_url: str, database: str) -> tuple[str, str]:
    """The database is an option of the connection or the last part of its address."""
    if database:
        return base_url, database
    parts = urlsplit(base_url.rstrip("/"))
    path, _, name = parts.path.rpartition("/")
    return parts._replace(path=path).geturl(), name
