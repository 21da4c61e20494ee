"""Values as Tryton writes them in JSON: decimals, dates and moments are objects with a class."""

import base64
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any


def dumps(value: object) -> bytes:
    """JSON that Tryton reads."""
    return json.dumps(value, default=_encode, ensure_ascii=False).encode()


def loads(text: bytes) -> Any:
    """What Tryton wrote; its moments are UTC without saying so, ours say it."""
    return json.loads(text, object_hook=_decode)


def in_url(value: object) -> str:
    """A domain, an order or a context in an address or a header: base64url of JSON, with padding."""
    return base64.urlsafe_b64encode(dumps(value)).decode()


def _encode(value: object) -> dict[str, object]:
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": format(value, "f")}
    if isinstance(value, datetime):
        utc = value.astimezone(UTC)
        return {
            "__class__": "datetime",
            **{name: getattr(utc, name) for name in ("year", "month", "day", "hour", "minute", "second")},
            "microsecond": utc.microsecond,
        }
    if isinstance(value, date):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    raise TypeError(f"no JSON for {value!r}")


def _decode(value: dict[str, Any]) -> Any:
    kind = value.get("__class__")
    parts = {name: part for name, part in value.items() if name != "__class__"}
    if kind == "Decimal":
        return Decimal(parts["decimal"])
    if kind == "datetime":
        return datetime(**parts, tzinfo=UTC)
    if kind == "date":
        return date(**parts)
    return value
