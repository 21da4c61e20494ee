"""What stages ask of a deal: which fields there are to ask for, and a deal's list of them with what is done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kernel import customfields
from kernel.customfields.definitions import PREFIX
from kernel.customfields.forms import form_name
from kernel.jinja import url
from opportunities.models import Opportunity, Stage
from opportunities.models.asking import AMOUNT, COLUMNS, HANGING, Answer

# The pages on which what hangs on a deal is added.
ADDED_AT = {
    "quotes": "quotes:from-opportunity",
    "stakeholders": "opportunities:add-stakeholder",
    "decision_maker": "opportunities:add-stakeholder",
    "competitors": "opportunities:add-rival",
    "members": "opportunities:add-member",
}


def askable_fields() -> list[tuple[str, Any]]:
    """The fields that stages may require or advise, as (name, what people call it); added fields come last."""
    columns = [(name, Opportunity._meta.get_field(name).verbose_name) for name in COLUMNS]  # type: ignore[union-attr]
    return [
        AMOUNT,
        *columns,
        *((name, label) for name, (label, _relation, _which) in HANGING.items()),
        *((one.key, one.label) for one in customfields.fields_of(Opportunity)),
    ]


@dataclass(frozen=True)
class Asked:
    """One thing that a stage asks for, whether the deal says it, and where it is said."""

    name: str
    label: Any
    given: bool
    required: bool
    fields: tuple[str, ...] = ()  # of the form of a deal, to be filled in right here
    url: str = ""  # or the page on which it is added

    @property
    def title(self) -> str:
        """Its label as a line of its own begins."""
        text = str(self.label)
        return text[:1].upper() + text[1:]


@dataclass(frozen=True)
class Asking:
    """A stage with all it asks for."""

    stage: Stage
    asked: list[Asked]

    @property
    def missing(self) -> int:
        """How much of what it requires is not said yet."""
        return sum(one.required and not one.given for one in self.asked)


def checklist_of(
    opportunity: Opportunity, stages: Sequence[Stage], *, known: Mapping[str, bool] | None = None
) -> list[Asking]:
    """What each of these stages asks for; stages that ask nothing are left out.

    One query for all of them at most, and none for what is ``known`` to hang on the deal.
    """
    names = [name for stage in stages for name in (*stage.required_fields, *stage.advised_fields)]
    answers = {one.name: one for one in opportunity.answers(names, known=known)}
    found = [Asking(stage, _asked_by(stage, opportunity, answers)) for stage in stages]
    return [one for one in found if one.asked]


def _asked_by(stage: Stage, opportunity: Opportunity, answers: dict[str, Answer]) -> list[Asked]:
    required = dict.fromkeys(stage.required_fields, True)
    asked = {**dict.fromkeys(stage.advised_fields, False), **required}
    ordered = [*required, *(name for name in asked if name not in required)]
    return [
        Asked(
            name, answers[name].label, answers[name].given, asked[name], fields_for(opportunity, name),
            page_for(opportunity, name),
        )
        for name in ordered if name in answers
    ]  # fmt: skip


def fields_for(opportunity: Opportunity, name: str) -> tuple[str, ...]:
    """The fields of the form of a deal that answer it; none where it is answered elsewhere."""
    if name == AMOUNT[0]:
        typed = opportunity.revenue_mode == Opportunity.Revenue.USER_PROVIDED
        return ("estimated_revenue",) if typed else ()
    if name == "probability":
        return (name,)
    if name == "next_step":
        return ("next_step", "next_step_on")
    if name.startswith(PREFIX):
        defined = customfields.named(Opportunity, name)
        return (form_name(name),) if defined is not None and defined.is_active else ()
    return (name,) if name in COLUMNS else ()


def page_for(opportunity: Opportunity, name: str) -> str:
    """The page that answers what is no field of the deal; empty where it is one."""
    if fields_for(opportunity, name):
        return ""
    if name in ("lines", AMOUNT[0]):
        return f"{opportunity.get_absolute_url()}#lines"
    address = url(ADDED_AT[name], opportunity.ref) if name in ADDED_AT else ""
    return f"{address}?role=decision_maker" if name == "decision_maker" and address else address
