"""What opportunities offer to the pages of the apps below."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from kernel.errors import Blocker
from kernel.tables.bulk import BulkAction, offer
from leads.models import Lead
from opportunities.undo_actions import MODELS, last_qualification, undo_blockers


def offer_qualifying() -> None:
    """Many leads can be qualified at once, each for itself."""
    act = "opportunities.actions.qualify_lead"
    offer(BulkAction("qualify", _("Qualify"), "qualify", act=act, icon="check-check"), "lead")


@dataclass(frozen=True)
class WayBack:
    """How a lead was qualified a short while ago, and what stands in the way of taking it back."""

    by: Any
    at: dt.datetime
    made: list[Any]
    blockers: list[Blocker]


def way_back_of(lead: Lead) -> WayBack | None:
    """For the page of a lead: what qualifying made, while it can be told apart from what came later."""
    kept = last_qualification(lead)
    if kept is None:
        return None
    made = [MODELS[name].objects.filter(pk=kept.became[name]).first() for name in reversed(kept.made)]
    return WayBack(kept.by, kept.at, [record for record in made if record], undo_blockers(lead, kept))
