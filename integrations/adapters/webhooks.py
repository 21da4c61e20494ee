"""Signed hints by the Standard Webhooks specification 1.0.0."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from integrations.adapters.protocol import AuthFailed

TOLERANCE = timedelta(seconds=300)
PREFIX = b"whsec_"


def secret_bytes(secret: bytes) -> bytes:
    """The key behind a secret, which may be written as whsec_ and base64."""
    if not secret.startswith(PREFIX):
        return secret
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise AuthFailed("The webhook secret is not valid base64.") from None


def sign(secret: bytes, message_id: str, timestamp: str, body: bytes) -> str:
    """The value of one v1 signature."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret_bytes(secret), signed, hashlib.sha256).digest()).decode()


def verified_id(headers: Mapping[str, str], body: bytes, secrets: Sequence[bytes], now: datetime) -> str:
    """The id of a message whose signature and time are right; raises `AuthFailed` for any other."""
    found = {name.lower(): value for name, value in headers.items()}
    message_id, timestamp = found.get("webhook-id", ""), found.get("webhook-timestamp", "")
    given = found.get("webhook-signature", "").split(" ")
    if not message_id or len(message_id) > 255 or not timestamp.isascii() or not timestamp.isdigit():
        raise AuthFailed("The webhook names no id or no time.")
    if len(timestamp) > 12 or abs(now - datetime.fromtimestamp(int(timestamp), UTC)) > TOLERANCE:
        raise AuthFailed("The webhook is too old or from the future.")
    expected = [sign(secret, message_id, timestamp, body).encode() for secret in secrets if secret]
    # Every pair is compared, so that the time taken tells nothing.
    matches = [hmac.compare_digest(one, other.encode()) for one in expected for other in given]
    if not any(matches):
        raise AuthFailed("The signature of the webhook is wrong.")
    return message_id
