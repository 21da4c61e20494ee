"""Sending a subscription: a recipient is a chunk of the job, whose transaction holds e-mail, files and progress."""

import datetime as dt
import io
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from activities.actions.following import notify
from activities.models import Notification
from kernel import history, mail
from kernel.files import keep_file
from kernel.models import Job, StoredFile
from kernel.tables.reader import reading_as
from people.service import service_user
from reports.letters import FILE, Letter
from reports.models import Recipient, Subscription

KEEP = dt.timedelta(days=30)
PATIENCE = 5  # times in a row that went wrong, then it is paused
NOTHING_DONE = {"sent": 0, "missed": 0}


@transaction.atomic
def deliver(job: Job, subscription: Subscription, recipient: Recipient, letter: Letter) -> None:
    """Queue one recipient's e-mail and note it in the job: both or neither, so that nobody gets it twice."""
    outcome = {**NOTHING_DONE, **job.outcome}
    problems = list(job.problems)
    if letter.files:
        kept = [keep(one, recipient.user) for one in letter.files]
        mail.queue(
            subscription, to=recipient.user.email, subject=letter.subject, body=letter.body, by=subscription.owner,
            attachments=[(FILE, one.public_id) for one in kept], reply_to=subscription.owner.email,
            hold=dt.timedelta(0),
        )  # fmt: skip
        outcome["sent"] += 1
    else:
        outcome["missed"] += 1
        problems.append(f"{recipient.user}: {letter.problem}")
    job.reached({"recipient": recipient.pk}, done=job.done + 1, outcome=outcome, problems=problems)


def keep(file: Any, user: Any) -> StoredFile:
    """The file as it was made, until the e-mail can no longer be sent again."""
    return keep_file(
        file.name, io.BytesIO(file.content), by=user, purpose=StoredFile.Purpose.RESULT,
        media_type=file.media_type, expires_at=timezone.now() + KEEP,
    )  # fmt: skip


@transaction.atomic
def conclude(job: Job, subscription: Subscription) -> None:
    """Note how it went, tell the owner what went wrong, and pause what goes wrong again and again."""
    kept = (
        Subscription.objects.select_related("owner").select_for_update(of=("self",)).get(pk=subscription.pk)
    )
    sent = job.outcome.get("sent", 0)
    problems = list(job.problems) or ([] if sent else [_("Nobody is left to send it to.")])
    if sent:
        kept.last_sent_at = timezone.now()
    kept.failures = 0 if sent else kept.failures + 1
    kept.last_problem = "; ".join(problems)[:500]
    if kept.failures >= PATIENCE and kept.is_active:
        kept.is_active, kept.next_at = False, None
        history.record(kept, "paused", by=service_user("reports"), note=kept.last_problem)
    kept.save(update_fields=["last_sent_at", "failures", "last_problem", "is_active", "next_at"])
    if problems:
        tell_owner(kept, problems)
    job.reached({**job.position, "concluded": True}, done=job.done, problems=problems)


def tell_owner(subscription: Subscription, problems: list[str]) -> None:
    """The owner's bell: who did not get it, and why."""
    with reading_as(subscription.owner):
        words = ngettext(
            "%(name)s did not go to one person: %(why)s",
            "%(name)s did not go to %(n)s people: %(why)s",
            len(problems),
        )
        text = words % {"name": subscription.name, "n": len(problems), "why": "; ".join(problems)}
        if not subscription.is_active:
            text = f"{_('Paused.')} {text}"
        notify([subscription.owner], text=text, record=subscription, kind=Notification.Kind.JOB)
