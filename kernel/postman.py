"""How workers send e-mails: claimed under a lease, sent outside any transaction, told in the history.

At least once: a worker that dies after handing over sends it again, under the same Message-ID.
"""

import logging
import smtplib
import uuid
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from kernel.attachments import draw
from kernel.mail import State, tell
from kernel.mail_models import MailQuerySet, OutgoingMail
from kernel.relay import scaled

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)  # Longer than a task may live, so that two never hold the same e-mail.
BACKOFF_BASE = timedelta(seconds=15)
BACKOFF_CAP = timedelta(hours=1)
BUDGET = 10  # attempts, some three hours


def send(public_id: str) -> bool:
    """Send this e-mail if it is due; False when it is not, or when it did not work this time."""
    mail = claim(public_id)
    if mail is None:
        return False
    try:
        message_of(mail).send(fail_silently=False)
    except Exception as error:
        # Whatever went wrong, drawing or handing over, costs this e-mail an attempt and nobody else their turn.
        logger.warning("E-mail %s was not sent: %s", mail.public_id, type(error).__name__)
        give_back(mail, error)
        return False
    return sent(mail)


def sweep(*, limit: int = 20) -> int:
    """Send what is due, the eldest first: bells get lost, rows don't."""
    due = OutgoingMail.objects.due(timezone.now()).values_list("public_id", flat=True)[:limit]
    return sum(send(str(public_id)) for public_id in list(due))


def claim(public_id: str) -> OutgoingMail | None:
    """Lease a due e-mail to this worker; one statement, so that only one gets it."""
    now, token = timezone.now(), uuid.uuid4()
    due = OutgoingMail.objects.due(now).order_by().filter(public_id=public_id)
    taken = due.update(
        state=State.SENDING,
        lease_token=token,
        leased_until=now + LEASE,
        attempts=F("attempts") + 1,
        attempts_since_again=F("attempts_since_again") + 1,
    )
    if not taken:
        return None
    return OutgoingMail.objects.select_related("created_by").filter(lease_token=token).first()


def message_of(mail: OutgoingMail) -> EmailMessage:
    """The e-mail as it goes over the wire, what is attached drawn now."""
    message = EmailMessage(
        subject=mail.subject,
        body=mail.body,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=mail.to.split(", "),
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={"Message-ID": mail.message_id},
    )
    for kind, key in mail.attachments:
        drawn = draw(kind, key)
        message.attach(drawn.name, drawn.content, drawn.media_type)
    return message


def sent(mail: OutgoingMail) -> bool:
    """Note that it went out; False means another worker had it meanwhile."""
    with transaction.atomic():
        done = _leased(mail).update(
            state=State.SENT, sent_at=timezone.now(), last_error="", lease_token=None, leased_until=None
        )
        if done:
            tell(mail, "mailed", by=mail.created_by, note=mail.to)
    return bool(done)


def give_back(mail: OutgoingMail, error: Exception) -> None:
    """Try again later, or leave it to a person when it can't work or was tried often enough."""
    text = f"{type(error).__name__}: {error}"[:2000].replace("\x00", "")
    gone = {"last_error": text, "lease_token": None, "leased_until": None}
    if not is_final(error) and mail.attempts_since_again < BUDGET:
        _leased(mail).update(state=State.QUEUED, due_at=timezone.now() + backoff(mail), **gone)
        return
    with transaction.atomic():
        if _leased(mail).update(state=State.FAILED, **gone):
            tell(mail, "mail_failed", by=mail.created_by, note=f"{mail.to}: {text[:200]}")


def is_final(error: Exception) -> bool:
    """Whether the other side said that it will never take this e-mail."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _text in error.recipients.values())
    if not isinstance(error, smtplib.SMTPResponseException) or isinstance(
        error, smtplib.SMTPAuthenticationError
    ):
        return False
    return bool(error.smtp_code >= 550)


def backoff(mail: OutgoingMail) -> timedelta:
    """The wait before the next attempt, doubling."""
    return scaled(min(BACKOFF_CAP, BACKOFF_BASE * 2 ** min(mail.attempts_since_again - 1, 12)))


def _leased(mail: OutgoingMail) -> MailQuerySet:
    return OutgoingMail.objects.filter(pk=mail.pk, state=State.SENDING, lease_token=mail.lease_token)
