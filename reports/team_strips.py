"""Parts of a page that stand for themselves: one that fails shows its last good figures with their time."""

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.cache import cache
from django.utils import timezone

logger = logging.getLogger(__name__)
KEEP = 7 * 24 * 3600
T = TypeVar("T")


@dataclass(frozen=True)
class Strip(Generic[T]):
    """What a part shows; ``as_of`` is set where it is not of now, and nothing is there where there never was any."""

    content: T | None
    as_of: dt.datetime | None = None

    @property
    def failed(self) -> bool:
        """Whether there is nothing to show at all."""
        return self.content is None


def strip(name: str, key: str, make: Callable[[], T]) -> Strip[T]:
    """The part made now; if that fails, as it was made last for the same reader and the same question."""
    place = f"reports:strip:{name}:{key}"
    try:
        made = make()
    except Exception:
        # A figure that cannot be told must not take the page with it: work waits on the rest of it.
        logger.exception("The part %s of a page failed", name)
        return last_good(place)
    cache.set(place, (timezone.now(), made), KEEP)
    return Strip(made)


def last_good(place: str) -> Strip[Any]:
    """What was shown last, with its time."""
    found = cache.get(place)
    return Strip(found[1], found[0]) if found else Strip(None)
