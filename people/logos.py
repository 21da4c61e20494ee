"""Logos for the letterhead: what may be one, and how it is handed to the printer."""

import base64
import re
import struct
from xml.etree import ElementTree

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LARGEST = 500_000  # bytes
MOST_PIXELS = 4_000  # along one side
PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
# What could run, load or read something else when the picture is drawn.
ACTIVE_ELEMENTS = {
    "script",
    "foreignobject",
    "iframe",
    "object",
    "embed",
    "handler",
    "listener",
    "animate",
    "set",
}
REFERENCES = re.compile(r"url\(\s*['\"]?(?!#)|@import|javascript:", re.IGNORECASE)


def kind_of_logo(data: bytes) -> str:
    """The media type that the bytes themselves show; raises ValidationError for anything that is no fit logo."""
    if len(data) > LARGEST:
        raise ValidationError(_("The logo may have at most 500 kB."))
    if data.startswith(PNG) or data.startswith(JPEG):
        if max(pixels(data)) > MOST_PIXELS:
            raise ValidationError(_("The logo may have at most 4,000 pixels on a side."))
        return "image/png" if data.startswith(PNG) else "image/jpeg"
    check_drawing(data)
    return "image/svg+xml"


def pixels(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG or JPEG."""
    try:
        if data.startswith(PNG):
            width, height = struct.unpack(">II", data[16:24])
        else:
            width, height = jpeg_pixels(data)
    except (struct.error, IndexError) as error:
        raise ValidationError(_("The picture is damaged.")) from error
    if not width or not height:
        raise ValidationError(_("The picture is damaged."))
    return int(width), int(height)


def jpeg_pixels(data: bytes) -> tuple[int, int]:
    """The size stands in the frame header, behind segments of any length."""
    at = 2
    while data[at] == 0xFF:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if marker in JPEG_FRAMES:
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return int(width), int(height)
        at += 2 + int(length)
    raise IndexError(at)


def check_drawing(data: bytes) -> None:
    """Refuse whatever is not an SVG that only draws."""
    head = data[:2000].upper()
    if b"<!DOCTYPE" in data.upper() or b"<!ENTITY" in data.upper() or b"<SVG" not in head:
        raise ValidationError(_("The logo must be a PNG, a JPEG or a plain SVG."))
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise ValidationError(_("The logo must be a PNG, a JPEG or a plain SVG.")) from error
    if local(root.tag) != "svg" or any(acts(element) for element in root.iter()):
        raise ValidationError(_("The SVG may not hold scripts or refer to anything outside of it."))


def acts(element: ElementTree.Element) -> bool:
    """Whether an element does more than draw."""
    if local(element.tag) in ACTIVE_ELEMENTS or REFERENCES.search(element.text or ""):
        return True
    return any(acts_by(local(name), value) for name, value in element.attrib.items())


def acts_by(name: str, value: str) -> bool:
    if name.startswith("on") or REFERENCES.search(value):
        return True
    return name in ("href", "src") and not value.startswith(("#", "data:image/png", "data:image/jpeg"))


def local(name: object) -> str:
    """The name without its namespace; a comment or an instruction has none."""
    return name.rpartition("}")[2].casefold() if isinstance(name, str) else ""


def as_drawing(data: bytes, kind: str) -> str:
    """The logo as SVG text, which the printer takes for every kind."""
    if not data:
        return ""
    if kind == "image/svg+xml":
        return data.decode("utf-8", errors="replace")
    width, height = pixels(data)
    inside = base64.b64encode(data).decode()
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:{kind};base64,{inside}"/></svg>'
    )
