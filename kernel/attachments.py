"""What e-mails carry along: who draws which kind. Knows no model, so that ``apps.py`` may register here."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Attachment:
    """A file as it goes out."""

    name: str
    content: bytes
    media_type: str = "application/pdf"


Draw = Callable[[str], Attachment]
_drawn_by: dict[str, str | Draw] = {}


def register_attachment(kind: str, draw: str | Draw) -> None:
    """Say who draws attachments of a kind, given the record's public id; a dotted path is imported when first needed.

    Called from ``AppConfig.ready``: ``register_attachment("quote_pdf", "quotes.letters.drawn_pdf")``.
    """
    _drawn_by[kind] = draw


def is_known(kind: str) -> bool:
    """Whether somebody draws this kind."""
    return kind in _drawn_by


def draw(kind: str, public_id: str) -> Attachment:
    """The attachment as it looks now."""
    by = _drawn_by[kind]
    function: Draw = import_string(by) if isinstance(by, str) else by
    return function(public_id)
