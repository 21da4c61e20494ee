"""What people can do to e-mails that wait or failed."""

from django.db import transaction

from kernel import mail as post
from kernel.models import OutgoingMail
from people.access import require
from people.models import User


@transaction.atomic
def send_mail_again(mail: OutgoingMail, *, by: User) -> OutgoingMail:
    """Try a failed e-mail once more."""
    require(by, "send_again", OutgoingMail)
    return post.send_again(mail, by=by)


@transaction.atomic
def cancel_mail(mail: OutgoingMail, *, by: User) -> OutgoingMail:
    """Take it back before it is sent: its writer may, and who looks after the post."""
    if mail.created_by_id != by.pk:
        require(by, "cancel", OutgoingMail)
    return post.take_back(mail, by=by)
