"""What the API description says of every operation alike: refusals, headers, who may ask."""

from typing import Any

JSON = "application/problem+json"
REFUSALS = {
    "400": "The input is wrong; `errors` names each field.",
    "401": "Nobody is signed in, or the token is no longer good.",
    "403": "This person may not do this.",
    "404": "There is no such record, or it is out of this person's sight.",
    "409": "Not possible now: a step is blocked (`blockers`), the version is stale, or the request is still running.",
    "412": "The record is not at the version that `If-Match` names.",
    "415": "The body is not JSON.",
    "422": "Not possible: a rule of the business refuses it, or the idempotency key belongs to another request.",
    "429": "Too many requests; `Retry-After` says how many seconds to wait.",
}
READING = ("400", "401", "403", "404", "429")
BLOCKER = {
    "type": "object",
    "required": ["code", "text", "field", "record", "fix_url"],
    "properties": {
        "code": {"type": "string", "description": "The reason for machines."},
        "text": {"type": "string", "description": "The reason for people."},
        "field": {"type": "string", "description": "The field that lifts it; may be empty."},
        "record": {"type": "string", "description": "The record that stands in the way; may be empty."},
        "fix_url": {"type": "string", "description": "The page that lifts it; may be empty."},
    },
}
FIELD_ERROR = {
    "type": "object",
    "required": ["field", "code", "message"],
    "properties": {
        "field": {
            "type": "string",
            "description": "The field, as in `lines.0.quantity`; empty: the whole request.",
        },
        "code": {"type": "string", "description": "What is wrong, for machines."},
        "message": {"type": "string", "description": "What is wrong, for people."},
    },
}
CONFLICT = {
    "type": "object",
    "required": ["field", "base", "mine", "theirs", "by", "at"],
    "properties": {
        "field": {"type": "string", "description": "The field, as in `name` or `lines.<id>.quantity`."},
        "base": {"description": "What was read before; null where only the caller knows it."},
        "mine": {"description": "What the request says."},
        "theirs": {"description": "What stands there now."},
        "by": {"type": "string", "description": "Who changed it last."},
        "at": {"type": ["string", "null"], "format": "date-time", "description": "When it was changed last."},
    },
}
PROBLEM = {
    "type": "object",
    "description": "A refusal, as RFC 9457 has it; nothing was changed.",
    "required": ["type", "title", "status", "code", "detail", "blockers", "errors"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri",
            "description": "The kind of refusal: `urn:problem:<code>`.",
        },
        "title": {"type": "string", "description": "What happened, by status."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "code": {"type": "string", "description": "What happened, for machines."},
        "detail": {"type": "string", "description": "What happened, for people."},
        "blockers": {"type": "array", "items": BLOCKER, "description": "What stands in the way of a step."},
        "errors": {"type": "array", "items": FIELD_ERROR, "description": "What is wrong with which field."},
        "conflicts": {
            "type": "array",
            "items": CONFLICT,
            "description": "Where the request and the changed record differ, if it was too late.",
        },
    },
}
KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "maxLength": 255},
    "description": "Any text of your own: sent again within 7 days under the same key, the same request has no second"
    " effect and gets the first answer.",
}  # fmt: skip
MATCH = {
    "name": "If-Match", "in": "header", "required": False, "schema": {"type": "string"},
    "description": "The ETag that was read; the request is refused with 412 when the record has changed since.",
}  # fmt: skip
ETAG = {"description": "Version of the record, for If-Match.", "schema": {"type": "string"}}


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add to every operation how it refuses and which headers it takes (a hook of drf-spectacular)."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            if method not in ("get", "post", "patch", "put", "delete"):
                continue
            signing_in = path.endswith("/token/") and method == "post"
            add_refusals(operation, method, has_id="{" in path)
            if method != "get" and not signing_in:
                add_headers(operation, path, method)
    return result


def add_refusals(operation: dict[str, Any], method: str, *, has_id: bool) -> None:
    for status, words in REFUSALS.items():
        if (method == "get" and status not in READING) or (status in ("404", "412") and not has_id):
            continue
        content = {JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        operation["responses"].setdefault(status, {"description": words, "content": content})


def add_headers(operation: dict[str, Any], path: str, method: str) -> None:
    parameters = operation.setdefault("parameters", [])
    parameters.append(KEY)
    if "{" in path:
        parameters.append(MATCH)
    for status, answer in operation["responses"].items():
        if status in ("200", "201"):
            answer.setdefault("headers", {})["ETag"] = ETAG
