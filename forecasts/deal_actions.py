"""What a forecast review changes about a deal: its category, its day and its amount, together or not at all."""

from typing import Any

from django.db import transaction

from kernel.writing import locked
from opportunities.actions import change_opportunity, judge_opportunity
from opportunities.models import Opportunity
from people.models import User


@transaction.atomic
def adjust_deal(
    deal: Opportunity, *, by: User, version: int | None = None, judgement: str | None, **values: Any
) -> Opportunity:
    """Let the deal count as somebody judges, on another day or with another amount; what stays is not written."""
    deal = locked(deal, version=version)
    if judgement != (deal.forecast if deal.is_judged else None):
        deal = judge_opportunity(deal, by=by, forecast=judgement)
    changed = {name: value for name, value in values.items() if getattr(deal, name) != value}
    return change_opportunity(deal, by=by, **changed) if changed else deal
