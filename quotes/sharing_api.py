"""Sending quotes and handing out customer links through the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.bodies import StepBody
from kernel.replay import once
from people.access import require
from people.resources import verb
from quotes import actions
from quotes.actions import sharing
from quotes.letters import usual_letter
from quotes.models import CustomerLink, Quote


class SendBody(StepBody):
    """The e-mail to the customer; without ``to`` the quote is only marked as sent."""

    to = serializers.CharField(
        required=False, max_length=1000, help_text="E-mail addresses, with commas between several."
    )
    subject = serializers.CharField(required=False, max_length=200, help_text="The usual one by default.")
    message = serializers.CharField(
        required=False,
        max_length=10_000,
        help_text="The usual words by default; `{link}` becomes the customer's address.",
    )
    attach_pdf = serializers.BooleanField(
        required=False, help_text="Whether the PDF goes along; yes by default."
    )
    with_link = serializers.BooleanField(
        required=False, help_text="Whether the customer gets a link; yes by default."
    )


class NewLinkBody(StepBody):
    """A link needs nothing said about it."""


class RevokeBody(StepBody):
    """Which link to close."""

    link = serializers.UUIDField(required=False, help_text="Id of the link; all of them without it.")


class CustomerLinkBody(serializers.ModelSerializer[CustomerLink]):
    """An address by which the customer opens the quote."""

    id = serializers.UUIDField(source="public_id", help_text="Id of the link; it does not open anything.")
    url = serializers.SerializerMethodField(help_text="The address; empty once it opens nothing any more.")

    class Meta:
        model = CustomerLink
        fields = ("id", "url", "sent_to", "created_at", "expires_on", "revoked_at", "views", "last_viewed_at")
        extra_kwargs = {
            "sent_to": {"help_text": "E-mail address it was sent to, if it was."},
            "created_at": {"help_text": "When it was made."},
            "expires_on": {"help_text": "Last day on which it opens."},
            "revoked_at": {"help_text": "When it was revoked."},
            "views": {"help_text": "How often the customer looked."},
            "last_viewed_at": {"help_text": "When the customer looked last."},
        }

    def get_url(self, link: CustomerLink) -> str:
        return sharing.address_of(link) if link.opens() else ""


class SharingSteps:
    """The steps by which a quote goes to its customer."""

    @verb(SendBody)
    def send(self: Any, quote: Quote, *, to: str = "", **said: Any) -> Quote:
        """Send it by e-mail, held for ten seconds; without an address, note that the customer has it."""
        if not to:
            return actions.send_quote(quote, by=self.by)
        usual = usual_letter(quote, by=self.by)
        letter = sharing.Letter(
            to=to,
            subject=said.get("subject") or usual.subject,
            message=said.get("message") or usual.message,
            attach_pdf=said.get("attach_pdf", True),
            with_link=said.get("with_link", True),
        )
        sharing.send_by_mail(quote, letter, by=self.by)
        return quote

    @verb()
    def cancel_sending(self: Any, quote: Quote) -> Quote:
        """Take the e-mail back while it is held, and its link with it."""
        sharing.cancel_sending(quote, by=self.by)
        return quote

    @extend_schema(responses=CustomerLinkBody(many=True), filters=False)
    @action(detail=True, url_path="customer-links", url_name="customer-links", pagination_class=None)
    def customer_links(self: Any, request: Request, **where: Any) -> Response:
        """The customer's addresses of the quote, newest first; for those who may send it."""
        quote = self.one()
        require(self.by, "send", quote)
        return Response(CustomerLinkBody(quote.customer_links.order_by("-id")[:100], many=True).data)

    @extend_schema(request=NewLinkBody, responses={201: CustomerLinkBody})
    @action(detail=True, methods=["post"], url_path="customer-link", url_name="customer-link")
    def customer_link(self: Any, request: Request, **where: Any) -> Response:
        """Make one more address for the customer, to hand over by other means."""

        def make() -> Response:
            quote = self.expected(self.one(), self.said(NewLinkBody).pop("version", None))
            return Response(CustomerLinkBody(sharing.make_link(quote, by=self.by)).data, status=201)

        return once(request, make)

    @verb(RevokeBody)
    def revoke_links(self: Any, quote: Quote, *, link: Any = None) -> Quote:
        """Close one address of the customer, or all of them, for good."""
        require(self.by, "send", quote)
        found = quote.customer_links.filter(revoked_at=None).select_related("quote")
        if link is not None:
            found = found.filter(pk=get_object_or_404(quote.customer_links, public_id=link).pk)
        for one in found:
            sharing.revoke_link(one, by=self.by)
        return quote
