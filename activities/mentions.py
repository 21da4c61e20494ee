"""Whom a text calls by name: ``@ben``."""

import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from people.access import may
from people.models import User

NAMED = re.compile(r"(?<![\w@.])@([\w.+-]{1,150})")
MOST_NAMED = 20


def usernames(text: str) -> list[str]:
    """The names that are called, each once; a full stop behind a name belongs to the sentence."""
    found = (name.rstrip(".+-").lower() for name in NAMED.findall(text))
    return list(dict.fromkeys(name for name in found if name))[:MOST_NAMED]


def mentioned(*texts: str) -> list[User]:
    """The people that the texts call, as far as they work here."""
    names = [name for text in texts for name in usernames(text)]
    wanted = Q()
    for name in dict.fromkeys(names):
        wanted |= Q(username__iexact=name)
    return list(staff().filter(wanted)) if names else []


def staff() -> QuerySet[User]:
    """The people who work here."""
    return User.objects.filter(is_active=True, is_service=False).order_by("first_name", "last_name", "pk")


def who_may_see(people: Iterable[User], record: Any) -> tuple[list[User], list[User]]:
    """Those of the people for whom the record exists, and the others."""
    able: list[User] = []
    unable: list[User] = []
    for one in people:
        (able if record is None or may(one, "view", record) else unable).append(one)
    return able, unable
