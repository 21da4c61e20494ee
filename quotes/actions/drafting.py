"""Making and changing drafts."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.copying import carry_over
from catalog.documents import LineKind, header_columns
from catalog.lines import LineChange, Wanted, changes_from, lines_of, save_columns, write_lines
from catalog.models import Currency
from catalog.rates import rate_on
from catalog.totals import in_base, reprice
from customers.parties import fill_from_customer, refuse_stopped_customer, refuse_unfit_customer
from kernel import history, outbox
from kernel.customfields import carried
from kernel.errors import ComponentOwnedElsewhere, Conflict, DomainError
from kernel.lifecycle import advance, check_step
from kernel.numbering import next_number
from kernel.ownership import owner_of
from kernel.writing import assign, locked, seen_version
from opportunities.models import Opportunity
from people.access import refuse_handover, require
from people.models import User
from quotes.actions.taking import lines_for_today
from quotes.actions.voiding import void_approvals
from quotes.models import Quote, QuoteLine

CHANGEABLE = {
    "name", "account", "contact", "currency", "price_list", "discount_percent", "discount_amount", "freight",
    "freight_tax_code", "effective_from", "effective_to", "expires_on", "payment_terms", "freight_terms",
    "shipping_method", "requested_delivery_on", "terms_text", "language", "owner", "team", "custom",
    *Quote.ADDRESS_FIELDS,
}  # fmt: skip
# Without one of these changing, a draft keeps the prices it has, whatever the price list says meanwhile.
AFFECT_PRICES = {
    "account", "contact", "currency", "price_list", "discount_percent", "discount_amount", "freight",
    "freight_tax_code", "effective_from", "ship_to_country", "ship_to_region",
}  # fmt: skip


@transaction.atomic
def create_quote(*, by: User, lines: Sequence[LineChange] = (), **values: Any) -> Quote:
    """Make a draft from nothing, with its lines."""
    require(by, "add", Quote)
    refuse_if_erp_owns_quotes()
    quote = new_quote(by, {"name": "", **values})
    refuse_unfit_customer(quote, by)
    quote.save()
    if lines or quote.freight:
        write_lines(quote, lines, on=pricing_day(quote))
        quote.save()
    history.record(quote, "created", by=by)
    outbox.publish("quote.created", quote, by=by)
    return quote


@transaction.atomic
def quote_from_opportunity(opportunity: Opportunity, *, by: User, **values: Any) -> Quote:
    """Make a draft with the opportunity's customer, currency and lines; each line knows where it came from."""
    require(by, "add", Quote)
    refuse_if_erp_owns_quotes()
    opportunity = locked(opportunity)
    require(by, "view", opportunity)
    if opportunity.status != Opportunity.Status.OPEN:
        raise DomainError(_("The opportunity is closed."), code="opportunity_closed", field="opportunity")
    quote = new_quote(
        by, values, **header_columns(opportunity), name=opportunity.name, opportunity=opportunity,
        custom=carried(opportunity, Quote),
    )  # fmt: skip
    refuse_unfit_customer(quote, by, values)
    refuse_other_currency(quote, quote.currency)
    quote.save()
    copy_opportunity_lines(quote, opportunity)
    history.record(quote, "created", by=by, note=str(opportunity))
    outbox.publish("quote.created", quote, by=by)
    return quote


@transaction.atomic
def copy_quote(quote: Quote, *, by: User) -> Quote:
    """Make a new draft with a number of its own from any quote; it belongs to the same deal while that is open."""
    require(by, "add", Quote)
    refuse_if_erp_owns_quotes()
    quote = lock_with_opportunity(quote)
    require(by, "view", quote)
    copied = {name: getattr(quote, name) for name in COPIED_ON_REVISION} | {"expires_on": None}
    copied["custom"] = carried(quote, Quote)
    deal = quote.opportunity
    if deal and deal.status == Opportunity.Status.OPEN:
        copied["opportunity"] = deal
    draft = new_quote(by, {}, **header_columns(quote), **copied)
    refuse_stopped_customer(draft)
    draft.total_base = in_base(draft.total, draft.exchange_rate, draft.currency)
    draft.save()
    copy_lines(quote, draft)
    history.record(draft, "created", by=by, note=quote.ref)
    outbox.publish("quote.created", draft, by=by)
    return draft


