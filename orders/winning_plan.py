"""What winning a deal would do, for the page that asks: which quotes, which order, for how much."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.documents import COUNTED
from kernel import formats
from opportunities.models import Opportunity
from orders.models import Order
from orders.models.preflight import Preflight
from orders.prospects import preflight_of, who_lets_pass
from orders.selectors import kept_by
from people.access import hidden_fields, may
from people.models import User
from quotes.models import Approval, Quote, QuoteLine

RELATED = ("currency", "account", "contact", "price_list")


@dataclass(frozen=True)
class Offer:
    """An open quote of the deal, and why the deal cannot be won with it."""

    quote: Quote
    hindrances: tuple[str, ...]

    @property
    def can_win(self) -> bool:
        return not self.hindrances


@dataclass(frozen=True)
class Plan:
    """What would happen to quotes and order if the deal were won with the chosen quote."""

    opportunity: Opportunity
    offers: list[Offer]
    chosen: Quote | None
    places_orders: bool  # False: orders are made in the ERP, or the reader makes none
    from_erp: bool
    pushes: bool
    checks: Preflight | None
    approvers: list[User]

    @property
    def to_close(self) -> list[Quote]:
        """The open quotes that are closed."""
        return [one.quote for one in self.offers if self.chosen is None or one.quote.pk != self.chosen.pk]

    @property
    def can_submit(self) -> bool:
        """An order of the chosen quote could go to the ERP at once."""
        return bool(self.places_orders and self.pushes and self.checks and self.checks.is_ready)

    @property
    def suggested(self) -> Decimal:
        """What the deal is worth: the quote's net amount, else the estimate."""
        return self.chosen.net_amount if self.chosen else self.opportunity.amount

    @property
    def difference(self) -> str:
        """How the suggested amount compares with the estimate, in words."""
        return in_words(self.suggested, self.opportunity.amount, self.opportunity.currency.code)


def plan_of(opportunity: Opportunity, user: Any, *, asked: str | None = None) -> Plan:
    """What winning would do; without being asked for a quote, the only one that can win is chosen."""
    offers = offers_of(opportunity)
    able = [one.quote for one in offers if one.can_win]
    chosen = next((one for one in able if str(one.pk) == asked), None)
    if asked is None and len(able) == 1:
        chosen = able[0]
    from_erp, pushes = kept_by()
    places = not from_erp and may(user, "add", Order)
    checks = preflight_of(chosen) if chosen and places and pushes else None
    stopped = checks is not None and any(one.code == "credit_exceeded" for one in checks.blockers)
    approvers = who_lets_pass(chosen) if chosen and stopped else []
    if checks and "credit_limit" in hidden_fields(user, "account"):
        checks = replace(checks, credit=None)
    return Plan(opportunity, offers, chosen, places, from_erp, pushes, checks, approvers)


def offers_of(opportunity: Opportunity) -> list[Offer]:
    """The open quotes of a deal, the newest first, each with what hinders it: two queries."""
    lines = QuoteLine.objects.filter(quote=OuterRef("pk"), kind__in=COUNTED)
    orders = Order.objects.filter(quote=OuterRef("pk")).exclude(status="canceled")
    waiting = Approval.objects.filter(quote=OuterRef("pk"), status=Approval.Status.PENDING)
    found = Quote.objects.filter(
        opportunity=opportunity, status__in=[Quote.Status.DRAFT, Quote.Status.ACTIVE]
    ).annotate(has_some=Exists(lines), has_ordered=Exists(orders), waits=Exists(waiting))
    return [
        Offer(quote, tuple(hindrances(quote))) for quote in found.select_related(*RELATED).order_by("-id")
    ]


def hindrances(quote: Any) -> list[str]:
    """Why the deal cannot be won with this quote."""
    found = []
    if quote.status == Quote.Status.DRAFT:
        found.append(
            _("a draft that waits for an approval")
            if quote.waits
            else _("a draft: activate it first to win with it")
        )
    if quote.managed_by:
        found.append(_("it comes from the ERP and is accepted there"))
    if quote.expires_on and quote.expires_on < timezone.localdate():
        day = formats.day_text(quote.expires_on)
        found.append(_("expired on %(day)s: revise it to offer it again") % {"day": day})
    if not quote.has_some:
        found.append(_("it has no lines"))
    if quote.has_ordered:
        found.append(_("there is an order from it already"))
    return found


def in_words(actual: Decimal, estimate: Decimal, currency: str) -> str:
    """How far an amount is from the estimate: "12.00 EUR (5%) less than the estimate of 240.00 EUR"."""
    said = {"estimate": formats.money(estimate, currency)}
    if actual == estimate:
        return _("Exactly the estimate of %(estimate)s.") % said
    gap = abs(actual - estimate)
    said["gap"] = formats.money(gap, currency)
    if estimate:
        said["gap"] += f" ({formats.percent(round(100 * gap / estimate))})"
    text = (
        _("%(gap)s more than the estimate of %(estimate)s.")
        if actual > estimate
        else _("%(gap)s less than the estimate of %(estimate)s.")
    )
    return text % said
