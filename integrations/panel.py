"""What other pages show of the bridge: the sync panel of a record, and one light in the top bar."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrations import health
from integrations.models import Connection
from kernel.models import OutboxMessage
from people.access import may


def sync_panel(record: Any) -> SafeString:
    """Where a record stands in the ERP, in plain words; nothing where no ERP knows of it."""
    found = health.of_record(record)
    if not found:
        return mark_safe("")
    return mark_safe(
        render_to_string("integrations/panel.html", {"record": record, "found": found}, using="jinja2")
    )


@dataclass(frozen=True)
class Light:
    """The state of all connections in one word."""

    tone: str
    text: str
    url: str


def erp_status(request: HttpRequest) -> Light | None:
    """The light for those who may open the sync page; nothing while there is no connection."""
    if not may(request.user, "view", OutboxMessage):
        return None
    states = list(Connection.objects.values_list("state", "breaker_opened_at"))
    if not states:
        return None
    return light_of(states, reverse("integrations:sync"))


def light_of(states: list[tuple[str, datetime | None]], url: str) -> Light:
    """The worst thing there is to say, in a few words."""
    if any(state == Connection.State.BROKEN for state, _opened in states):
        return Light("danger", _("ERP: sign-in refused"), url)
    if stuck := OutboxMessage.objects.filter(state=OutboxMessage.State.DEAD).exclude(destination="").count():
        words = ngettext("ERP: %(n)s needs a person", "ERP: %(n)s need a person", stuck)
        return Light("danger", words % {"n": stuck}, url)
    if any(state == Connection.State.PAUSED for state, _opened in states):
        return Light("attention", _("ERP: paused"), url)
    if any(opened for _state, opened in states):
        return Light("attention", _("ERP: not answering"), url)
    return Light("success", _("ERP: in step"), url)
