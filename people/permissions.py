"""Lets Django's own permission questions ("may add orders.order") be answered by people.access."""

from typing import Any

from django.apps import apps
from django.contrib.auth.backends import BaseBackend

from people.access import grant_for
from people.models import Role


def is_administrator(user: Any) -> bool:
    """Whether the back office is open to this person."""
    return bool(user.is_active and user.is_staff and (user.role == Role.ADMINISTRATOR or user.is_superuser))


class ByRole(BaseBackend):
    """Knows nobody's password; says for signed-in people what their role lets them do."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if not user_obj.is_active or user_obj.is_anonymous:
            return False
        app, _dot, codename = perm.partition(".")
        verb, _underscore, kind = codename.rpartition("_")
        if not verb or not self._is_kind(app, kind):
            return False
        return grant_for(user_obj, kind).allows(verb)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return bool(user_obj.is_active and not user_obj.is_anonymous and is_administrator(user_obj))

    @staticmethod
    def _is_kind(app: str, kind: str) -> bool:
        return kind in apps.all_models.get(app, {})
