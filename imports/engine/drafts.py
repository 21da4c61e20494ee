"""Records in memory only: made without a form and without asking the database, a thousand at a time."""

import datetime as dt
import uuid
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db.models.base import ModelState
from django.utils.translation import gettext as _

from imports.engine.planning import Plan
from imports.engine.work import Work
from kernel import customfields
from kernel.errors import DomainError
from people.access import grant_for, in_scope

NO_COLUMNS = frozenset({"number", "external_key"})
CUSTOM = "custom."


@lru_cache(maxsize=16)
def template(model: Any) -> dict[str, Any]:
    """The columns of a new record where nothing is said."""
    values = dict(model().__dict__)
    values.pop("_state")
    return values


def blank(model: Any) -> Any:
    """A new record with its defaults, made as Django makes one that it reads: without asking each field."""
    made = model.__new__(model)
    made.__dict__.update(template(model))
    made._state = ModelState()
    made._state.db = None
    if "public_id" in made.__dict__:
        made.__dict__["public_id"] = uuid.uuid4()
    if "custom" in made.__dict__:
        made.__dict__["custom"] = {}
    return made


def draft_of(work: Work, plan: Plan) -> Any:
    """The record that the row would make; what is wrong with it is noted in the plan."""
    made = blank(work.kind.model)
    custom: dict[str, Any] = {}
    columns = made.__dict__
    for name, value in plan.values.items():
        if name.startswith(CUSTOM):
            custom[name.removeprefix(CUSTOM)] = value
        elif name in columns:
            columns[name] = value
        elif name not in NO_COLUMNS:
            setattr(made, name, value)
    if custom or work.has_own_fields:
        add_custom(work, plan, made, custom)
    if "owner_id" in columns:
        give_owner(work, plan, made)
    return made


def add_custom(work: Work, plan: Plan, made: Any, given: Mapping[str, Any]) -> None:
    """The fields that the organization added, with their defaults and rules."""
    try:
        made.__dict__["custom"] = customfields.clean(work.kind.model, given, {}, is_new=True)
    except DomainError as refusal:
        for blocker in refusal.blockers:
            plan.fail(blocker.field, blocker.code, blocker.text)


def give_owner(work: Work, plan: Plan, made: Any) -> None:
    """Without an owner it is the importer's; it has to lie within their reach."""
    user = work.user
    if made.owner_id is None and made.team_id is None:
        if not user.is_service or work.kind.name != "leads":
            columns = made.__dict__
            columns["owner_id"], columns["team_id"] = user.pk, user.team_id
            made._state.fields_cache |= {"owner": user, "team": user.team}
    elif made.team_id is None:
        made.team = made.owner.team
    reach = work.reach
    key = (made.owner_id, made.team_id)
    if key not in reach:
        reach[key] = in_scope(user, made, grant_for(user, work.kind.model._meta.model_name).scope)
    if not reach[key]:
        plan.fail("owner", "out_of_reach", _("You may hand it only to somebody you work with."))


def finished(made: Any, *, number: str, now: dt.datetime, key: int) -> None:
    """What saving adds to a record: its key, number, moments and search text."""
    columns = made.__dict__
    columns["id"] = key
    if number:
        columns["number"] = number
    columns["version"] = 1
    columns["created_at"] = columns["updated_at"] = now
    columns["search_text"] = made.text_to_search()


def changes_of(work: Work, plan: Plan) -> dict[str, Any]:
    """What the row would change of the record that is there, ready for its action."""
    record, changed, custom = plan.record, {}, {}
    for name, value in said_of_existing(work, plan).items():
        if name in NO_COLUMNS or work.fields[name].at_creation_only:
            continue
        if name.startswith(CUSTOM):
            key = name.removeprefix(CUSTOM)
            if kept_form(record.custom.get(key)) != kept_form(value):
                custom[key] = value
        elif differs(record, name, value):
            changed[name] = value
    return changed | ({"custom": custom} if custom else {})


def said_of_existing(work: Work, plan: Plan) -> dict[str, Any]:
    """The values of the row; an empty cell empties the field where that was chosen."""
    values = dict(plan.values)
    if work.options.get("blank") == "clear":
        for name in plan.blank:
            if not work.fields[name].required:
                values.setdefault(name, work.fields[name].blank)
    return values


def differs(record: Any, name: str, value: Any) -> bool:
    if hasattr(value, "pk"):
        return bool(getattr(record, f"{name}_id") != value.pk)
    return bool(getattr(record, name) != value)


def kept_form(value: Any) -> str:
    """A custom value so that what is kept and what is said compare."""
    if value is None:
        return ""
    return f"{value.normalize():f}" if hasattr(value, "normalize") else str(value)
