"""Keeping files: a random place to lie, a fingerprint, and a kind told by the bytes instead of the name."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO, Any

from django.core.files.base import File
from django.http import FileResponse
from django.utils import timezone

from kernel.file_models import StoredFile

LONGEST_NAME = 150
UNKNOWN = "application/octet-stream"
# What a file begins with says what it is; names lie.
SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
)


def keep_file(
    name: str, content: IO[bytes] | File[bytes], *, by: Any, purpose: str, media_type: str = "",
    expires_at: datetime | None = None,
) -> StoredFile:  # fmt: skip
    """Store the bytes under a random name and remember what they are; the kind is read from the bytes if not given."""
    digest, size, head = hashlib.sha256(), 0, b""
    content.seek(0)
    while chunk := content.read(1 << 16):
        digest.update(chunk)
        size += len(chunk)
        head = head or chunk[:4096]
    content.seek(0)
    stored = StoredFile(
        name=safe_name(name), media_type=media_type or kind_by_bytes(head), size=size, sha256=digest.hexdigest(),
        purpose=purpose, kept_by=by, expires_at=expires_at,
    )  # fmt: skip
    stored.content.save("", File(content), save=False)
    try:
        stored.save(force_insert=True)
    except BaseException:
        stored.content.delete(save=False)
        raise
    return stored


def safe_name(name: str) -> str:
    """The last part of a name, without control or direction marks, short enough to keep; never empty."""
    last = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(c for c in unicodedata.normalize("NFC", last) if unicodedata.category(c)[0] != "C")
    plain = re.sub(r"\s+", " ", plain).strip(" .") or "file"
    if len(plain) <= LONGEST_NAME:
        return plain
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > 10:
        return plain[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"


def kind_by_bytes(head: bytes) -> str:
    """The media type that the first bytes show; text that is no markup is plain text."""
    for signature, kind in SIGNATURES:
        if head.startswith(signature):
            return kind
    if b"\0" in head:
        return UNKNOWN
    return UNKNOWN if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") else "text/plain"


def as_download(stored: StoredFile) -> FileResponse:
    """The file as something to save, never to show: no browser runs what somebody brought."""
    response = FileResponse(stored.content.open("rb"), as_attachment=True, filename=stored.name)
    response["Content-Type"] = (
        stored.media_type if stored.media_type != "text/plain" else "text/plain; charset=utf-8"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response


def forget(files: Iterable[StoredFile]) -> int:
    """Delete rows and bytes; the bytes first, so that no row is left without anybody looking for its file."""
    count = 0
    for stored in files:
        stored.content.delete(save=False)
        stored.delete()
        count += 1
    return count


def forget_expired(*, limit: int = 500) -> int:
    """Delete files that were kept for a while only."""
    expired = StoredFile.objects.filter(expires_at__lt=timezone.now()).order_by("expires_at")
    return forget(expired[:limit])
