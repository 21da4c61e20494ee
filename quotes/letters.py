"""What goes to the customer by e-mail: the usual words in their language, and the PDF."""

from django.utils.translation import override

from kernel.formats import day_text
from kernel.mail import Attachment
from people.models import Organization, User
from quotes.actions.sharing import HERE, Letter
from quotes.models import Quote
from quotes.printing import quote_pdf
from quotes.wording import words_for


def usual_letter(quote: Quote, *, by: User) -> Letter:
    """The letter one starts from: the offer, or a reminder of it; addressed to the contact."""
    organization = Organization.current()
    words = words_for(quote.language, organization)
    kind = "reminder" if quote.status_reason == Quote.Reason.OPEN else "mail"
    contact, account = quote.contact, quote.account
    with override(words.tag):
        valid = words("mail_valid", date=day_text(quote.expires_on)) if quote.expires_on else ""
    sender = "\n".join(filter(None, [str(by), organization.name if organization.pk else ""]))
    name = str(contact or account or "")
    wanted = contact.email if contact and not contact.do_not_email else ""
    return Letter(
        to=wanted or (account.email if account else ""),
        subject=words(f"{kind}_subject", number=quote.ref, name=quote.name),
        message=words(
            f"{kind}_message", contact=name, number=quote.ref, link=HERE, valid=valid, sender=sender
        ),
    )


def drawn_pdf(public_id: str) -> Attachment:
    """The quote as a file of an e-mail, as it looks when the e-mail leaves."""
    quote = Quote.objects.select_related("account", "contact", "currency", "owner", "payment_terms").get(
        public_id=public_id
    )
    return Attachment(file_name(quote), quote_pdf(quote))


def file_name(quote: Quote) -> str:
    """The name of its PDF, without anything a disk or a header would stumble over."""
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in quote.ref)
    return f"{safe}.pdf"
