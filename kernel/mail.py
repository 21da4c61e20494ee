"""E-mail is written like news: a row of the same transaction, held a moment so that it can be taken back.

``kernel.postman`` is how workers send it. What is attached is drawn at sending time by whoever registered its kind.
"""

import logging
import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel import history
from kernel.attachments import Attachment, draw, is_known, register_attachment
from kernel.errors import DomainError
from kernel.mail_models import WAITING, OutgoingMail
from kernel.relay import scaled

__all__ = [
    "Attachment", "addresses", "draw", "folder", "latest", "queue", "register_attachment", "send_again", "take_back",
]  # fmt: skip

logger = logging.getLogger(__name__)

State = OutgoingMail.State
HOLD = timedelta(seconds=10)
MOST_RECIPIENTS = 20
FILE_BACKEND = "django.core.mail.backends.filebased.EmailBackend"


def queue(
    record: models.Model,
    *,
    to: str | Iterable[str],
    subject: str,
    body: str,
    by: Any,
    attachments: Sequence[tuple[str, Any]] = (),
    reply_to: str = "",
    hold: timedelta = HOLD,
) -> OutgoingMail:
    """Promise an e-mail about the record once this transaction commits and the hold is over.

    Raises DomainError where an address or the subject is none.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An e-mail is queued in the transaction it belongs to.")
    if unknown := [kind for kind, _id in attachments if not is_known(kind)]:
        raise LookupError(f"nobody draws attachments of kind {unknown[0]!r}")
    public_id, moment = uuid.uuid4(), timezone.now() + scaled(hold)
    mail = OutgoingMail(
        public_id=public_id,
        message_id=f"<{public_id}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>",
        record_type=record._meta.label_lower,
        record_id=record.pk,
        record_ref=str(getattr(record, "ref", ""))[:60],
        to=", ".join(addresses(to)),
        reply_to=addresses(reply_to, field="reply_to")[0] if reply_to else "",
        subject=one_line(subject),
        body=body,
        attachments=[[kind, str(key)] for kind, key in attachments],
        hold_until=moment,
        due_at=moment,
        created_by=by,
    )
    mail.save(force_insert=True)
    transaction.on_commit(lambda: ring(mail, after=scaled(hold)))
    return mail


def addresses(said: str | Iterable[str], *, field: str = "to") -> list[str]:
    """The addresses that were said, apart and checked; several stand between commas."""
    parts = said.replace(";", ",").split(",") if isinstance(said, str) else [str(one) for one in said]
    found = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if not found:
        raise DomainError(_("Say to which e-mail address."), code="no_recipient", field=field)
    if len(found) > MOST_RECIPIENTS or sum(map(len, found)) > 900:
        raise DomainError(_("These are too many addresses at once."), code="too_many", field=field)
    for address in found:
        try:
            validate_email(address)
        except ValidationError as error:
            text = _("%(address)s is no e-mail address.") % {"address": address}
            raise DomainError(text, code="not_an_address", field=field) from error
    return found


def one_line(subject: str) -> str:
    """A subject as headers take it: never with a line break in it."""
    clean = " ".join(subject.split())
    if not clean:
        raise DomainError(_("Give it a subject."), code="no_subject", field="subject")
    return clean[:250]


def ring(mail: OutgoingMail, *, after: timedelta = timedelta(0)) -> None:
    """Wake a worker when the hold is over; a lost ring costs seconds, because the sweeper looks anyway."""
    wait = {"countdown": after.total_seconds() + 0.2} if after else {}
    try:
        current_app.send_task(
            "mail.send", args=[str(mail.public_id)], retry=False, ignore_result=True, **wait
        )
    except Exception:
        # Whatever ails the broker: the e-mail is a row, and the sweeper will find it.
        logger.warning("No bell for e-mail %s: the broker can't be reached", mail.public_id, exc_info=True)


def take_back(mail: OutgoingMail, *, by: Any) -> OutgoingMail:
    """Do not send it after all; part of an action. Raises DomainError once it is on its way."""
    waiting = OutgoingMail.objects.filter(pk=mail.pk, state__in=WAITING)
    if not waiting.update(state=State.CANCELED):
        raise DomainError(_("The e-mail is on its way already."), code="already_sent")
    mail.refresh_from_db()
    tell(mail, "mail_canceled", by=by, note=mail.to)
    return mail


def send_again(mail: OutgoingMail, *, by: Any) -> OutgoingMail:
    """Try a failed e-mail once more, with a fresh budget; part of an action."""
    failed = OutgoingMail.objects.filter(pk=mail.pk, state=State.FAILED)
    if not failed.update(state=State.QUEUED, due_at=timezone.now(), attempts_since_again=0):
        raise DomainError(_("It has not failed."), code="not_failed")
    mail.refresh_from_db()
    tell(mail, "mailed_again", by=by, note=mail.to)
    transaction.on_commit(lambda: ring(mail))
    return mail


def tell(mail: OutgoingMail, verb: str, *, by: Any, note: str) -> None:
    """Remember it on the document, while there is one."""
    if (record := mail.record) is not None:
        history.record(record, verb, by=by, note=note)


def latest(record: models.Model, *, limit: int = 3) -> list[OutgoingMail]:
    """The last e-mails about a document, for its page."""
    return list(OutgoingMail.objects.about(record)[:limit])


def folder() -> str:
    """Where e-mails of this installation are written instead of being sent; nothing where a server sends them."""
    if settings.EMAIL_BACKEND != FILE_BACKEND:
        return ""
    return "/".join(Path(settings.EMAIL_FILE_PATH).parts[-2:])
