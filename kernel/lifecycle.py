"""Steps of a document: declared once on the model, asked here by button, API and action alike."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MethodType
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, FSMFieldDescriptor

from kernel.errors import Blocker, TransitionRefused


@dataclass(frozen=True)
class Guard:
    """A condition of a step, with the code for machines and the words for people when it does not hold."""

    code: str
    reason: Any
    holds: Callable[[Any], bool]
    field: str = ""
    fix: str = ""  # the page of the document, by name, on which the field can be filled in

    def __call__(self, document: Any) -> bool:
        return "_guards_hold" in document.__dict__ or self.holds(document)

    def blocker(self, document: Any) -> Blocker:
        return Blocker(
            self.code, self.reason, field=self.field, record=str(document), fix_url=self.fix_url(document)
        )

    def unmet(self, document: Any) -> list[Blocker]:
        """What stands in the way: nothing, or this guard's one reason."""
        return [] if self(document) else [self.blocker(document)]

    def fix_url(self, document: Any) -> str:
        return f"{reverse(self.fix, args=[document.ref])}#id_{self.field}" if self.fix else ""


@dataclass(frozen=True)
class Checklist:
    """A condition of a step that can fail for several reasons at once, each with its own words and place."""

    find: Callable[[Any], Sequence[Blocker]]

    def __call__(self, document: Any) -> bool:
        return "_guards_hold" in document.__dict__ or not self.find(document)

    def unmet(self, document: Any) -> list[Blocker]:
        """Everything that stands in the way."""
        return list(self.find(document))


@dataclass(frozen=True)
class Step:
    """A step this person may take on this document now, or why it has to wait: one button."""

    name: str
    label: Any
    blockers: tuple[Blocker, ...] = ()
    primary: bool = False
    danger: bool = False
    asks: bool = False  # needs input, so the button leads to a page of its own
    hint: Any = ""
    order: int = 50
    key: str = ""  # the key that presses the button

    @property
    def allowed(self) -> bool:
        return not self.blockers


class StateDescriptor(FSMFieldDescriptor):
    """Protects the status from assignment, except while its own row is being re-read.

    django-fsm-2 lifts the protection on the shared field during a refresh, which two threads can trip over;
    here the exception is made per instance.
    """

    def __set__(self, instance: Any, value: Any) -> None:
        if instance.__dict__.get("_state_refreshing"):
            self.field.set_state(instance, value)
        else:
            super().__set__(instance, value)


class StateField(FSMField):
    """The status of a document: changed by transitions only."""

    descriptor_class = StateDescriptor

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("protected", True)
        kwargs.setdefault("max_length", 20)
        super().__init__(*args, **kwargs)


class StatefulModel(models.Model):
    """A record with a life: a status, a reason that belongs to it, and steps between them."""

    class Meta:
        abstract = True

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self.__dict__["_state_refreshing"] = True
        try:
            super().refresh_from_db(*args, **kwargs)
        finally:
            self.__dict__.pop("_state_refreshing", None)


def reasons_match_status(name: str, reasons: Mapping[Any, Iterable[Any]]) -> models.CheckConstraint:
    """A database constraint: each status reason belongs to exactly one status."""
    condition = models.Q()
    for status, allowed in reasons.items():
        condition |= models.Q(status=str(status), status_reason__in=[str(reason) for reason in allowed])
    return models.CheckConstraint(condition=condition, name=name)


def advance(transition: MethodType, *, by: Any, **details: Any) -> None:
    """Take one step in memory on behalf of ``by``; the calling action locks and saves.

    Raises PermissionDenied, or TransitionRefused with every guard that fails.
    """
    check_step(transition, by=by)
    document: Any = transition.__self__
    # django-fsm asks every guard again; what held a moment ago in this transaction need not ask the database twice.
    document.__dict__["_guards_hold"] = True
    try:
        transition(**details)
    finally:
        document.__dict__.pop("_guards_hold", None)


def check_step(transition: MethodType, *, by: Any) -> None:
    """Whether ``by`` could take the step now; raises exactly as advance() would, and takes nothing."""
    document: Any = transition.__self__
    name = transition.__name__
    found = {s.name: s for s in document.get_all_status_transitions() if s.source == document.status}
    if name not in found:
        known = {s.name: s for s in document.get_all_status_transitions()}
        if name in known and not known[name].has_perm(document, by):
            raise PermissionDenied(_("You may not do this."))
        raise TransitionRefused(document, [not_in_this_status(document)], step=name)
    if not found[name].has_perm(document, by):
        raise PermissionDenied(_("You may not do this."))
    if unmet := [reason for guard in found[name].conditions for reason in guard.unmet(document)]:
        raise TransitionRefused(document, unmet, step=name)


def not_in_this_status(document: Any) -> Blocker:
    """The blocker for a step that the present status does not know."""
    status = str(document.get_status_display()).lower()
    return Blocker(
        "wrong_status", _("it is %(status)s") % {"status": status}, field="status", record=str(document)
    )


def steps(document: Any, user: Any) -> list[Step]:
    """The buttons to draw: steps possible from this status that this person may take, blocked ones explained."""
    found: dict[str, Step] = {}
    for transition in document.get_all_status_transitions():
        if transition.source != document.status or transition.custom.get("hidden"):
            continue
        if not transition.has_perm(document, user):
            continue
        blockers = tuple(reason for guard in transition.conditions for reason in guard.unmet(document))
        custom = transition.custom
        if blockers and custom.get("hide_blocked"):
            continue
        found[transition.name] = Step(
            name=custom.get("verb", transition.name),
            label=custom.get("label", transition.name.replace("_", " ").capitalize()),
            blockers=blockers,
            primary=custom.get("primary", False),
            danger=custom.get("danger", False),
            asks=custom.get("asks", False),
            hint=custom.get("hint", ""),
            order=custom.get("order", 50),
            key=custom.get("key", ""),
        )
    return sorted(found.values(), key=lambda step: (step.danger, step.order))
