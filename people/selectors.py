"""Who works with whom."""

from typing import Any

from django.db.models import Q, QuerySet

from people.access import Scope, grant_for
from people.models import User


def colleagues(user: Any, kind: str) -> QuerySet[User]:
    """The people to whom this person may give a record of this kind."""
    people = User.objects.filter(is_active=True, is_service=False).order_by("first_name", "last_name", "pk")
    if grant_for(user, kind).scope == Scope.ALL:
        return people
    return people.filter(Q(pk=user.pk) | Q(team__in=user.team_ids))
