"""Found while a record is being made: a hint beside the form, and a question before a certain duplicate is made."""

from collections.abc import Mapping
from typing import Any, cast

from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from duplicates.matchable import Matchable, matchable_models
from duplicates.matching import Match, matches, rule_between
from duplicates.models import type_of
from kernel import history
from kernel.errors import Blocker, DomainError
from people.access import may
from people.models import User

MOST_REASON = 200


class KnownAlready(DomainError):
    """What is to be made is there already, as far as one can tell (HTTP 409)."""

    status = 409
    default_code = "duplicate"

    def __init__(self, found: list[Match]) -> None:
        self.found = found
        blockers = [Blocker("duplicate", told(match), record=str(match.record)) for match in found]
        super().__init__(
            _("This is known already. Use it, or say why another one is needed."), blockers=blockers
        )

    @property
    def more(self) -> dict[str, Any]:
        """What machines are told besides: who it is."""
        return {
            "matches": [
                {
                    "id": str(match.record.public_id), "ref": match.record.ref, "name": str(match.record),
                    "score": match.score, "signs": list(match.signs), "reasons": [str(one) for one in match.reasons],
                }
                for match in self.found
            ]
        }  # fmt: skip


def told(match: Match) -> str:
    reasons = ", ".join(str(reason) for reason in match.reasons)
    return _("%(record)s, %(percent)s %%: %(reasons)s") % {
        "record": match.record, "percent": match.percent, "reasons": reasons,
    }  # fmt: skip


def draft_of(model: type[Matchable], values: Mapping[str, Any]) -> Matchable:
    """A record in memory with what was typed so far; what no column takes is cut off."""
    draft = model()
    for name in model.match_fields & set(values):
        field: Any = model._meta.get_field(name)
        given = values[name]
        if isinstance(field, models.ForeignKey):
            if isinstance(given, field.related_model):
                setattr(draft, name, given)
        elif isinstance(given, str):
            setattr(draft, name, given.replace("\0", "")[: field.max_length or 1000])
    return draft


def known_as(model: type[Matchable], values: Mapping[str, Any], user: Any, *, limit: int = 5) -> list[Match]:
    """Records of one type that the one being typed may be."""
    return matches(draft_of(model, values), model, user=user, limit=limit)


def known_elsewhere(model: type[Matchable], values: Mapping[str, Any], user: Any) -> list[Match]:
    """Records of other types that it may belong to: the account of a lead."""
    draft = draft_of(model, values)
    others = [matchable_models()[label] for label in model.compared_with]
    return [match for other in others for match in matches(draft, other, user=user, limit=3)]


def certain_ones(model: type[Matchable], values: Mapping[str, Any], user: Any) -> list[Match]:
    """Those that leave little doubt, if the rule asks about such."""
    found = [match for match in known_as(model, values, user) if match.is_certain]
    return found if found and rule_between(type_of(model), model).asks else []


def reason_for_another(user: User, model: type[Matchable], reason: str) -> str:
    """Why another one is made, from somebody who may; empty when nothing was said."""
    reason = reason.strip()[:MOST_REASON]
    return reason if reason and may(user, "override_duplicate", model) else ""


# --- on pages --------------------------------------------------------------------------------------------------


def asks_about(request: HttpRequest, form: Any) -> bool:
    """Whether the form has to come back with what is known already; a reason given in it settles that."""
    model = form._meta.model
    said, user = request.POST, cast(User, request.user)
    if said.get("allow_duplicate") and reason_for_another(user, model, said.get("duplicate_reason", "")):
        return False
    if not (found := certain_ones(model, form.cleaned_data, user)):
        return False
    form.known_already = found
    form.may_make_another = may(user, "override_duplicate", model)
    form.refusal = KnownAlready(found)
    return True


def made_another(request: HttpRequest, record: Any) -> None:
    """Remember why a known one was made again, if that is what happened."""
    if request.POST.get("allow_duplicate"):
        remember(record, request.POST.get("duplicate_reason", ""), cast(User, request.user))


def remember(record: Any, reason: str, by: User) -> None:
    if said := reason_for_another(by, type(record), reason):
        history.record(record, "made_despite_duplicate", by=by, note=said)