@transaction.atomic
def change_quote(
    quote: Quote, *, by: User, version: int | None = None, note: str = "", **values: Any
) -> Quote:
    """Change the header of a draft; it is priced again where that bears on its prices."""
    quote = lock(quote, version)
    advance(quote.edit, by=by)
    refuse_handover(quote, values, by)
    refuse_new_currency(quote, values)
    changes = assign(quote, values, allowed=CHANGEABLE)
    if not changes:
        return quote
    refuse_unfit_customer(quote, by, changes)
    if AFFECT_PRICES & changes.keys():
        take_rate(quote)
        reprice_lines(quote)
        void_approvals(quote, by=by)
    quote.save()
    history.record(quote, "changed", by=by, changes=changes, note=note)
    return quote


@transaction.atomic
def set_quote_lines(quote: Quote, lines: Wanted, *, by: User, version: int | None = None) -> Quote:
    """Make the draft's lines exactly these."""
    quote = lock(quote, version)
    advance(quote.edit, by=by)
    before = quote.total
    write_lines(quote, lines, on=pricing_day(quote))
    void_approvals(quote, by=by)
    quote.save()
    history.record(quote, "lines_changed", by=by, changes={"total": [str(before), str(quote.total)]})
    return quote


@transaction.atomic
def choose_options(quote: Quote, keys: Collection[UUID], *, by: User) -> Quote:
    """Make chosen options part of an active quote, at the prices and tax rates that were offered.

    Part of accepting: nothing is looked up again, so the total is what the customer saw.
    """
    quote = lock(quote)
    check_step(quote.accept, by=by)
    lines = lines_of(quote)
    options = {line.key: line for line in lines if line.kind == LineKind.OPTIONAL}
    if unknown := set(keys) - options.keys():
        raise DomainError(_("The quote has no such option."), code="unknown_line", field=str(min(unknown)))
    if not keys:
        return quote
    before = quote.total
    for key in keys:
        options[key].kind = LineKind.ITEM
    reprice(quote, lines)
    save_columns(lines, ["kind", *QuoteLine.AMOUNTS])
    quote.save()
    chosen = ", ".join(options[key].description for key in options if key in keys)
    history.record(
        quote, "options_chosen", by=by, note=chosen, changes={"total": [str(before), str(quote.total)]}
    )
    return quote


@transaction.atomic
def get_products(quote: Quote, *, by: User, source: Quote | None = None) -> Quote:
    """Add the lines of the quote's opportunity to the draft, or those of another quote at today's prices."""
    quote = lock_with_opportunity(quote)
    advance(quote.edit, by=by)
    if source is not None:
        require(by, "view", source)
        added = lines_for_today(source, quote).lines
        write_lines(quote, lambda there: [*changes_from(there), *added], on=pricing_day(quote))
        quote.save()
    elif quote.opportunity is None:
        raise DomainError(_("The quote has no opportunity to take products from."), code="no_opportunity")
    else:
        copy_opportunity_lines(quote, quote.opportunity)
    void_approvals(quote, by=by)
    history.record(quote, "got_products", by=by, note=source.ref if source else "")
    return quote


COPIED_ON_REVISION = (
    "name", "effective_from", "effective_to", "expires_on", "payment_terms_id", "freight_terms", "shipping_method",
    "requested_delivery_on", "terms_text", "language", *Quote.ADDRESS_FIELDS,
)  # fmt: skip


