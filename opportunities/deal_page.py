"""All that the page of a deal shows beside its lines, in a constant number of queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from catalog.editor import Lines
from opportunities.checklist import Asked, Asking, checklist_of
from opportunities.forms import AnswerForm
from opportunities.hanging import hanging_on
from opportunities.models import Opportunity, OpportunityClose, Stage
from opportunities.rotting import rot_told
from opportunities.selectors import Milestone, way_of

MOST_CLOSES = 5


@dataclass(frozen=True)
class Row:
    """One thing that a stage asks for, with the form that says it right here, if it can be said here."""

    asked: Asked
    form: AnswerForm | None = None


@dataclass(frozen=True)
class Group:
    """What one stage asks for, as the page draws it."""

    stage: Stage
    is_current: bool
    missing: int
    rows: list[Row]


def deal_context(opportunity: Opportunity, *, user: Any, may_change: bool, lines: Lines) -> dict[str, Any]:
    """What the template of a deal is told beside its lines and steps."""
    hanging = hanging_on(opportunity)
    way = way_of(opportunity, visits=hanging.visits)
    is_open = opportunity.status == Opportunity.Status.OPEN
    known = hanging.known(lines=bool(lines.rows))
    asking = checklist_of(opportunity, ahead(way), known=known) if is_open else []
    return {
        "way": way,
        "groups": groups_of(asking, opportunity, user if may_change else None),
        "rot": rot_told(opportunity, hanging.heard) if is_open else None,
        "next_form": form_for(opportunity, user, ("next_step", "next_step_on")) if may_change else None,
        "change": opportunity.probability - opportunity.stage.probability,
        "stakeholders": hanging.stakeholders,
        "rivals": hanging.rivals,
        "members": hanging.members,
        "closes": closes_of(opportunity) if hanging.was_closed else [],
    }


def closes_of(opportunity: Opportunity) -> list[OpportunityClose]:
    """How it was closed, the last time first."""
    rows = opportunity.closes.select_related("loss_reason", "lost_to")
    return list(rows.order_by("-id")[:MOST_CLOSES])


def ahead(way: Sequence[Milestone]) -> list[Stage]:
    """The stage the deal is in, and the one after it."""
    here = next((place for place, mark in enumerate(way) if mark.state == "current"), None)
    return [] if here is None else [mark.stage for mark in way[here : here + 2]]


def groups_of(asking: Sequence[Asking], opportunity: Opportunity, user: Any) -> list[Group]:
    """What the stages ask for; each thing stands once, and has its form where this person may say it."""
    found, seen = [], set()
    for one in asking:
        rows = []
        for asked in one.asked:
            if asked.name in seen:
                continue
            seen.add(asked.name)
            here = user is not None and not asked.given and asked.fields
            rows.append(Row(asked, form_for(opportunity, user, asked.fields) if here else None))
        if rows:
            found.append(Group(one.stage, one.stage.pk == opportunity.stage_id, one.missing, rows))
    return found


def form_for(opportunity: Opportunity, user: Any, names: tuple[str, ...]) -> AnswerForm:
    """A form of one thing, with ids of its own; suggestions come while typing, not with every page."""
    form = AnswerForm(instance=opportunity, user=user, names=names, auto_id=f"here_{names[0]}_%s")
    for field in form.fields.values():
        if hasattr(field.widget, "user"):
            field.widget.user = None
    return form
