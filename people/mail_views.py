"""E-mails that went out, wait or failed: for those who look after the post."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kernel.http import HtmxRequest, page, way_back
from kernel.models import OutgoingMail
from people.access import may, require
from people.mail_actions import cancel_mail, send_mail_again
from people.tables import MailTable


@require_GET
def index(request: HtmxRequest) -> HttpResponse:
    """All e-mails of the documents; ``?state=failed`` for those that need a person."""
    require(request.user, "view", OutgoingMail)
    found = MailTable.page(request, OutgoingMail.objects.all())
    return page(request, "people/mails.html", {"mails": found})


@require_GET
def detail(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """One e-mail: to whom, about what, and what became of it."""
    require(request.user, "view", OutgoingMail)
    mail = get_object_or_404(OutgoingMail.objects.select_related("created_by"), public_id=public_id)
    return page(request, "people/mail.html", {"mail": mail, "record": mail.record})


@require_POST
def send_again(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Try a failed e-mail once more."""
    require(request.user, "view", OutgoingMail)
    mail = send_mail_again(get_object_or_404(OutgoingMail, public_id=public_id), by=request.user)
    messages.success(request, _("The e-mail to %(to)s is on its way again.") % {"to": mail.to})
    return redirect("people:mail", mail.public_id)


@require_POST
def cancel(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Take an e-mail back that is still held; for others than its writer it does not exist."""
    mail = get_object_or_404(OutgoingMail, public_id=public_id)
    if mail.created_by_id != request.user.pk and not may(request.user, "cancel", OutgoingMail):
        raise Http404
    cancel_mail(mail, by=request.user)
    messages.success(request, _("The e-mail to %(to)s was not sent.") % {"to": mail.to})
    return redirect(way_back(request))
