"""The ERP's working day: every so many seconds each open order goes one step further, unless the clock stands
still.
"""

import threading
from datetime import UTC, datetime, timedelta

from demo_erp.store import Store, moment
from demo_erp.troubles import why_held
from demo_erp.work import advance, load

SLOWEST, FASTEST = 3600.0, 0.2


class Clock(threading.Thread):
    """Advances what is due."""

    def __init__(self, store: Store, stop: threading.Event) -> None:
        super().__init__(name="clock", daemon=True)
        self.store = store
        self.stop = stop

    def run(self) -> None:
        """Look for orders whose time has come until the ERP stops."""
        while not self.stop.wait(0.1):
            if not paused(self.store):
                self.advance_due()

    def advance_due(self) -> None:
        """One step for each order that is due."""
        now = moment(datetime.now(UTC))
        for row in self.store.rows(
            "SELECT id FROM orders WHERE next_at <= ? ORDER BY next_at LIMIT 200", now
        ):
            if self.stop.is_set() or paused(self.store):
                return
            if why_held(load(self.store, "orders", int(row["id"]))):
                self.store.run("UPDATE orders SET next_at = NULL WHERE id = ?", int(row["id"]))
            else:
                advance(self.store, int(row["id"]))


def paused(store: Store) -> bool:
    """Whether orders only move by hand."""
    return store.setting("paused") == "1"


def pace(store: Store) -> float:
    """Seconds between two steps of an order."""
    return float(store.setting("tick", "5"))


def set_pace(store: Store, seconds: float) -> None:
    """Change the speed; what is waiting starts to wait anew."""
    with store.transaction():
        store.set_setting("tick", str(min(max(seconds, FASTEST), SLOWEST)))
        _restart(store)


def set_paused(store: Store, value: bool) -> None:
    """Stop the clock or let it run on; after a pause every order has a full step ahead of it."""
    with store.transaction():
        store.set_setting("paused", "1" if value else "0")
        if not value:
            _restart(store)


def _restart(store: Store) -> None:
    due = moment(store.now() + timedelta(seconds=pace(store)))
    store.run("UPDATE orders SET next_at = ? WHERE next_at IS NOT NULL", due)
