"""What stages may ask of a deal, and whether the deal says it yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kernel import customfields
from kernel.customfields.definitions import PREFIX
from kernel.customfields.kinds import EMPTY
from kernel.errors import Blocker

# Columns that may be empty, in the order in which a deal usually comes to know them.
COLUMNS = (
    "account", "contact", "need", "timeframe", "estimated_close_on", "next_step", "next_step_on", "price_list",
)  # fmt: skip
AMOUNT = ("amount", _("amount"))
# What hangs on a deal: the name that stages use, how people call it, and the rows that count.
HANGING: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "lines": (_("lines"), "lines", {}),
    "quotes": (_("a quote"), "quotes", {}),
    "stakeholders": (_("stakeholders"), "stakeholders", {}),
    "decision_maker": (_("decision maker"), "stakeholders", {"role": "decision_maker"}),
    "competitors": (_("competitors"), "rivals", {}),
    "members": (_("deal team"), "members", {}),
}


@dataclass(frozen=True)
class Answer:
    """What the deal says to one thing that a stage may ask for."""

    name: str
    label: Any
    given: bool


class Asked(models.Model):
    """A record that stages ask for things."""

    class Meta:
        abstract = True

    def answers(self, names: Iterable[str], *, known: Mapping[str, bool] | None = None) -> list[Answer]:
        """What the deal says to each of these, in one query at most; what nobody knows any more is not asked.

        ``known`` says of what hangs on the deal whether there is any, for who has looked already.
        """
        wanted, there = list(dict.fromkeys(names)), known or {}
        hanging = {name: there[name] for name in wanted if name in HANGING and name in there}
        hanging |= self._hanging([name for name in wanted if name in HANGING and name not in hanging])
        found = (self._answer(name, hanging) for name in wanted)
        return [answer for answer in found if answer is not None]

    def answer(self, name: str) -> Answer | None:
        """What the deal says to one of them."""
        return next(iter(self.answers([name])), None)

    def missing_for(self, stage: Any) -> list[Blocker]:
        """What the stage asks for and the deal does not say yet."""
        deal: Any = self
        return [
            Blocker(
                "required_field",
                _("%(stage)s needs: %(field)s") % {"stage": stage.name, "field": one.label},
                field=one.name,
                record=str(self),
                fix_url=reverse("opportunities:answer", args=[deal.ref, one.name]),
            )
            for one in self.answers(stage.required_fields)
            if not one.given
        ]

    def _answer(self, name: str, hanging: dict[str, bool]) -> Answer | None:
        deal: Any = self
        if name in hanging:
            return Answer(name, HANGING[name][0], hanging[name])
        if name == AMOUNT[0]:
            return Answer(*AMOUNT, deal.amount > 0)
        if name.startswith(PREFIX):
            defined = customfields.named(type(self), name)
            if defined is None or not defined.is_active:
                return None
            return Answer(name, defined.label, (deal.custom or {}).get(defined.name) not in EMPTY)
        if name not in COLUMNS:
            return None
        field: Any = self._meta.get_field(name)
        given = bool(getattr(self, field.attname))
        if name == "next_step":  # a planned activity is one too
            given = given or deal.next_due_at is not None
        return Answer(name, field.verbose_name, given)

    def _hanging(self, names: list[str]) -> dict[str, bool]:
        """Which of these hang on the deal: one query, none when nothing is asked."""
        if not names:
            return {}
        if self.pk is None:
            return dict.fromkeys(names, False)
        model: Any = type(self)
        asked = {}
        for name in names:
            _label, relation, which = HANGING[name]
            rows = model._meta.get_field(relation)
            key = rows.field.name
            asked[f"has_{name}"] = Exists(
                rows.related_model._default_manager.filter(Q(**which), **{key: OuterRef("pk")})
            )
        found = model._default_manager.filter(pk=self.pk).values(**asked).get()
        return {name: found[f"has_{name}"] for name in names}
