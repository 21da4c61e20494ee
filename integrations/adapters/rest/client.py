"""HTTP to an ERP that speaks the generic contract: bearer token, JSON, one request a call."""

import json
from collections.abc import Mapping
from typing import Any

from integrations.adapters.http import Http, Patience, Query, Reply, refusal
from integrations.adapters.protocol import AlreadyExists, Certainty, Conflict, ErpError, Transient

Json = dict[str, Any]


class RestClient:
    """Requests and answers as objects; any refusal is raised with the ERP's own sentence."""

    def __init__(self, base_url: str, token: str, patience: Patience) -> None:
        self._http = Http(base_url, headers={"Authorization": f"Bearer {token}"}, patience=patience)

    def get(self, path: str, query: Query = ()) -> Json:
        """Read."""
        return self._call("GET", path, query=query)

    def post(self, path: str, body: Json, *, headers: Mapping[str, str] | None = None) -> Json:
        """Create, or do something to a document."""
        return self._call("POST", path, body=body, headers=headers)

    def put(self, path: str, body: Json, *, headers: Mapping[str, str] | None = None) -> Json:
        """Replace."""
        return self._call("PUT", path, body=body, headers=headers)

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Query = (),
        body: Json | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Json:
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        reply = self._http.send(method, path, query=query, content=content, headers=headers)
        if not 200 <= reply.status < 300:
            raise _refused(reply)
        answer = _object(reply)
        if answer is None:
            text = "The ERP's answer was not understood: it is not JSON."
            raise Transient(text, certainty=Certainty.UNKNOWN, status=reply.status)
        return answer

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()


def _refused(reply: Reply) -> ErpError:
    answer = _object(reply) or {}
    text, code = str(answer.get("message") or ""), str(answer.get("code") or "")
    if reply.status == 409 and code in ("idempotency_key_reused", "external_id_taken"):
        return AlreadyExists(
            text, status=409, remote_code=code, correlation_id=str(answer.get("order_id") or "")
        )
    if reply.status == 409 and code == "in_progress":
        return Transient(text, certainty=Certainty.UNKNOWN, status=409, remote_code=code)
    if reply.status == 412:
        return Conflict(text, status=412, remote_code=code)
    given = answer.get("lines")
    faults = [line for line in given if isinstance(line, dict)] if isinstance(given, list) else []
    lines = {str(line.get("line_key") or ""): str(line.get("message") or "") for line in faults}
    return refusal(reply, text, code=code, lines=lines)


def _object(reply: Reply) -> Json | None:
    try:
        answer = json.loads(reply.body)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None
