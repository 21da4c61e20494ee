"""The cards of a board: what each says of its deal, and whether the reader may move it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from activities.columns import look_up_next_steps
from kernel.formats import day_text
from kernel.jinja import url
from opportunities.models import Opportunity, Pipeline
from opportunities.rotting import look_up_rots
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
ICONS = {"late": "triangle-alert", "today": "clock", "planned": "calendar", "none": "circle-dashed"}


def fields_on(pipeline: Pipeline | None) -> list[str]:
    """What the cards of a pipeline tell."""
    chosen = [name for name in (pipeline.card_fields if pipeline else []) if name in FIELDS]
    return chosen[:MOST_FIELDS] or USUAL


@dataclass(frozen=True)
class Card:
    """A deal on the board."""

    deal: Opportunity
    fields: Sequence[str]
    may_move: bool
    win_url: str
    lose_url: str

    @property
    def column(self) -> str:
        """The column it stands in: its stage while it is open, else how it ended."""
        deal = self.deal
        return str(deal.stage_id) if deal.status == Opportunity.Status.OPEN else str(deal.status)

    @property
    def due(self) -> str:
        """When something is planned next, so that a script puts the card in its place; empty sorts last."""
        return self.deal.next_due_at.isoformat() if self.deal.next_due_at else ""

    @property
    def state(self) -> str:
        """``late``, ``today``, ``planned`` or ``none``; closed deals have no next step to miss."""
        if self.deal.next_due_at is None:
            return "none"
        due, today = timezone.localdate(self.deal.next_due_at), timezone.localdate()
        return "late" if due < today else "today" if due == today else "planned"

    @property
    def icon(self) -> str:
        return ICONS[self.state]

    @property
    def next_words(self) -> str:
        """What is next, in words: never by color or sign alone."""
        if self.deal.next_due_at is None:
            return _("no day for it") if self.next_subject else _("no next step")
        due = timezone.localdate(self.deal.next_due_at)
        days = (timezone.localdate() - due).days
        return {
            "late": _("late by %(days)s d") % {"days": days},
            "today": _("today"),
            "planned": _("planned %(day)s") % {"day": day_text(due)},
        }[self.state]

    @property
    def next_subject(self) -> str:
        planned = self.deal.__dict__.get("next_activity")
        return str(planned.subject) if planned else self.deal.next_step

    @property
    def is_rotten(self) -> bool:
        """The customer has heard nothing for too long, and nothing is planned; see ``opportunities.rotting``."""
        rot = self.deal.__dict__.get("rot")
        return rot is not None and rot.is_rotten

    @property
    def rot_words(self) -> str:
        """How long the customer has heard nothing, where that is too long."""
        return str(self.deal.__dict__["rot"].words) if self.is_rotten else ""

    @property
    def reset_by(self) -> str:
        """What that clock was last set back by."""
        rot = self.deal.__dict__.get("rot")
        return str(rot.reset_by) if rot is not None else ""

    @property
    def days(self) -> int:
        """How long it has been in its stage."""
        since = self.deal.stage_entered_at or self.deal.created_at
        return max(0, (timezone.localdate() - timezone.localdate(since)).days)


def cards_of(user: Any, deals: Sequence[Opportunity], fields: Sequence[str]) -> list[Card]:
    """The cards of these deals; what they tell is looked up once for all of them."""
    if "next_step" in fields:
        look_up_next_steps(deals)
    if "age" in fields:
        look_up_rots(deals)
    return [_card(user, deal, fields) for deal in deals]


def _card(user: Any, deal: Opportunity, fields: Sequence[str]) -> Card:
    is_open = deal.status == Opportunity.Status.OPEN
    return Card(
        deal,
        fields,
        is_open and may(user, "move", deal),
        url("orders:win-opportunity", deal.ref) if is_open and may(user, "win", deal) else "",
        url("quotes:lose-opportunity", deal.ref) if is_open and may(user, "lose", deal) else "",
    )
