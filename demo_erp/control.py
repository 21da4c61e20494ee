"""Steering the demo ERP: for demonstrations and tests, never part of the contract."""

import json
import re
from dataclasses import dataclass
from decimal import Decimal

from demo_erp import clock, work
from demo_erp.api import Answer, Request
from demo_erp.faults import MODES, Fault, Faults
from demo_erp.intake import Refusal
from demo_erp.store import Document, Store


@dataclass
class Control:
    """The levers: step, speed, pause, faults, reset, and a look into the ledger of creates."""

    store: Store
    faults: Faults

    def answer(self, request: Request) -> Answer:
        """Do what a /v1/_test/ request asks for."""
        name = request.path.removeprefix("/v1/_test/").replace("-", "_").strip("/")
        lever = getattr(self, f"do_{name}", None) if re.fullmatch(r"[a-z_]+", name) else None
        if lever is None or request.method not in ("GET", "POST"):
            raise Refusal(404, "not_found", "There is no such lever.")
        return Answer(200, lever(request.json()))

    def do_advance(self, body: Document) -> Document:
        """Move one order (or every open one) `steps` further, or until it reaches stage `to`."""
        goal, steps = str(body.get("to") or ""), int(body.get("steps") or 1)
        if goal and goal not in work.STAGES:
            raise Refusal(422, "stage_invalid", f"The stages are {', '.join(work.STAGES)}.")
        orders = [self._advance(key, goal, steps) for key in self._wanted(body)]
        return {"orders": orders}

    def do_short_ship(self, body: Document) -> Document:
        """Cancel a quantity of one line of an order."""
        (key,) = self._wanted(body)
        quantity = Decimal(str(body.get("quantity", "1")))
        return work.short_ship(self.store, key, str(body.get("line_key")), quantity=quantity)

    def do_credit(self, body: Document) -> Document:
        """Credit an invoice in full."""
        return work.credit(self.store, int(body["invoice"]))

    def do_cancel(self, body: Document) -> Document:
        """Cancel an order as people in the ERP would."""
        (key,) = self._wanted(body)
        return work.cancel(self.store, key, reason="canceled in the ERP")

    def do_clock(self, body: Document) -> Document:
        """Set `tick` seconds between steps and whether the clock is `paused`."""
        if "tick" in body:
            clock.set_pace(self.store, float(body["tick"]))
        if "paused" in body:
            clock.set_paused(self.store, bool(body["paused"]))
        return {"tick": clock.pace(self.store), "paused": clock.paused(self.store)}

    def do_fault(self, body: Document) -> Document:
        """Misbehave: `mode`, `times`, and `status`, `seconds`, `retry_after`, `method`, `path` as the mode
        needs.
        """
        if body.get("mode") not in MODES:
            raise Refusal(422, "mode_invalid", f"The modes are {', '.join(MODES)}.")
        self.faults.add(Fault(**body))
        return {"waiting": len(self.faults.waiting)}

    def do_clear_faults(self, body: Document) -> Document:
        """Behave again."""
        self.faults.clear()
        return {"waiting": 0}

    def do_reset(self, body: Document) -> Document:
        """Forget every document and fault; the clock and the subscription stay."""
        self.faults.clear()
        self.store.clear()
        return {"reset": True}

    def do_ledger(self, body: Document) -> Document:
        """Every order that was ever committed, in order: the judge of "nothing lost, nothing twice"."""
        rows = self.store.rows(
            "SELECT seq, external_id, order_id, idempotency_key, at FROM ledger ORDER BY seq"
        )
        return {"creates": [dict(row) for row in rows]}

    def do_events(self, body: Document) -> Document:
        """Every hint sent or waiting."""
        rows = self.store.rows("SELECT id, body, state, attempts, answer FROM events ORDER BY rowid")
        return {"events": [dict(row) | {"body": json.loads(row["body"])} for row in rows]}

    def _advance(self, key: int, goal: str, steps: int) -> Document:
        order = work.load(self.store, "orders", key)
        for _ in range(len(work.STAGES) if goal else steps):
            if goal and (order["stage"] not in work.STEPS or _reached(str(order["stage"]), goal)):
                break
            order = work.advance(self.store, key)
        return order

    def _wanted(self, body: Document) -> list[int]:
        given = str(body.get("order") or "")
        if not given:
            return [int(row["id"]) for row in self.store.rows("SELECT id FROM orders ORDER BY id")]
        row = self.store.row(
            "SELECT id FROM orders WHERE number = ? OR external_id = ? OR CAST(id AS TEXT) = ?",
            given,
            given,
            given,
        )
        if row is None:
            raise Refusal(404, "not_found", f"There is no order {given}.")
        return [int(row["id"])]


def _reached(stage: str, goal: str) -> bool:
    return work.STAGES.index(stage) >= work.STAGES.index(goal)
