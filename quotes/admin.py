"""Quotes in the back office."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from kernel.admin import ReadOnly, for_each
from people.office import RecordAdmin
from quotes import actions
from quotes.actions.drafting import CHANGEABLE
from quotes.models import Quote, QuoteLine


@admin.register(Quote)
class QuoteAdmin(RecordAdmin):
    creating = actions.create_quote
    changing = actions.change_quote
    deleting = actions.delete_quote
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
