"""What must hold before a quote takes a step, and the words when it does not."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.documents import COUNTED
from kernel.addresses import record_url
from kernel.errors import Blocker
from kernel.lifecycle import Checklist, Guard
from kernel.shown import found_once
from opportunities.models import Opportunity
from quotes.models.limits import exceeded

has_lines = Guard(
    "no_lines",
    _("it has no lines"),
    lambda quote: found_once(quote, "has_lines", lambda: quote.lines.filter(kind__in=COUNTED).exists()),
    field="lines",
)
is_current = Guard(
    "expired",
    _("it has expired; revise it to offer it again"),
    lambda quote: quote.expires_on is None or quote.expires_on >= timezone.localdate(),
    field="expires_on",
)
is_past_expiry = Guard(
    "not_expired",
    _("it has not expired yet"),
    lambda quote: quote.expires_on is not None and quote.expires_on < timezone.localdate(),
    field="expires_on",
)
opportunity_is_open = Guard(
    "opportunity_closed",
    _("its opportunity is closed"),
    lambda quote: quote.opportunity is None or quote.opportunity.status == Opportunity.Status.OPEN,
    field="opportunity",
)
has_no_order = Guard(
    "has_order",
    _("there is an order from it already"),
    lambda quote: not quote.orders.exclude(status="canceled").exists(),
)


def unapproved(quote: Any) -> list[Blocker]:
    """Every limit that the quote exceeds, unless somebody approved at least this much."""
    found = exceeded(quote)
    live = quote.live_approval if found else None
    if live is not None and live.covers(found):
        return []
    fix = f"{record_url('quotes:detail', quote.ref)}#approval"
    blockers = [Blocker("needs_approval", one.words(), record=quote.ref, fix_url=fix) for one in found]
    if live is not None and live.status == "pending":
        text = _("it waits for an approval")
        blockers.insert(0, Blocker("approval_pending", text, record=quote.ref, fix_url=fix))
    return blockers


def needs_asking(quote: Any) -> list[Blocker]:
    """Why nobody has to be asked: nothing is exceeded, or somebody was asked already."""
    found = exceeded(quote)
    live = quote.live_approval
    if not found:
        return [Blocker("no_approval_needed", _("it needs no approval"), record=quote.ref)]
    if live is not None and (live.status == "pending" or live.covers(found)):
        return [Blocker("already_asked", _("an approval was asked for already"), record=quote.ref)]
    return []


is_approved = Checklist(unapproved)
is_askable = Checklist(needs_asking)

is_ours = Guard(
    "component_owned_by_erp",
    _("it comes from the ERP and is changed there"),
    lambda quote: not quote.managed_by,
)
