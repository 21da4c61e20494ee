"""Secrets of connections at rest: Fernet, under a key that has a name, so that keys can be replaced."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def encrypt(clear: str) -> tuple[str, str]:
    """The ciphertext under the current key, and the name of that key."""
    key_id, key = next(iter(_keys().items()))
    return f"{key_id}:{key.encrypt(clear.encode()).decode()}", key_id


def decrypt(ciphertext: str) -> str:
    """The clear text; nothing stays nothing."""
    if not ciphertext:
        return ""
    key_id, _colon, token = ciphertext.partition(":")
    try:
        return _keys()[key_id].decrypt(token.encode()).decode()
    except (KeyError, InvalidToken) as error:
        raise ImproperlyConfigured(
            f"A stored secret can't be read: key '{key_id}' is missing from SALESOPS_SECRET_KEYS or wrong."
        ) from error


def current_key_id() -> str:
    return next(iter(_keys()))


def _keys() -> dict[str, Fernet]:
    """Keys by name, the one to write with first: ``name:key`` pairs, or one derived from SECRET_KEY."""
    pairs = getattr(settings, "SALESOPS_SECRET_KEYS", [])
    if not pairs:
        digest = hashlib.sha256(b"salesops connection secrets" + settings.SECRET_KEY.encode()).digest()
        return {"derived": Fernet(base64.urlsafe_b64encode(digest))}
    return {name: Fernet(key) for name, _colon, key in (pair.partition(":") for pair in pairs)}
