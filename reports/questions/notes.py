"""What is said below an answer: how it was counted, and what it cannot know."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from kernel.formats import day_text
from reports.questions.asked import Asked


def unrated(codes: Iterable[str], asked: Asked) -> list[Any]:
    """Currencies that today has no rate for: their deals count, at the rates they were made with."""
    known = sorted(codes)
    if not known:
        return []
    return [
        _("No exchange rate on %(day)s for %(codes)s: valued at the rates of the records themselves.")
        % {"day": day_text(asked.today), "codes": ", ".join(known)}
    ]
