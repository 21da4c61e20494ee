"""Making and changing drafts."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.copying import carry_over
from catalog.documents import header_columns
from catalog.lines import LineChange, Wanted, changes_from, lines_of, write_lines
from catalog.rates import rate_on
from kernel import history, outbox
from kernel.errors import ComponentOwnedElsewhere, Conflict, DomainError
from kernel.lifecycle import advance
from kernel.numbering import next_number
from kernel.ownership import owner_of
from opportunities.models import Opportunity
from people.access import require
from people.models import User
from quotes.models import Quote, QuoteLine

CHANGEABLE = {
    "name", "account", "contact", "currency", "price_list", "discount_percent", "discount_amount", "freight",
    "freight_tax_code", "effective_from", "effective_to", "expires_on", "payment_terms", "freight_terms",
    "shipping_method", "requested_delivery_on", "terms_text", "language", "owner", "team", "custom",
    *Quote.ADDRESS_FIELDS,
}  # fmt: skip


@transaction.atomic
def create_quote(*, by: User, lines: Sequence[LineChange] = (), **values: Any) -> Quote:
    """Make a draft from nothing, with its lines."""
    require(by, "add", Quote)
    refuse_if_erp_owns_quotes()
    quote = new_quote(by, values)
    quote.save()
    if lines:
        write_lines(quote, lines, on=pricing_day(quote), country=quote.ship_to_country)
        quote.save()
    history.record(quote, "created", by=by)
    outbox.publish("quote.created", quote, by=by)
    return quote


@transaction.atomic
def quote_from_opportunity(opportunity: Opportunity, *, by: User, **values: Any) -> Quote:
    """Make a draft with the opportunity's customer, currency and lines; each line knows where it came from."""
    require(by, "add", Quote)
    refuse_if_erp_owns_quotes()
    opportunity = Opportunity.objects.select_for_update().get(pk=opportunity.pk)
    require(by, "view", opportunity)
    if opportunity.status != Opportunity.Status.OPEN:
        raise DomainError(_("The opportunity is closed."), code="opportunity_closed", field="opportunity")
    taken = header_columns(opportunity, **{"name": opportunity.name} | values)
    quote = new_quote(by, taken)
    quote.opportunity = opportunity
    quote.save()
    copy_opportunity_lines(quote, opportunity)
    history.record(quote, "created", by=by, note=str(opportunity))
    outbox.publish("quote.created", quote, by=by)
    return quote


@transaction.atomic
def copy_quote(quote: Quote, *, by: User) -> Quote:
    """Make a new draft with a number of its own from any quote."""
    require(by, "add", Quote)
    require(by, "view", quote)
    refuse_if_erp_owns_quotes()
    copied = {name: getattr(quote, name) for name in COPIED_ON_REVISION}
    draft = new_quote(by, header_columns(quote, **copied | {"expires_on": None}))
    draft.opportunity = quote.opportunity
    draft.save()
    copy_lines(quote, draft)
    history.record(draft, "created", by=by, note=quote.ref)
    return draft


@transaction.atomic
def change_quote(quote: Quote, *, by: User, version: int | None = None, **values: Any) -> Quote:
    """Change the header of a draft and price it again."""
    quote = lock(quote, version)
    advance(quote.edit, by=by)
    if unknown := set(values) - CHANGEABLE:
        raise DomainError(
            _("This cannot be changed: %s") % ", ".join(sorted(unknown)), code="read_only_field"
        )
    refuse_new_currency(quote, values)
    changes = history.changes_of(quote, values)
    for name, value in values.items():
        setattr(quote, name, value)
    take_rate(quote)
    reprice_lines(quote)
    quote.save()
    history.record(quote, "changed", by=by, changes=changes)
    return quote


@transaction.atomic
def set_quote_lines(quote: Quote, lines: Wanted, *, by: User, version: int | None = None) -> Quote:
    """Make the draft's lines exactly these."""
    quote = lock(quote, version)
    advance(quote.edit, by=by)
    before = quote.total
    write_lines(quote, lines, on=pricing_day(quote), country=quote.ship_to_country)
    quote.save()
    history.record(quote, "lines_changed", by=by, changes={"total": [str(before), str(quote.total)]})
    return quote


