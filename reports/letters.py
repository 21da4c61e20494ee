"""A subscription as an e-mail to one person: made as that person sees it, or why there is nothing for them."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils.translation import gettext as _

from kernel.attachments import Attachment
from kernel.models import StoredFile
from kernel.tables.reader import reading_as
from reports.contents import Content, Unseen
from reports.forecast_contents import content_of_forecast
from reports.list_contents import content_of_view
from reports.models import Subscription
from reports.printing import files_of
from reports.report_contents import content_of_report

logger = logging.getLogger(__name__)
FILE = "report_file"  # the kind of attachment: a file that was made when the report was


@dataclass(frozen=True)
class Letter:
    """What goes to one person; without files there is nothing for them, and ``problem`` says why."""

    subject: str = ""
    body: str = ""
    files: Sequence[Attachment] = field(default_factory=tuple)
    problem: str = ""


def letter_for(subscription: Subscription, user: Any) -> Letter:
    """The report with this person's rights, in their language and by their clock."""
    if not user.is_active:
        return Letter(problem=_("does not work here any more"))
    if not user.email:
        return Letter(problem=_("has no e-mail address"))
    with reading_as(user):
        try:
            content = content_for(subscription, user)
            files = files_of(content, subscription.format)
        except Unseen as reason:
            return Letter(problem=str(reason))
        except PermissionDenied:
            return Letter(problem=_("may not see this"))
        except Exception:
            # One person's report that cannot be made must not keep the others from theirs.
            logger.exception("Subscription %s could not be made for user %s", subscription.pk, user.pk)
            return Letter(problem=_("could not be made; the log says why"))
        return Letter(subject_of(subscription, content), body_of(subscription, content, user), files)


def content_for(subscription: Subscription, user: Any) -> Content:
    """What the subscription is about, as this person sees it. Raises Unseen where there is nothing to see."""
    title = subscription.name
    if subscription.about == Subscription.About.VIEW:
        if subscription.view is None:
            raise Unseen(_("the view is deleted"))
        return content_of_view(user, subscription.view, title=title)
    if subscription.about == Subscription.About.FORECAST:
        return content_of_forecast(user, subscription.query, title=title)
    return content_of_report(user, subscription.slug, subscription.query, title=title)


def subject_of(subscription: Subscription, content: Content) -> str:
    return f"{subscription.name}, {content.moment}"


def body_of(subscription: Subscription, content: Content, user: Any) -> str:
    """The figures, the way to the page, and the way out."""
    figures = [f"{one.label}: {one.text}" for one in content.figures]
    filters = [f"{label}: {value}" for label, value in content.filters]
    leave = reverse("reports:subscription-leave", args=[subscription.public_id])
    why = (
        _("You set this up.")
        if subscription.owner_id == user.pk
        else _("%(who)s has this sent to you.") % {"who": subscription.owner}
    )
    out = _("Unsubscribe: %(url)s") % {"url": f"{settings.SITE_URL}{leave}"}
    paragraphs = [
        _("As of %(moment)s, as you see it.") % {"moment": content.moment},
        "\n".join(filters), "\n".join(figures), f"{settings.SITE_URL}{content.url}" if content.url else "",
        f"{why} {out}",
    ]  # fmt: skip
    return "\n\n".join(filter(None, paragraphs)) + "\n"


def kept_file(public_id: str) -> Attachment:
    """A file of a report, as it was when it was made."""
    stored = StoredFile.objects.get(public_id=public_id)
    with stored.content.open("rb") as file:
        return Attachment(stored.name, file.read(), stored.media_type)
