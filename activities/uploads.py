"""Which files are taken: what the name says and what the bytes say must be the same, and of a known kind."""

import re
from collections.abc import Callable
from typing import IO, Any, TypeAlias

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from kernel.errors import DomainError
from kernel.files import kind_by_bytes, safe_name

Bytes: TypeAlias = "IO[bytes] | UploadedFile[Any]"
MOST_BYTES = 25 * 1024 * 1024
CHUNK = 1 << 20
TAIL = 1 << 16

# What each ending promises, as the kind that the bytes must show.
TEXT, ZIP, OLE = "text/plain", "application/zip", "application/x-ole-storage"
ENDINGS = {
    "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
    "txt": TEXT, "csv": TEXT, "md": TEXT, "log": TEXT, "eml": TEXT, "ics": TEXT, "vcf": TEXT, "json": TEXT,
    "docx": ZIP, "xlsx": ZIP, "pptx": ZIP, "odt": ZIP, "ods": ZIP, "odp": ZIP, "zip": ZIP,
    "doc": OLE, "xls": OLE, "ppt": OLE, "msg": OLE,
}  # fmt: skip
MEDIA_TYPES = {
    "csv": "text/csv", "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation", "doc": "application/msword",
    "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint", "msg": "application/vnd.ms-outlook",
}  # fmt: skip
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif"})
# A picture or a PDF that is also a page or a program has two faces: whoever made it wants one of them overlooked.
ACTIVE = re.compile(rb"<\s*(?:script|html|svg|iframe|object|embed|body|!doctype|\?php)\b", re.IGNORECASE)
PROGRAMS = (b"MZ", b"\x7fELF", b"#!")
END_OF_ZIP = b"PK\x05\x06"
MACROS = b"vbaProject.bin"

# Told the name and the bytes, it answers what is wrong with them, or nothing.
Scanner = Callable[[str, Bytes], str]


def most_bytes() -> int:
    return int(getattr(settings, "ATTACHMENT_MAX_BYTES", MOST_BYTES))


def checked(name: str, content: Bytes, size: int) -> tuple[str, str]:
    """The safe name and the media type of a file that may be kept; raises DomainError saying why it may not."""
    name = safe_name(name)
    if size == 0:
        raise refusal(_("%(name)s is empty.") % {"name": name}, "empty")
    if size > most_bytes():
        largest = filesizeformat(most_bytes())
        raise refusal(_("%(name)s is larger than %(most)s.") % {"name": name, "most": largest}, "too_large")
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in ENDINGS:
        text = _("%(name)s is of a kind that is not kept here. Kept are: %(kinds)s.")
        raise refusal(text % {"name": name, "kinds": ", ".join(ENDINGS)}, "kind_not_kept")
    if not is_what_it_says(content, ENDINGS[ending]):
        text = _("%(name)s is not what its name says, so it was not kept.")
        raise refusal(text % {"name": name}, "not_what_it_says")
    if found := scanned(name, content):
        raise refusal(_("%(name)s was refused: %(why)s") % {"name": name, "why": found}, "infected")
    return name, MEDIA_TYPES.get(ending, ENDINGS[ending])


def refusal(text: str, code: str) -> DomainError:
    return DomainError(text, code=code, field="files")


def is_what_it_says(content: Bytes, promised: str) -> bool:
    """Whether the bytes are of the promised kind, and of that one only."""
    content.seek(0)
    head = content.read(4096)
    if kind_by_bytes(head) != promised or head.startswith(PROGRAMS):
        return False
    if promised == TEXT:
        return is_text(content)
    if promised == ZIP:
        return not holds(content, lambda chunk: MACROS in chunk)
    if promised in PICTURES or promised == "application/pdf":
        return not holds(content, lambda chunk: ACTIVE.search(chunk) is not None) and not is_zip_too(content)
    return True


def is_text(content: Bytes) -> bool:
    """No byte of it belongs into a binary file."""
    return not holds(content, lambda chunk: b"\0" in chunk)


def holds(content: Bytes, found: Callable[[bytes], bool]) -> bool:
    """Whether any part of the file has it, read piece by piece with a little of the last one."""
    content.seek(0)
    rest = b""
    while chunk := content.read(CHUNK):
        if found(rest + chunk):
            return True
        rest = chunk[-64:]
    return False


def is_zip_too(content: Bytes) -> bool:
    """A ZIP is read from its end, so one can hide behind a picture."""
    size = content.seek(0, 2)
    content.seek(max(0, size - TAIL - 22))
    return END_OF_ZIP in content.read()


def scanned(name: str, content: Bytes) -> str:
    """What the scanner of the installation says of it, if there is one: ``ATTACHMENT_SCANNER = "package.function"``."""
    path = getattr(settings, "ATTACHMENT_SCANNER", "")
    if not path:
        return ""
    content.seek(0)
    scanner: Scanner = import_string(path)
    return scanner(name, content) or ""
