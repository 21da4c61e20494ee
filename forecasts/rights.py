"""Over whom somebody may set goals and make calls: by the rule object, with people and teams in place of records."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from people.access import Scope, grant_for, kind_of
from people.models import User


def may_over(by: User, verb: str, model: type[models.Model], *, person: int | None, team: int | None) -> bool:
    """Whether ``by`` may do this for a person (``team`` is theirs) or, without a person, for a team."""
    found = grant_for(by, kind_of(model))
    if not found.allows(verb) or found.scope == Scope.NONE:
        return False
    if found.scope == Scope.ALL or (person is not None and person == by.pk):
        return True
    return found.scope == Scope.TEAM and team in by.team_ids


def require_over(
    by: User, verb: str, model: type[models.Model], *, person: int | None, team: int | None
) -> None:
    """Raise PermissionDenied unless ``by`` may."""
    if not may_over(by, verb, model, person=person, team=team):
        raise PermissionDenied(_("You may not do this."))


def said_to(user: User, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The goals or calls that exist for this person: their own, those of their teams where they see teams, or all."""
    found = grant_for(user, kind_of(rows.model))
    if not found.allows("view") or found.scope == Scope.NONE:
        return rows.none()
    if found.scope == Scope.ALL:
        return rows
    reach = Q(user=user)
    if found.scope == Scope.TEAM:
        reach |= Q(user__team__in=user.team_ids) | Q(team__in=user.team_ids)
    return rows.filter(reach)
