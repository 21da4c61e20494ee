"""Where the pages of records are: a list names fifty of them, so the address is looked up once a process."""

import re
from functools import lru_cache

from django.conf import settings
from django.urls import get_script_prefix, get_urlconf, reverse

PLAIN = re.compile(r"[A-Za-z0-9-]+")  # what stands in an address as it is


def record_url(page: str, ref: str) -> str:
    """The address of a record's page, the same that ``reverse`` gives."""
    if not PLAIN.fullmatch(ref):
        return reverse(page, args=[ref])
    before, after = _around(page, get_urlconf() or settings.ROOT_URLCONF, get_script_prefix())
    return f"{before}{ref}{after}"


@lru_cache(maxsize=256)
def _around(page: str, urlconf: str, prefix: str) -> tuple[str, str]:
    """What stands before and after the reference."""
    before, _ref, after = reverse(page, args=["REF"]).rpartition("REF")
    return before, after
