"""The sync page: how the bridge is doing, what needs a person, and every message with its attempts."""

import json
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from integrations import actions, health
from integrations.models import Connection, InboxMessage
from integrations.tables import MessageTable, tone
from kernel.http import page
from kernel.models import OutboxMessage
from people.access import may, require


@require_safe
def sync(request: HttpRequest) -> HttpResponse:
    """Every connection in figures, what needs a person, and the messages."""
    require(request.user, "view", OutboxMessage)
    sent = MessageTable.page(request, OutboxMessage.objects.exclude(destination=""))
    context = {
        "connections": health.connections(),
        "causes": health.needs_a_person(),
        "stuck_inbox": InboxMessage.objects.filter(state=InboxMessage.State.DEAD).count(),
        "messages_page": sent,
        "may_replay": may(request.user, "replay", OutboxMessage),
        "may_pause": may(request.user, "pause", Connection),
    }
    return page(request, "integrations/sync.html", context)


@require_safe
def message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """One message: what it says, every attempt, and what can be done about it."""
    require(request.user, "view", OutboxMessage)
    found = _message(message_id)
    context = {
        "message": found,
        "subject": health.subject_of(found),
        "tone": tone(found),
        "attempts": health.attempts_of(found),
        "payload": json.dumps(found.payload, indent=2, ensure_ascii=False) if found.payload else "",
        "can_send_again": found.state in (OutboxMessage.State.DEAD, OutboxMessage.State.SKIPPED),
        "can_skip": found.state in (OutboxMessage.State.DEAD, OutboxMessage.State.PENDING),
        "may_replay": may(request.user, "replay", OutboxMessage),
        "record_url": health.url_of(found),
    }
    return page(request, "integrations/message.html", context)


@require_POST
def send_again(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Send one message again; the ERP sees the same key."""
    found = _message(message_id)
    actions.send_again(found, by=request.user)
    messages.success(request, _("%(message)s is on its way again.") % {"message": found})
    return redirect("integrations:message", found.message_id)


@require_POST
def send_cause_again(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Send every message again that waits for the same cause as this one."""
    count = actions.send_cause_again(_message(message_id), by=request.user)
    text = ngettext(
        "%(count)s message is on its way again.", "%(count)s messages are on their way again.", count
    )
    messages.success(request, text % {"count": count})
    return redirect("integrations:sync")


@require_POST
def skip(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Decide that a message will not be sent."""
    found = _message(message_id)
    actions.skip_message(found, by=request.user, reason=request.POST.get("reason", ""))
    messages.success(request, _("%(message)s will not be sent.") % {"message": found})
    return redirect("integrations:message", found.message_id)


@require_POST
def pause(request: HttpRequest, code: str) -> HttpResponse:
    """Stop one connection until somebody resumes it."""
    connection = get_object_or_404(Connection, code=code)
    actions.pause_connection(connection, by=request.user, reason=request.POST.get("reason", ""))
    messages.success(
        request, _("%(connection)s is paused. What is queued stays queued.") % {"connection": connection}
    )
    return redirect("integrations:sync")


@require_POST
def resume(request: HttpRequest, code: str) -> HttpResponse:
    """Let one connection work again."""
    connection = get_object_or_404(Connection, code=code)
    actions.resume_connection(connection, by=request.user)
    messages.success(request, _("%(connection)s works again.") % {"connection": connection})
    return redirect("integrations:sync")


def _message(message_id: UUID) -> OutboxMessage:
    external = OutboxMessage.objects.exclude(destination="").select_related("actor")
    return get_object_or_404(external, message_id=message_id)
