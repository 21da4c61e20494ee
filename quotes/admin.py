"""Quotes in the back office."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from kernel.admin import ReadOnly, for_each
from people.office import RecordAdmin, ReferenceAdmin
from people.removing import remove_record
from quotes import actions
from quotes.actions.drafting import CHANGEABLE
from quotes.models import Acceptance, Approval, ApprovalRule, CustomerLink, Quote, QuoteLine


@admin.register(Quote)
class QuoteAdmin(RecordAdmin):
    creating = actions.create_quote
    changing = actions.change_quote
    deleting = remove_record
    writable = CHANGEABLE
    linked = (("lines", _("Lines")), ("orders", _("Orders")))
    list_display = [
        "number", "revision", "name", "account", "total", "currency", "expires_on", "status", "status_reason",
        "owner", "team",
    ]  # fmt: skip
    list_filter = ["status", "status_reason", "currency", "team"]
    actions = [
        for_each("activate", _("Activate"), actions.activate_quote),
        for_each("send", _("Mark as sent"), actions.send_quote),
        for_each("expire", _("Expire"), actions.expire_quote),
        for_each("close_lost", _("Close as lost"), actions.close_quote, reason=Quote.Reason.LOST),
        for_each("close_canceled", _("Close as canceled"), actions.close_quote, reason=Quote.Reason.CANCELED),
    ]


@admin.register(CustomerLink)
class CustomerLinkAdmin(ReadOnly):
    """Which addresses are out; the addresses themselves are nowhere but with the customer."""

    list_display = ["quote", "sent_to", "created_by", "created_at", "expires_on", "revoked_at", "views"]
    exclude = ["public_id", "mail"]
    ordering = ["-id"]


@admin.register(Acceptance)
class AcceptanceAdmin(ReadOnly):
    list_display = ["quote", "name", "email", "customer_po", "total", "accepted_at", "address"]
    search_fields = ["name", "email"]
    ordering = ["-id"]


@admin.register(QuoteLine)
class QuoteLineAdmin(ReadOnly):
    list_display = [
        "quote",
        "position",
        "description",
        "quantity",
        "unit",
        "unit_price",
        "net",
        "tax",
        "total",
    ]
    ordering = ["quote_id", "position"]


@admin.register(ApprovalRule)
class ApprovalRuleAdmin(ReferenceAdmin):
    """The limits beyond which somebody else has to agree, by the role of the quote's owner."""

    list_display = ["role", "kind", "limit", "is_active"]
    list_filter = ["role", "is_active"]


@admin.register(Approval)
class ApprovalAdmin(ReadOnly):
    """What was asked for, and what was answered: decided on the pages, only read here."""

    list_display = ["quote", "status", "asked_by", "asked_at", "decided_by", "decided_at"]
    list_filter = ["status"]
    ordering = ["-id"]
