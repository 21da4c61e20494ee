"""Pages of merging: side by side, what was done, and the way back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from duplicates import actions, links
from duplicates.actions.parting import changed_since, kept_links, where_it_went
from duplicates.choices import MOST_RECORDS, FieldChoice, side_by_side
from duplicates.matchable import Matchable, matchable, matchable_models
from duplicates.models import Merge
from duplicates.selectors import merge_for
from kernel.errors import Blocker
from kernel.http import HtmxRequest, page
from kernel.writing import whole_number
from people.access import may, require, visible

PICK = "pick-"
VERSION = "version-"


def merge(request: HtmxRequest) -> HttpResponse:
    """Two to five records side by side: which one stays, and what it keeps of each."""
    said = request.POST if request.method == "POST" else request.GET
    model, records = records_asked_for(request, said)
    require(request.user, "merge", model)
    wanted = whole_number(said.get("survivor", ""))
    survivor = next((one for one in records if one.pk == wanted), records[0])
    losers = [one for one in records if one is not survivor]
    if request.method == "POST" and "show" not in said:
        made = actions.merge(
            survivor, losers, by=request.user, picked=picks(said), reason=said.get("reason", ""),
            versions=versions(said),
        )  # fmt: skip
        undo = reverse("duplicates:unmerge", args=[made.public_id])
        messages.success(request, _("Merged into %(name)s.") % {"name": survivor}, extra_tags=f"undo:{undo}")
        return redirect(survivor)
    return page(request, "duplicates/merge.html", shown(request, model, survivor, losers))


@require_GET
def merged(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """What became one, what moved, and the way back."""
    made = merge_of(request, public_id)
    model = matchable_models()[made.record_type]
    survivor = visible(request.user, model._default_manager.filter(pk=made.survivor_id)).first()
    context = {
        "merge": made,
        "kind": model._meta.model_name,
        "survivor": survivor,
        "label": model._meta.verbose_name,
        "changes": [(label_of(model, name), *values) for name, values in made.changes.items()],
        "moved": moved_in_words(made),
        "links": kept_links(made).count(),
        "since": [
            (name, label_of(model, name), *values)
            for name, values in (
                changed_since(made, survivor) if survivor and not made.undone_at else {}
            ).items()
        ],
        "gone": "" if survivor else where_it_went(made),
        "may_part": survivor is not None and made.undone_at is None and may(request.user, "merge", survivor),
    }
    return page(request, "duplicates/merged.html", context)


@require_POST
def unmerge(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """Part them again."""
    made = merge_of(request, public_id)
    decided = {
        name.removeprefix(PICK): value for name, value in request.POST.items() if name.startswith(PICK)
    }
    survivor = visible(
        request.user, matchable_models()[made.record_type]._default_manager.filter(pk=made.survivor_id)
    ).first()
    if survivor is not None:
        require(request.user, "merge", survivor)
    if survivor is not None and not made.undone_at and set(changed_since(made, survivor)) - set(decided):
        messages.info(request, _("Somebody has changed it since. Say what becomes of each field."))
        return redirect("duplicates:merged", public_id=made.public_id)
    actions.unmerge(made, by=request.user, decided={name: str(value) for name, value in decided.items()})
    messages.success(request, _("They are parted again."))
    return redirect("duplicates:merged", public_id=made.public_id)


# --- parts -------------------------------------------------------------------------------------------------------


def shown(request: HtmxRequest, model: type[Matchable], survivor: Any, losers: list[Any]) -> dict[str, Any]:
    """What the page of a merge shows."""
    records = [survivor, *losers]
    blockers: list[Blocker] = links.blockers_of(survivor, losers)
    for one in records:
        if not may(request.user, "merge", one):
            text = _("you may not merge %(record)s") % {"record": one}
            blockers.append(Blocker("not_yours", text, record=str(one)))
    choices = side_by_side(survivor, losers, user=request.user)
    told = [one for one in choices if any(option.words for option in one.options)]
    return {
        "model": model,
        "kind": model._meta.model_name,
        "survivor": survivor,
        "records": sorted(records, key=lambda one: one.pk),
        "differing": [in_order(one) for one in told if one.differs],
        "same": [one for one in told if not one.differs],
        "counts": links.counts(losers),
        "blockers": blockers,
    }


def in_order(choice: FieldChoice) -> FieldChoice:
    """Its options in the order of the columns, whoever stays."""
    return FieldChoice(
        choice.name, choice.label, tuple(sorted(choice.options, key=lambda one: one.record_id))
    )


def records_asked_for(request: HtmxRequest, said: QueryDict) -> tuple[type[Matchable], list[Any]]:
    """The records that the address names, all in sight."""
    parts = [*said.getlist("ids"), *said.getlist("pick")]  # lists send what was picked
    refs = list(dict.fromkeys(ref for part in parts for ref in part.split(",") if ref))
    named = matchable(said.get("type", ""))
    for model in [named] if named else matchable_models().values():
        records: dict[int, Any] = {}
        for ref in refs[: MOST_RECORDS + 1]:
            found = visible(request.user, model._default_manager.by_ref(ref))  # type: ignore[attr-defined]
            records |= {one.pk: one for one in found[:1]}
        if 2 <= len(records) == len(refs) <= MOST_RECORDS:
            return model, list(records.values())
    raise Http404


def picks(said: QueryDict) -> dict[str, int]:
    """Which record's value was chosen, by field."""
    chosen = {
        name.removeprefix(PICK): whole_number(str(said[name])) for name in said if name.startswith(PICK)
    }
    return {name: pk for name, pk in chosen.items() if pk is not None}


def versions(said: QueryDict) -> dict[int, int]:
    """What version of each record the page showed."""
    found = {}
    for name in said:
        pk = whole_number(name.removeprefix(VERSION)) if name.startswith(VERSION) else None
        version = whole_number(str(said[name]))
        if pk is not None and version is not None:
            found[pk] = version
    return found


def merge_of(request: HtmxRequest, public_id: UUID) -> Merge:
    if (made := merge_for(request.user, public_id)) is None:
        raise Http404
    return made


def label_of(model: type[Matchable], name: str) -> str:
    """A field as people call it."""
    by_column = {field.attname: field for field in model._meta.concrete_fields}
    return str(by_column[name].verbose_name) if name in by_column else name.removeprefix("custom.")


def moved_in_words(made: Merge) -> list[tuple[str, int]]:
    """What was repointed, in words."""
    return [(links.words_of(label), count) for label, count in made.counts.items()]
