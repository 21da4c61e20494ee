"""The door of the back office: for administrators only."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from people.permissions import is_administrator


class BackOfficeSite(AdminSite):
    """Everything that is set up rarely, and every row there is; daily work has its own pages."""

    site_header = _("Salesops back office")
    site_title = _("Back office")
    index_title = _("Everything there is")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Deleting many at once would load everything that hangs on them; one at a time says what forbids it.
        self.disable_action("delete_selected")

    def has_permission(self, request: HttpRequest) -> bool:
        return is_administrator(request.user)
