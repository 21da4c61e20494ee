"""Between us and the customer: sending by e-mail, links, views, and what customers answer short of accepting."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from activities.actions import receive_task
from activities.models import Activity
from kernel import history, mail, outbox
from kernel.errors import DomainError
from kernel.lifecycle import advance
from kernel.mail_models import WAITING
from kernel.models import OutgoingMail
from people.access import require
from people.models import User
from people.service import service_user
from quotes.actions.drafting import lock
from quotes.models import CustomerLink, Quote, QuoteLine

READABLE_AFTER = dt.timedelta(days=30)  # how long a link still shows an offer that has ended
HERE = "{link}"  # where the message names the customer's address
LONGEST_QUESTION = 2000


@dataclass(frozen=True)
class Letter:
    """What goes to the customer, as somebody wrote it; ``{link}`` stands for the customer's own address."""

    to: str
    subject: str
    message: str
    attach_pdf: bool = True
    with_link: bool = True


@transaction.atomic
def send_by_mail(quote: Quote, letter: Letter, *, by: User) -> OutgoingMail:
    """Send the offer, or remind of it: a link of its own, the e-mail held for a moment, and the quote sent."""
    quote = lock(quote)
    again = quote.status_reason == Quote.Reason.OPEN
    before = quote.status
    advance(quote.send, by=by)
    quote.save()
    recipients = mail.addresses(letter.to)
    link = open_link(quote, by=by, sent_to=recipients[0]) if letter.with_link else None
    written = mail.queue(
        quote,
        to=recipients,
        subject=letter.subject,
        body=text_of(letter, link),
        attachments=[("quote_pdf", quote.public_id)] if letter.attach_pdf else [],
        by=by,
        reply_to=by.email,
    )
    if link is not None:
        link.mail = written
        link.save(update_fields=["mail"])
    history.record(quote, "reminded" if again else "offered", by=by, from_status=before, note=written.to)
    outbox.publish("quote.sent", quote, by=by)
    return written


def text_of(letter: Letter, link: CustomerLink | None) -> str:
    """The message with the customer's address in its place, below it where no place was left."""
    if link is None:
        return letter.message.replace(HERE, "").strip()
    address = address_of(link)
    if HERE in letter.message:
        return letter.message.replace(HERE, address)
    return f"{letter.message.rstrip()}\n\n{address}\n"


@transaction.atomic
def cancel_sending(quote: Quote, *, by: User) -> list[OutgoingMail]:
    """Take back what has not left yet, its links with it; a quote that went no other way counts as not sent."""
    quote = lock(quote)
    require(by, "send", quote)
    waiting = list(OutgoingMail.objects.about(quote).filter(state__in=WAITING).select_for_update())
    if not waiting:
        raise DomainError(_("The e-mail is on its way already."), code="already_sent")
    for written in waiting:
        mail.take_back(written, by=by)
    quote.customer_links.filter(mail__in=waiting).update(revoked_at=timezone.now())
    if quote.status == Quote.Status.ACTIVE and not went_otherwise(quote):
        advance(quote.unsend, by=by)
        quote.save()
    return waiting


def went_otherwise(quote: Quote) -> bool:
    """Whether the customer has it by another e-mail, or somebody noted that by hand."""
    others = OutgoingMail.objects.about(quote).exclude(state=OutgoingMail.State.CANCELED)
    by_hand = history.of(quote).filter(verb="sent")
    return others.exists() or by_hand.exists()


# --- links ------------------------------------------------------------------------------------------


@transaction.atomic
def make_link(quote: Quote, *, by: User) -> CustomerLink:
    """One more address for the customer, to hand over by other means."""
    quote = lock(quote)
    require(by, "send", quote)
    if quote.status != Quote.Status.ACTIVE:
        raise DomainError(_("Only an active quote is shown to customers."), code="wrong_status")
    link = open_link(quote, by=by)
    history.record(quote, "link_made", by=by)
    return link


def open_link(quote: Quote, *, by: User, sent_to: str = "") -> CustomerLink:
    """A link that shows the quote as long as it holds, and for a while after that."""
    until = quote.expires_on + READABLE_AFTER if quote.expires_on else None
    return CustomerLink.objects.create(quote=quote, created_by=by, sent_to=sent_to[:254], expires_on=until)


