"""Telling subscribers that something changed: signed hints by Standard Webhooks, tried a few times."""

import base64
import hashlib
import hmac
import threading
import urllib.error
import urllib.request
import uuid
from datetime import UTC, datetime, timedelta

from demo_erp.store import Store, dumps, moment

RETRY_AFTER = (1, 5, 15, 60)
TIMEOUT = 10.0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        """A redirect counts as a failure: the hint goes to the address that was registered or nowhere."""


OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)


def announce(store: Store, stream: str, kind: str, key: str) -> None:
    """Queue a hint in the same transaction as the change it tells of."""
    if not store.setting("webhook_url"):
        return
    now = moment(store.now())
    body = dumps({"type": kind, "timestamp": now, "data": {"stream": stream, "id": key}})
    store.run("INSERT INTO events (id, body, state, due) VALUES (?,?,?,?)", f"msg_{uuid.uuid4().hex}", body,
              "pending", now)  # fmt: skip


def signature(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """The Standard Webhooks signature, version 1."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


class Messenger(threading.Thread):
    """Sends what is due, one after the other."""

    def __init__(self, store: Store, stop: threading.Event) -> None:
        super().__init__(name="messenger", daemon=True)
        self.store = store
        self.stop = stop

    def run(self) -> None:
        """Look for hints that are due until the ERP stops."""
        while not self.stop.wait(0.1):
            self.send_due()

    def send_due(self) -> None:
        """One attempt for everything that is due now."""
        now = moment(datetime.now(UTC))
        for row in self.store.rows(
            "SELECT * FROM events WHERE state = 'pending' AND due <= ? ORDER BY due, rowid LIMIT 50", now
        ):
            if self.stop.is_set():
                return
            delivered, answer = self._post(row["id"], row["body"].encode())
            attempts = int(row["attempts"]) + 1
            state = "sent" if delivered else "failed" if attempts > len(RETRY_AFTER) else "pending"
            wait = RETRY_AFTER[min(attempts, len(RETRY_AFTER)) - 1]
            due = moment(datetime.now(UTC) + timedelta(seconds=wait))
            self.store.run("UPDATE events SET state = ?, attempts = ?, due = ?, answer = ? WHERE id = ?",
                           state, attempts, due, answer[:200], row["id"])  # fmt: skip

    def _post(self, message_id: str, body: bytes) -> tuple[bool, str]:
        url, secret = self.store.setting("webhook_url"), self.store.setting("webhook_secret")
        if not url:
            return False, "no subscription"
        timestamp = str(int(datetime.now(UTC).timestamp()))
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": signature(secret, message_id, timestamp, body),
        }
        request = urllib.request.Request(url, data=body, headers=headers, method="POST")
        try:
            with OPENER.open(request, timeout=TIMEOUT) as response:
                return True, f"HTTP {response.status}"
        except urllib.error.HTTPError as error:
            return False, f"HTTP {error.code}"
        except OSError as error:
            return False, str(error)
