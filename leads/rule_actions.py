"""What can be done to score rules, assignment rules and web forms: one function, one transaction each."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from kernel import history, jobs
from kernel.errors import DomainError
from kernel.models import Job
from kernel.writing import assign, locked
from leads.models import AssignmentRule, Lead, ScoreRule, WebForm
from leads.scoring import CUSTOM, FACTS, NEEDS_NUMBER, NEEDS_WORDS, TESTS, number_of, words_of
from people.access import require
from people.models import User

SCORE_RULE = frozenset({"name", "fact", "test", "value", "points", "position", "is_active"})
ASSIGNMENT_RULE = frozenset({
    "name", "position", "is_active", "sources", "countries", "regions", "postcodes", "industries", "value_from",
    "value_up_to", "custom_name", "custom_value", "target", "user", "team",
})  # fmt: skip
WEB_FORM = frozenset({
    "name", "is_active", "title", "intro", "button", "fields", "consent_text", "consent_required", "thanks_text",
    "thanks_url", "embeds", "topic", "source", "campaign", "owner", "team",
})  # fmt: skip
STEP = 10

Row = TypeVar("Row", ScoreRule, AssignmentRule, WebForm)


@transaction.atomic
def save_score_rule(rule: ScoreRule, *, by: User, **values: Any) -> ScoreRule:
    """Write a reason that counts; all open leads are rated again in the background."""
    saved = _write(rule, values, SCORE_RULE, by)
    refuse_senseless(saved)
    saved.save()
    rescore(by=by)
    return saved


@transaction.atomic
def delete_score_rule(rule: ScoreRule, *, by: User) -> None:
    """Let a reason count no more."""
    _delete(rule, by)
    rescore(by=by)


def rescore(*, by: User) -> Job:
    """Rate all open leads again, once for many changes that come together; part of a larger action."""
    waiting = Job.objects.filter(kind="leads.rescore", state=Job.State.QUEUED, started_at=None).first()
    return waiting or jobs.start("leads.rescore", by=by, title=_("Rate all open leads"))


def refuse_senseless(rule: ScoreRule) -> None:
    """A test fits its fact, and has the value that it needs."""
    fact = FACTS.get(rule.fact)
    if fact is None and not rule.fact.startswith(CUSTOM):
        raise DomainError(_("There is no such fact."), code="unknown_fact", field="fact")
    if fact is not None and rule.test not in TESTS[fact.kind]:
        text = _("This test does not fit “%(fact)s”.") % {"fact": fact.label}
        raise DomainError(text, code="unfit_test", field="test")
    if rule.test in NEEDS_NUMBER and number_of(rule.value) is None:
        raise DomainError(_("Give a number to compare with."), code="no_value", field="value")
    if rule.test in NEEDS_WORDS and not words_of(rule.value):
        raise DomainError(
            _("Give one or several values, separated by commas."), code="no_value", field="value"
        )


@transaction.atomic
def save_assignment_rule(
    rule: AssignmentRule, *, by: User, left_out: Iterable[User] | None = None, **values: Any
) -> AssignmentRule:
    """Write who gets which leads; it holds for leads that come in from now on."""
    saved = _write(rule, values, ASSIGNMENT_RULE, by)
    if left_out is not None:
        saved.left_out.set(left_out)
    return saved


@transaction.atomic
def delete_assignment_rule(rule: AssignmentRule, *, by: User) -> None:
    """Nobody gets leads by this rule any more."""
    _delete(rule, by)


@transaction.atomic
def move_rule(rule: Any, *, by: User, up: bool) -> None:
    """One place up or down: the first rule that fits is the one that counts."""
    require(by, "change", rule)
    rows = list(type(rule).objects.select_for_update().order_by("position", "id"))
    here = next(place for place, row in enumerate(rows) if row.pk == rule.pk)
    there = here - 1 if up else here + 1
    if 0 <= there < len(rows):
        rows[here], rows[there] = rows[there], rows[here]
        for place, row in enumerate(rows, 1):
            row.position = place * STEP
        type(rule).objects.bulk_update(rows, ["position"])
        history.record(rule, "moved_up" if up else "moved_down", by=by)


@transaction.atomic
def save_web_form(form: WebForm, *, by: User, **values: Any) -> WebForm:
    """Write what a form asks for and where its leads go."""
    if values.get("source", form.source) not in Lead.Source.values:
        raise DomainError(_("There is no such source."), code="unknown_source", field="source")
    return _write(form, values, WEB_FORM, by)


def _write(row: Row, values: dict[str, Any], allowed: frozenset[str], by: User) -> Row:
    """Make or change the row, and remember it."""
    is_new = row.pk is None
    require(by, "add" if is_new else "change", row)
    kept = row if is_new else locked(row)
    if is_new and "position" in allowed and "position" not in values:
        last = type(row).objects.aggregate(last=models.Max("position"))["last"] or 0
        values = {**values, "position": last + STEP}
    changes = assign(kept, values, allowed=allowed)
    refuse_second_name(kept)
    kept.save()
    if is_new or changes:
        history.record(kept, "created" if is_new else "changed", by=by, changes=changes)
    return kept


def refuse_second_name(row: Any) -> None:
    if type(row).objects.filter(name=row.name).exclude(pk=row.pk).exists():
        raise DomainError(_("There is one of this name already."), code="name_taken", field="name")


def _delete(row: Any, by: User) -> None:
    require(by, "delete", row)
    history.record(row, "deleted", by=by, note=str(row))
    row.delete()
