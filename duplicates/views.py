"""Pages of possible duplicates: the list, the decision, the hint beside a form, the rules."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from duplicates import actions
from duplicates.asking import known_as, known_elsewhere
from duplicates.forms import RuleForm
from duplicates.matchable import Matchable, matchable, matchable_models
from duplicates.matching import rule_between
from duplicates.models import DuplicatePair, DuplicateRule, type_of
from duplicates.selectors import PAGE, merges_for, page_of_pairs, pairs_for
from duplicates.sweep import try_rule
from kernel.forms import attempt, status_of
from kernel.http import HtmxRequest, page
from kernel.writing import whole_number
from people.access import Scope, grant_for, kind_of, may, require, visible

STATUSES = ("open", "ignored", "merged")


@require_GET
def index(request: HtmxRequest) -> HttpResponse:
    """The pairs that may be the same, the likeliest first."""
    model = model_asked_for(request)
    asked = request.GET.get("status", "")
    status = asked if asked in STATUSES else "open"
    context: dict[str, Any] = {
        "kinds": kinds_in_sight(request.user),
        "model": model,
        "kind": kind_of(model) if model else "",
    }
    if model is None:
        raise Http404
    of = visible(request.user, model._default_manager.by_ref(request.GET.get("of", ""))).first()  # type: ignore[attr-defined]
    found = []
    if status != "merged":
        found = page_of_pairs(request.user, model, status=status, after=after_of(request), of=of)
    last = found[PAGE - 1].pair if len(found) > PAGE else None
    context |= {
        "status": status,
        "of": of,
        "pairs": found[:PAGE],
        "next": f"{last.score}-{last.pk}" if last else "",
        "merges": merges_for(request.user, model)[:PAGE] if status == "merged" else [],
        "open_count": pairs_for(request.user, model).filter(status="open")[:1000].count(),
        "may_merge": may(request.user, "merge", model),
        "may_decide": may(request.user, "change", model),
        "may_rule": may(request.user, "change", DuplicateRule),
    }
    return page(request, "duplicates/list.html", context)


@require_POST
def ignore(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """These are two."""
    pair = pair_of(request, public_id)
    actions.ignore_pair(pair, by=request.user, note=request.POST.get("note", ""))
    undo = reverse("duplicates:reopen", args=[pair.public_id])
    messages.success(request, _("Noted: they are two."), extra_tags=f"undo:{undo}")
    return redirect(list_of(pair.record_type))


@require_POST
def reopen(request: HtmxRequest, public_id: UUID) -> HttpResponse:
    """They may be the same after all."""
    pair = actions.reopen_pair(pair_of(request, public_id), by=request.user)
    messages.success(request, _("They stand among the possible duplicates again."))
    return redirect(list_of(pair.record_type))


@require_POST
def sweep(request: HtmxRequest) -> HttpResponse:
    """Look through all records now instead of tonight."""
    require(request.user, "change", DuplicateRule)
    job = actions.start_sweep(by=request.user)
    messages.success(request, _("The search has begun."))
    return redirect("people:job", public_id=job.public_id)


@require_GET
def hints(request: HtmxRequest, kind: str) -> HttpResponse:
    """Who may be meant, while a new record is being typed."""
    model = matchable(kind)
    if model is None:
        raise Http404
    require(request.user, "add", model)
    typed = {name: value for name, value in request.GET.items() if isinstance(value, str)}
    context = {
        "found": known_as(model, typed, request.user),
        "elsewhere": known_elsewhere(model, typed, request.user),
        "name": model._meta.verbose_name_plural,
    }
    return page(request, "duplicates/hints.html", context, part="hints")


# --- rules -------------------------------------------------------------------------------------------------------


@require_GET
def rules(request: HtmxRequest) -> HttpResponse:
    """What counts as a duplicate, for each kind of record."""
    require(request.user, "change", DuplicateRule)
    rows = [(one, other, rule_between(type_of(one), other)) for one, other in combinations_compared()]
    return page(request, "duplicates/rules.html", {"rows": rows})


def rule(request: HtmxRequest, kind: str, against: str) -> HttpResponse:
    """Weigh the signs, try them on what is there, publish them."""
    require(request.user, "change", DuplicateRule)
    model, target = matchable(kind), matchable(against)
    if (model, target) not in combinations_compared() or model is None or target is None:
        raise Http404
    now = rule_between(type_of(model), target)
    form = RuleForm(request.POST if request.method == "POST" else None, rule=now)
    context: dict[str, Any] = {"form": form, "model": model, "target": target, "rule": now, "tried": None}
    if form.is_valid() and request.POST.get("do") == "try":
        context["tried"] = try_rule(model, target, form.rule(), user=request.user)
    elif form.is_valid() and attempt(form, lambda: bool(published(form, model, target, request.user))):
        messages.success(request, _("This rule decides from now on."))
        return redirect("duplicates:rules")
    return page(request, "duplicates/rule.html", context, status=status_of(form))


@require_POST
def usual_rule(request: HtmxRequest, kind: str, against: str) -> HttpResponse:
    """Let the usual rule decide again."""
    require(request.user, "change", DuplicateRule)
    model, target = matchable(kind), matchable(against)
    if model is None or target is None:
        raise Http404
    found = DuplicateRule.objects.filter(record_type=type_of(model), against=type_of(target), is_active=True)
    for one in found:
        actions.retire_rule(one, by=request.user)
    messages.success(request, _("The usual rule decides again."))
    return redirect("duplicates:rules")


def published(form: RuleForm, model: type[Matchable], target: type[Matchable], user: Any) -> DuplicateRule:
    """The rule as the form says, in use."""
    said = form.cleaned_data
    return actions.publish_rule(
        type_of(model), type_of(target), by=user, name=said["name"], signs=form.weights(),
        threshold=form.threshold_as_share(), response=said["response"],
    )  # fmt: skip


def combinations_compared() -> list[tuple[type[Matchable], type[Matchable]]]:
    """Which types are compared with which."""
    known = matchable_models()
    return [
        pair
        for model in known.values()
        for pair in [(model, model), *((model, known[one]) for one in model.compared_with)]
    ]


# --- parts -------------------------------------------------------------------------------------------------------


def kinds_in_sight(user: Any) -> list[type[Matchable]]:
    """The types of which this person sees any record at all."""
    found = []
    for model in matchable_models().values():
        grant = grant_for(user, kind_of(model))
        if grant.allows("view") and grant.scope != Scope.NONE:
            found.append(model)
    return found


def model_asked_for(request: HtmxRequest) -> type[Matchable] | None:
    """The type that the address names, or the first one in sight of which there is something to decide."""
    seen = kinds_in_sight(request.user)
    if wanted := request.GET.get("type"):
        asked = matchable(wanted)
        return asked if asked in seen else None
    waiting = (one for one in seen if pairs_for(request.user, one).filter(status="open").exists())
    return next(waiting, next(iter(seen), None))


def after_of(request: HtmxRequest) -> tuple[int, int] | None:
    """Where the page before this one ended."""
    score, _dash, pk = request.GET.get("after", "").partition("-")
    numbers = (whole_number(score), whole_number(pk))
    return (numbers[0], numbers[1]) if numbers[0] is not None and numbers[1] is not None else None


def pair_of(request: HtmxRequest, public_id: UUID) -> DuplicatePair:
    """A pair of which both records exist for this person."""
    pair = get_object_or_404(DuplicatePair, public_id=public_id)
    model = matchable(pair.record_type)
    if model is None or not pairs_for(request.user, model).filter(pk=pair.pk).exists():
        raise Http404
    return pair


def list_of(record_type: str) -> str:
    return f"{reverse('duplicates:list')}?type={record_type.rpartition('.')[2]}"