def lock(quote: Quote, version: int | None = None) -> Quote:
    """The quote as it stands now, held until the transaction ends; refuses a stale version."""
    found = Quote.objects.select_for_update(of=("self",)).select_related(
        "currency", "account", "contact", "price_list", "opportunity"
    ).filter(pk=quote.pk)  # fmt: skip
    locked = next(iter(found), None)
    if locked is None:
        raise Conflict(_("Somebody deleted this meanwhile."), code="deleted")
    version = seen_version(quote) if version is None else version
    if version is not None and locked.version != version:
        raise Conflict(
            _("Somebody else changed this quote meanwhile. Look at it again, then repeat your change.")
        )
    return locked


def lock_with_opportunity(quote: Quote) -> Quote:
    """Its opportunity first, then the quote: who makes a quote and who closes the deal wait for each other."""
    if quote.opportunity_id:
        list(Opportunity.objects.select_for_update().filter(pk=quote.opportunity_id).values_list("pk"))
    return lock(quote)


def new_quote(by: User, said: Mapping[str, Any], **taken: Any) -> Quote:
    """A draft with a number, an owner and the defaults of its customer; not saved.

    ``taken`` comes from an earlier document, ``said`` from a person and is checked.
    """
    quote = Quote(**taken)
    assign(quote, said, allowed=CHANGEABLE | {"rounding_profile"})
    if quote.owner_id is None and quote.team_id is None:
        quote.owner, quote.team = by, by.team
    require(by, "add", quote)
    fill_from_customer(quote)
    take_rate(quote)
    quote.number = next_number("quote")
    return quote


def take_rate(quote: Quote) -> None:
    """Copy the exchange rate of the day, so that later rates change nothing."""
    quote.exchange_rate = rate_on(quote.currency, pricing_day(quote))


def pricing_day(quote: Quote) -> dt.date:
    """The day whose prices, taxes and rates hold for the quote."""
    return quote.effective_from or timezone.localdate()


def reprice_lines(quote: Quote) -> None:
    """Price the draft's lines again after its header changed."""
    write_lines(quote, changes_from, on=pricing_day(quote))


def refuse_new_currency(quote: Quote, values: Mapping[str, Any]) -> None:
    currency = values.get("currency")
    if currency is None or currency.pk == quote.currency_id:
        return
    refuse_other_currency(quote, currency)
    if quote.lines.exists():
        raise DomainError(
            _("The currency is fixed while there are lines."), code="currency_fixed", field="currency"
        )


def refuse_other_currency(quote: Quote, currency: Currency) -> None:
    """One currency along the chain: a deal's quotes are in the deal's."""
    if quote.opportunity and quote.opportunity.currency_id != currency.pk:
        raise DomainError(
            _("The opportunity is in %(currency)s.") % {"currency": quote.opportunity.currency},
            code="currency_of_chain", field="currency",
        )  # fmt: skip


def refuse_if_erp_owns_quotes() -> None:
    if owner_of("quotes") == "erp":
        raise ComponentOwnedElsewhere(_("Quotes are made in the ERP and appear here by themselves."))


def copy_lines(source: Quote, target: Quote) -> None:
    """The same lines on another quote, amounts included, with one statement."""
    # A copy outside of the deal has no lines that come from it.
    same_deal = source.opportunity_id == target.opportunity_id
    sources = F("opportunity_line_id") if same_deal else None
    carry_over(source.lines.all(), QuoteLine, quote_id=target.pk, opportunity_line_id=sources)


def copy_opportunity_lines(quote: Quote, opportunity: Opportunity) -> None:
    """Add the opportunity's lines below those there are, then price the whole quote."""
    start = quote.lines.count()
    places = Window(RowNumber(), order_by=["position", "id"]) + start
    carry_over(
        opportunity.lines.all(), QuoteLine, quote_id=quote.pk, opportunity_line_id=F("pk"), position=places
    )
    reprice_lines(quote)
    quote.save()
