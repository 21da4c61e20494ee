"""What salespeople at Nordlicht Machines may offer alone, and a quote that waits for their manager."""

from decimal import Decimal

from kernel import history
from opportunities.models import Opportunity
from people.models import Role, User
from quotes.actions import ask_approval, change_quote, quote_from_opportunity, set_quote_lines
from quotes.models import ApprovalRule, Quote
from salesops.demo.deals import Year
from salesops.demo.past import happened

LIMITS = {"discount": Decimal(15), "margin": Decimal(10), "amount": Decimal(100_000)}


def make_limits(admin: User) -> None:
    """More than 15 % off, less than 10 % earned or more than 100,000 needs a second pair of eyes."""
    for kind, limit in LIMITS.items():
        rule = ApprovalRule.objects.create(kind=kind, limit=limit, role=Role.SALESPERSON)
        history.record(rule, "created", by=admin)


def ask_for_one(year: Year, deal: Opportunity) -> Quote:
    """A draft with a discount that its owner may not give alone; the manager finds it on the home page."""
    by = deal.owner
    assert by is not None
    quote = quote_from_opportunity(deal, by=by, name=f"{deal.name}, framework agreement")
    quote = set_quote_lines(quote, year.some_lines(3), by=by)
    quote = change_quote(quote, by=by, discount_percent=Decimal(18))
    quote = ask_approval(quote, by=by, note="They commit to three orders a year.")
    happened(quote, days_ago=1)
    return quote
