"""The cards of a board: what each says of its deal, and whether the reader may move it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy

from activities.columns import look_up_next_steps
from kernel.addresses import record_url
from kernel.jinja import url
from opportunities.models import Opportunity, Pipeline
from opportunities.rotting import Rot, look_up_rots
from people.access import may

MOST_FIELDS = 5
# What a card may tell besides the name of the deal, in the order in which it is offered.
FIELDS: dict[str, Any] = {
    "amount": gettext_lazy("Amount"),
    "customer": gettext_lazy("Customer"),
    "next_step": gettext_lazy("Next step"),
    "age": gettext_lazy("Age in stage"),
    "quote": gettext_lazy("Quote"),
    "close_date": gettext_lazy("Close date"),
    "owner": gettext_lazy("Owner"),
    "probability": gettext_lazy("Probability"),
    "forecast": gettext_lazy("Forecast category"),
    "number": gettext_lazy("Number"),
}
USUAL = ["amount", "customer", "next_step", "age", "quote"]
WIN, LOSE = "orders:win-opportunity", "quotes:lose-opportunity"


def fields_on(pipeline: Pipeline | None) -> list[str]:
    """What the cards of a pipeline tell."""
    chosen = [name for name in (pipeline.card_fields if pipeline else []) if name in FIELDS]
    return chosen[:MOST_FIELDS] or USUAL


@dataclass(frozen=True)
class Card:
    """A deal on the board, as it stands today."""

    deal: Opportunity
    today: dt.date
    may_move: bool
    win_url: str
    lose_url: str

    @property
    def is_open(self) -> bool:
        return str(self.deal.status) == "open"

    @property
    def column(self) -> str:
        """The column it stands in: its stage while it is open, else how it ended."""
        return str(self.deal.stage_id if self.is_open else self.deal.status)

    @cached_property
    def due(self) -> dt.date | None:
        """The day of what is planned next, in the zone of the reader."""
        return timezone.localdate(self.deal.next_due_at) if self.deal.next_due_at else None

    @property
    def state(self) -> str:
        """``late``, ``today``, ``planned`` or ``none``."""
        if self.due is None:
            return "none"
        return "late" if self.due < self.today else "today" if self.due == self.today else "planned"

    @property
    def next_subject(self) -> str:
        planned = self.deal.__dict__.get("next_activity")
        return str(planned.subject) if planned else self.deal.next_step

    @property
    def rot(self) -> Rot | None:
        """How it stands with its customer, where cards tell it; see ``opportunities.rotting``."""
        return self.deal.__dict__.get("rot")

    @property
    def is_rotten(self) -> bool:
        """The customer has heard nothing for too long, and nothing is planned."""
        return self.rot is not None and self.rot.is_rotten

    @property
    def days(self) -> int:
        """How long it has been in its stage."""
        since = self.deal.stage_entered_at or self.deal.created_at
        return max(0, (self.today - timezone.localdate(since)).days)


def cards_of(user: Any, deals: Sequence[Opportunity], fields: Sequence[str]) -> list[Card]:
    """The cards of these deals; what they tell is looked up once for all of them."""
    if "next_step" in fields:
        look_up_next_steps(deals)
    if "age" in fields:
        look_up_rots(deals)
    today = timezone.localdate()
    # Whether there are such pages is asked once; a card only puts its number into their addresses.
    ends = [(verb, page) for verb, page in (("win", WIN), ("lose", LOSE)) if url(page, "1")]
    return [_card(user, deal, today, ends) for deal in deals]


def _card(user: Any, deal: Opportunity, today: dt.date, ends: Sequence[tuple[str, str]]) -> Card:
    if deal.status != Opportunity.Status.OPEN:
        return Card(deal, today, may_move=False, win_url="", lose_url="")
    urls = {verb: record_url(page, deal.ref) for verb, page in ends if may(user, verb, deal)}
    return Card(
        deal, today, may_move=may(user, "move", deal), win_url=urls.get("win", ""), lose_url=urls.get("lose", "")
    )  # fmt: skip