@transaction.atomic
def revoke_link(link: CustomerLink, *, by: User) -> CustomerLink:
    """Close one address for good; doing it again changes nothing."""
    require(by, "send", link.quote)
    if CustomerLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()):
        history.record(link.quote, "link_revoked", by=by, note=link.sent_to)
    link.refresh_from_db()
    return link


def address_of(link: CustomerLink) -> str:
    """The whole address, as it stands in an e-mail."""
    return f"{settings.SITE_URL.rstrip('/')}{reverse('orders:customer-quote', args=[link.token])}"


def open_links(quote: Quote) -> list[tuple[CustomerLink, str]]:
    """The links that still open the quote, each with its whole address; a draft has none."""
    if quote.status == Quote.Status.DRAFT:
        return []
    return [(link, address_of(link)) for link in quote.customer_links.filter(revoked_at=None) if link.opens()]


@transaction.atomic
def note_view(link: CustomerLink) -> None:
    """Count that the customer looked; the history tells the first time of each day."""
    now = timezone.now()
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    first_today = CustomerLink.objects.filter(
        Q(last_viewed_at=None) | Q(last_viewed_at__lt=today), pk=link.pk
    ).update(views=F("views") + 1, last_viewed_at=now)
    if first_today:
        history.record(link.quote, "viewed", by=service_user("customer"), note=link.sent_to)
    else:
        CustomerLink.objects.filter(pk=link.pk).update(views=F("views") + 1, last_viewed_at=now)
    # Not a change of the offer, so its version stays as it is.
    Quote.objects.filter(pk=link.quote_id).update(last_viewed_at=now)


# --- what customers answer --------------------------------------------------------------------------


@transaction.atomic
def decline_as_customer(link: CustomerLink, *, reason: str = "") -> Quote:
    """The customer says no: the offer ends as lost, with the reason in their words. Once is enough."""
    customer = service_user("customer")
    quote = lock(link.quote)
    if quote.status_reason == Quote.Reason.LOST:
        return quote
    refuse_closed_link(link)
    before = quote.status
    advance(quote.close, by=customer, reason=Quote.Reason.LOST)
    quote.save()
    said = reason.strip()[:LONGEST_QUESTION]
    history.record(quote, "declined", by=customer, from_status=before, note=said)
    subject = _("The customer declined %(quote)s") % {"quote": quote}
    receive_task(regarding=quote, subject=subject, body=signed(said, link.sent_to), by=customer)
    outbox.publish("quote.closed", quote, by=customer)
    return quote


@transaction.atomic
def ask_as_customer(
    link: CustomerLink, *, question: str, line: QuoteLine | None = None, name: str = ""
) -> Activity:
    """A question becomes a task of whoever looks after the quote; the same question twice is one task."""
    if not (question := question.strip()[:LONGEST_QUESTION]):
        raise DomainError(_("Write your question."), code="no_question", field="question")
    about = f"{link.quote}, {line.description}" if line else str(link.quote)
    subject = _("Question from the customer: %(about)s") % {"about": about}
    return tell_owner(link, "asked", subject, signed(question, name or link.sent_to), note=question)


@transaction.atomic
def ask_for_new_offer(link: CustomerLink) -> Activity:
    """The customer would still buy: one task, however often they click."""
    subject = _("The customer asks for a new offer instead of %(quote)s") % {"quote": link.quote}
    return tell_owner(link, "asked_for_offer", subject, signed("", link.sent_to), note=link.sent_to)


def tell_owner(link: CustomerLink, verb: str, subject: str, body: str, *, note: str) -> Activity:
    """A task and an entry in the history, unless exactly this is waiting already."""
    refuse_closed_link(link)
    quote = lock(link.quote)
    customer = service_user("customer")
    task, is_new = receive_task(regarding=quote, subject=subject[:200], body=body, by=customer)
    if is_new:
        history.record(quote, verb, by=customer, note=note)
    return task


def refuse_closed_link(link: CustomerLink) -> None:
    """An address that was revoked meanwhile opens nothing and takes no answer."""
    fresh = CustomerLink.objects.filter(pk=link.pk).first()
    if fresh is None or not fresh.opens():
        raise DomainError(_("This link does not open anything any more."), code="link_closed")


def signed(text: str, name: str) -> str:
    return f"{text}\n\n{name}".strip() if name else text


__all__ = [
    "Letter", "address_of", "ask_as_customer", "ask_for_new_offer", "cancel_sending", "decline_as_customer",
    "make_link", "note_view", "open_links", "refuse_closed_link", "revoke_link", "send_by_mail",
]  # fmt: skip
