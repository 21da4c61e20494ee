"""HTTP as every adapter speaks it: short connects, bounded reads, no redirects, and failures in the words of
the protocol.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from time import monotonic

import httpx

from integrations.adapters.protocol import (
    AuthFailed,
    Certainty,
    ErpError,
    NotFound,
    RateLimited,
    Rejected,
    Transient,
)

LARGEST_ANSWER = 20_000_000
LONGEST_RETRY_AFTER = timedelta(hours=1)

Query = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer, small enough to keep."""

    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def text(self) -> str:
        """The body for a person's eyes."""
        return self.body.decode("utf-8", "replace")

    @property
    def date(self) -> datetime:
        """The server's clock when it answered; raises `Transient` when it does not say."""
        try:
            return parsedate_to_datetime(self.headers.get("date", "")).astimezone(UTC)
        except (TypeError, ValueError):
            raise Transient("The ERP does not say what time it is there (no Date header).") from None


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds to wait for a connection and for an answer."""

    connect: float = 5.0
    read: float = 30.0

    @classmethod
    def of(cls, options: Mapping[str, object]) -> "Patience":
        """What the options of a connection say, else the usual."""
        given = {name: options.get(f"{name}_timeout_s") for name in ("connect", "read")}
        return cls(**{name: float(str(value)) for name, value in given.items() if value})


class Http:
    """One client of one ERP. Certificates are always checked, proxies of the environment never used."""

    def __init__(self, base_url: str, *, headers: Mapping[str, str], patience: Patience) -> None:
        self._total = patience.connect + patience.read
        self._client = httpx.Client(
            base_url=base_url.rstrip("/") + "/",
            headers={"Accept": "application/json", "User-Agent": "Salesops/1", **headers},
            timeout=httpx.Timeout(patience.read, connect=patience.connect),
            follow_redirects=False,
            trust_env=False,
        )

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Query = (),
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """One request and its whole answer; any failure of transport is an `ErpError`."""
        extra = dict(headers or {})
        if content is not None:
            extra["Content-Type"] = "application/json"
        try:
            with self._client.stream(
                method, path, params=list(query), content=content, headers=extra
            ) as response:
                body = self._read(response)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise classify(error) from error
        return Reply(response.status_code, response.headers, body)

    def _read(self, response: httpx.Response) -> bytes:
        """The body, unless it is endless: in bytes or, drop by drop, in time."""
        parts, size, end = [], 0, monotonic() + self._total
        for part in response.iter_bytes():
            size += len(part)
            if size > LARGEST_ANSWER:
                raise Transient("The ERP's answer is larger than 20 MB.", status=response.status_code)
            if monotonic() > end:
                raise Transient("The ERP's answer did not end in time.", status=response.status_code)
            parts.append(part)
        return b"".join(parts)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()


def classify(exc: BaseException) -> ErpError:
    """A failure of transport, with what it says about the effect of the call."""
    if isinstance(exc, ErpError):
        return exc
    if isinstance(exc, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)):
        return Transient("No connection to the ERP.", certainty=Certainty.NOT_SENT)
    if isinstance(exc, (httpx.InvalidURL, httpx.UnsupportedProtocol)):
        return Rejected("The address of the ERP is not a valid URL.", certainty=Certainty.NOT_SENT)
    if isinstance(exc, httpx.TimeoutException):
        return Transient("The ERP did not answer in time.", certainty=Certainty.UNKNOWN)
    if isinstance(exc, httpx.HTTPError):
        return Transient(
            "The connection broke before the ERP's answer was complete.", certainty=Certainty.UNKNOWN
        )
    return ErpError(f"The ERP's answer was not understood: {exc}", certainty=Certainty.UNKNOWN)


@contextmanager
def understood(certainty: Certainty = Certainty.UNKNOWN) -> Iterator[None]:
    """Whatever cannot be read in an answer is a doubt about what happened, never a crash of ours.

    Some servers leave out fields our user may not read without a word, so the field's name is said.
    """
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise Transient(f"The ERP's answer was not understood: {error}", certainty=certainty) from error


def refusal(
    reply: Reply, text: str = "", *, code: str = "", lines: Mapping[str, str] | None = None
) -> ErpError:
    """What an answer other than 2xx means, by its status; an adapter looks first for what only its dialect
    knows.
    """
    status, words = reply.status, text or f"The ERP answered {reply.status}."
    if status in (401, 403):
        return AuthFailed(words, status=status, remote_code=code)
    if status in (404, 410):
        return NotFound(words, status=status, remote_code=code)
    if status == 429:
        return RateLimited(words, status=status, remote_code=code, retry_after=retry_after(reply))
    if status == 503:
        return Transient(
            words,
            certainty=Certainty.REFUSED,
            status=status,
            remote_code=code,
            retry_after=retry_after(reply),
        )
    if status == 408 or status >= 500:
        # A 500 after the commit made shops import one order dozens of times: the effect is unknown.
        return Transient(words, certainty=Certainty.UNKNOWN, status=status, remote_code=code)
    if 300 <= status < 400:
        words = "The ERP sends us to another address; the connection must name that one itself."
    return Rejected(words, status=status, remote_code=code, lines=lines)


def retry_after(reply: Reply) -> timedelta | None:
    """How long the server asks us to wait, in seconds or until a date, an hour at most."""
    value = reply.headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isdigit():
        wait = timedelta(seconds=min(int(value), 10**6))
    else:
        try:
            wait = parsedate_to_datetime(value).astimezone(UTC) - datetime.now(UTC)
        except (TypeError, ValueError):
            return None
    return max(timedelta(0), min(wait, LONGEST_RETRY_AFTER))
