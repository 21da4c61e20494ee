"""Hints from the ERP: authentic, fresh, and never more than a hint."""

import base64
import json
import os
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.adapters import build_adapter
from integrations.adapters.protocol import AuthFailed
from integrations.adapters.webhooks import sign
from tests.demo_erp.receiver import Receiver
from tests.integrations.adapters.conftest import order
from tests.integrations.erp_fixtures import DemoErp

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SECRET = os.urandom(32)
BODY = b'{"type":"invoice.updated","timestamp":"2026-11-22T12:00:00Z","data":{"stream":"invoices","id":"7"}}'
REST = build_adapter("rest", "http://erp.example", "token")


def _headers(secret: bytes = SECRET, *, moment: datetime = NOW, body: bytes = BODY) -> dict[str, str]:
    timestamp = str(int(moment.timestamp()))
    signature = sign(secret, "msg_1", timestamp, body)
    return {"Webhook-Id": "msg_1", "webhook-timestamp": timestamp, "webhook-signature": signature}


def test_a_signed_hint_names_stream_and_document() -> None:
    (hint,) = REST.verify_notification(_headers(), BODY, [SECRET], NOW)

    assert (hint.message_id, hint.stream, hint.remote_id, hint.change, hint.occurred_at) == (
        "msg_1", "invoices", "7", "invoice.updated", NOW,
    )  # fmt: skip


def test_both_secrets_count_while_one_is_rotated_out() -> None:
    old = os.urandom(32)
    written = b"whsec_" + base64.b64encode(old)

    assert REST.verify_notification(_headers(old), BODY, [SECRET, written], NOW)
    several = _headers()
    several["webhook-signature"] = f"v1a,xyz {sign(old, 'msg_1', several['webhook-timestamp'], BODY)}"
    assert REST.verify_notification(several, BODY, [old], NOW)


@pytest.mark.parametrize("age", [timedelta(seconds=301), timedelta(seconds=-301), timedelta(days=3650)])
def test_a_hint_of_another_time_is_refused(age: timedelta) -> None:
    with pytest.raises(AuthFailed):
        REST.verify_notification(_headers(moment=NOW - age), BODY, [SECRET], NOW)


@pytest.mark.parametrize("missing", ["Webhook-Id", "webhook-timestamp", "webhook-signature"])
def test_a_hint_without_its_headers_is_refused(missing: str) -> None:
    headers = _headers()
    del headers[missing]

    with pytest.raises(AuthFailed):
        REST.verify_notification(headers, BODY, [SECRET], NOW)


@given(position=st.integers(0, len(BODY) - 1), flip=st.integers(1, 255))
def test_one_changed_byte_is_enough_to_be_refused(position: int, flip: int) -> None:
    changed = BODY[:position] + bytes([BODY[position] ^ flip]) + BODY[position + 1 :]

    with pytest.raises(AuthFailed):
        REST.verify_notification(_headers(), changed, [SECRET], NOW)


def test_no_secret_means_nobody_is_believed() -> None:
    for secrets in ([], [b""]):
        with pytest.raises(AuthFailed):
            REST.verify_notification(_headers(b""), BODY, secrets, NOW)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"type":"x","data":[]}', b"\xff"])
def test_a_signed_hint_of_another_form_is_refused(body: bytes) -> None:
    with pytest.raises(AuthFailed):
        REST.verify_notification(_headers(body=body), body, [SECRET], NOW)


def test_tryton_sends_no_hints_so_none_is_believed() -> None:
    tryton = build_adapter("tryton", "http://erp.example/db", "key")

    with pytest.raises(AuthFailed):
        tryton.verify_notification(_headers(), BODY, [SECRET], NOW)
    assert tryton.ensure_subscription("http://crm.example/", "whsec_x") is None


def test_the_demo_erp_signs_what_we_verify(demo_erp: DemoErp) -> None:
    secret = "whsec_" + base64.b64encode(os.urandom(32)).decode()
    adapter = build_adapter("rest", demo_erp.base_url, demo_erp.token)
    with Receiver() as receiver:
        assert adapter.ensure_subscription(receiver.url, secret) is None
        created = adapter.create_order(order(), idempotency_key="k-1")
        demo_erp.advance(created.ref.id)

        message = _first(receiver)

    (hint,) = adapter.verify_notification(message.headers, message.body, [secret.encode()], datetime.now(UTC))
    assert (hint.stream, hint.remote_id, hint.change) == ("orders", created.ref.id, "order.updated")
    assert set(json.loads(message.body)) == {"type", "timestamp", "data"}


def _first(receiver: Receiver) -> Any:
    end = time.monotonic() + 60
    while not receiver.messages:
        assert time.monotonic() < end, "no hint came"
        time.sleep(0.05)
    return receiver.messages[0]