@transaction.atomic
def get_products(quote: Quote, *, by: User) -> Quote:
    """Add the lines of the quote's opportunity to the draft."""
    quote = lock(quote)
    advance(quote.edit, by=by)
    if quote.opportunity is None:
        raise DomainError(_("The quote has no opportunity to take products from."), code="no_opportunity")
    copy_opportunity_lines(quote, quote.opportunity)
    history.record(quote, "got_products", by=by)
    return quote


@transaction.atomic
def delete_quote(quote: Quote, *, by: User) -> None:
    """Throw a draft away; anything that was ever offered is closed instead."""
    quote = lock(quote)
    require(by, "delete", quote)
    advance(quote.edit, by=by)
    if quote.revises_id:
        raise DomainError(_("A revision is closed, not deleted."), code="has_upstream")
    history.record(quote, "deleted", by=by, note=quote.ref)
    quote.delete()


COPIED_ON_REVISION = (
    "name", "effective_from", "effective_to", "expires_on", "payment_terms_id", "freight_terms", "shipping_method",
    "requested_delivery_on", "terms_text", "language", "custom", *Quote.ADDRESS_FIELDS,
)  # fmt: skip


def lock(quote: Quote, version: int | None = None) -> Quote:
    """The quote as it stands now, held until the transaction ends; refuses a stale version."""
    locked = Quote.objects.select_for_update(of=("self",)).select_related(
        "currency", "account", "contact", "price_list", "opportunity"
    ).get(pk=quote.pk)  # fmt: skip
    if version is not None and locked.version != version:
        raise Conflict(
            _("Somebody else changed this quote meanwhile. Look at it again, then repeat your change.")
        )
    return locked


def new_quote(by: User, values: Mapping[str, Any]) -> Quote:
    """A draft with a number, an owner and the defaults of its customer; not saved."""
    quote = Quote(**values, number=next_number("quote"))
    if quote.owner_id is None and quote.team_id is None:
        quote.owner, quote.team = by, by.team
    take_customer_defaults(quote)
    take_rate(quote)
    return quote


def take_customer_defaults(quote: Quote) -> None:
    """Fill addresses, terms and price list from the customer where nothing was given."""
    customer = quote.customer
    if customer is None:
        raise DomainError(_("Choose a customer."), code="no_customer", field="account")
    account = quote.account
    if account and quote.payment_terms_id is None:
        quote.payment_terms_id = account.payment_terms_id
    for side in ("bill_to", "ship_to"):
        if not getattr(quote, f"{side}_name"):
            setattr(quote, f"{side}_name", customer.name)
            for part in ("street", "postcode", "city", "country"):
                setattr(quote, f"{side}_{part}", getattr(customer, part))


def take_rate(quote: Quote) -> None:
    """Copy the exchange rate of the day, so that later rates change nothing."""
    quote.exchange_rate = rate_on(quote.currency, pricing_day(quote))


def pricing_day(quote: Quote) -> dt.date:
    """The day whose prices, taxes and rates hold for the quote."""
    return quote.effective_from or timezone.localdate()


def reprice_lines(quote: Quote) -> None:
    """Price the draft's lines again after its header changed."""
    if lines := lines_of(quote):
        write_lines(quote, changes_from(lines), on=pricing_day(quote), country=quote.ship_to_country)


def refuse_new_currency(quote: Quote, values: Mapping[str, Any]) -> None:
    currency = values.get("currency")
    if currency is not None and currency.pk != quote.currency_id and quote.lines.exists():
        raise DomainError(
            _("The currency is fixed while there are lines."), code="currency_fixed", field="currency"
        )


def refuse_if_erp_owns_quotes() -> None:
    if owner_of("quotes") == "erp":
        raise ComponentOwnedElsewhere(_("Quotes are made in the ERP and appear here by themselves."))


def copy_lines(source: Quote, target: Quote) -> None:
    """The same lines on another quote, amounts included, with one statement."""
    carry_over(source.lines.all(), QuoteLine, quote_id=target.pk, opportunity_line_id=F("opportunity_line_id"))


def copy_opportunity_lines(quote: Quote, opportunity: Opportunity) -> None:
    """Add the opportunity's lines below those there are, then price the whole quote."""
    start = quote.lines.count()
    places = Window(RowNumber(), order_by=["position", "id"]) + start
    carry_over(
        opportunity.lines.all(), QuoteLine, quote_id=quote.pk, opportunity_line_id=F("pk"), position=places
    )
    reprice_lines(quote)
    quote.save()
