"""HTTP to Tryton's REST routes: search, read, create, press a button. Knows no sales and no invoices."""

import html
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from integrations.adapters.http import Http, Patience, Reply, refusal
from integrations.adapters.protocol import Certainty, ErpError, Rejected, Transient
from integrations.adapters.tryton import values

Record = dict[str, Any]
Domain = Sequence[object]
NO_BREAK_SPACE = "\u00a0"


class TrytonClient:
    """Records of one database and company, with the rights of the key's user."""

    def __init__(self, base_url: str, database: str, key: str, patience: Patience) -> None:
        self._root = f"{database}/rest/model/"
        self._http = Http(base_url, headers={"Authorization": f"Bearer {key}"}, patience=patience)
        self._context: dict[str, object] = {}
        self.server_time: datetime | None = None

    def use_company(self, company: int) -> None:
        """Work in one company: without it prices are empty and nothing can be created."""
        self._context = {"company": company}

    def search(
        self,
        model: str,
        domain: Domain,
        fields: Iterable[str],
        *,
        order: Domain = (("id", "ASC"),),
        limit: int = 0,
    ) -> list[Record]:
        """Records that match, with the fields asked for; dotted names reach into related records."""
        query = [("f", name) for name in fields]
        query += [("d", values.in_url(domain)), ("o", values.in_url(order))]
        if limit:
            query.append(("s", str(limit)))
        found = self._call("GET", model, query)
        if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
            raise Transient("The ERP's answer was not understood: a list of records was expected.")
        return found

    def get(self, model: str, record_id: int, fields: Iterable[str]) -> Record:
        """One record; raises `NotFound` when it is not there or not visible."""
        return self._record(self._call("GET", f"{model}/{record_id}", [("f", name) for name in fields]))

    def create(self, model: str, record: Record, fields: Iterable[str]) -> Record:
        """Create a record and everything nested in it, in one transaction."""
        return self._record(self._call("POST", model, [("f", name) for name in fields], record))

    def press(self, model: str, record_id: int, button: str) -> None:
        """Press a button of a record."""
        self._call("POST", f"{model}/{record_id}/{button}", [], {})

    def delete(self, model: str, record_id: int) -> None:
        """Remove a record."""
        self._call("DELETE", f"{model}/{record_id}", [])

    def method(self, model: str, name: str, arguments: Record) -> Any:
        """Call a method of a model."""
        return self._call("POST", f"{model}/{name}", [], arguments)

    def _call(self, method: str, path: str, query: list[tuple[str, str]], body: object = None) -> Any:
        reply = self._http.send(
            method,
            self._root + path,
            query=query,
            content=None if body is None else values.dumps(body),
            headers={"X-Tryton-Context": values.in_url(self._context)} if self._context else {},
        )
        if not 200 <= reply.status < 300:
            raise _refused(reply)
        if reply.headers.get("date"):
            self.server_time = reply.date
        if reply.status == 204 or not reply.body:
            return None
        try:
            return values.loads(reply.body)
        except (ValueError, TypeError, KeyError):
            text = "The ERP's answer was not understood: it is not Tryton's JSON."
            raise Transient(text, certainty=Certainty.UNKNOWN, status=reply.status) from None

    def _record(self, answer: object) -> Record:
        if not isinstance(answer, dict):
            raise Transient("The ERP's answer was not understood: a record was expected.")
        return answer

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()


def _refused(reply: Reply) -> ErpError:
    """Tryton has no error codes: the status decides, the words are for people."""
    words = _words(reply)
    if reply.status == 403:
        # A method not meant for this user: the key itself is right, so the connection stays open.
        return Rejected(words, status=403)
    return refusal(reply, words)


def _words(reply: Reply) -> str:
    try:
        answer = values.loads(reply.body)
        words = ". ".join(str(answer[name]) for name in ("message", "description") if answer.get(name))
    except (ValueError, TypeError, KeyError, AttributeError):
        # an HTML page of the server: the reason is its paragraph
        paragraph = re.search(r"<p>(.*?)</p>", reply.text[:10_000], re.DOTALL)
        words = html.unescape(paragraph.group(1)) if paragraph else ""
    return words.replace(NO_BREAK_SPACE, " ").strip()[:2000]
