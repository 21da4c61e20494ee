"""What each row does: makes a record, changes one, is one already, or is a duplicate that the rule speaks about."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from duplicates.keys import grouped
from duplicates.matching import find
from duplicates.models import MatchKey
from duplicates.rules import CERTAIN, in_words, signs_between
from duplicates.values import email_key, keys_of, tax_key
from imports.engine.drafts import changes_of, draft_of
from imports.engine.planning import CREATES, FAILS, SKIPS, UNCHANGED, UPDATES, Plan, check_new
from imports.engine.seen import SeenRows
from imports.engine.work import Work
from imports.models import Effect, ExternalKey
from kernel.errors import DomainError
from kernel.lifecycle import check_step
from people.access import may, visible


def judge(work: Work, plans: list[Plan], seen: SeenRows | None = None) -> None:
    """Decide what every row of the chunk does; ``seen`` stands for the rows before it that were only tried."""
    sound = [plan for plan in plans if plan.does != FAILS]
    same_rows(work, sound, seen)
    if work.key:
        found_by_key(work, [plan for plan in sound if plan.does == CREATES], seen)
    new = [plan for plan in sound if plan.does == CREATES]
    for plan in new:
        check_new(work, plan)
        if plan.does != FAILS:
            plan.draft = draft_of(work, plan)
    if work.kind.has_duplicates:
        duplicates(work, [plan for plan in new if plan.does == CREATES], seen)
    for plan in sound:
        if plan.does == UPDATES:
            judge_update(work, plan)


# --- rows that were there before ------------------------------------------------------------------------------


def same_rows(work: Work, plans: list[Plan], seen: SeenRows | None) -> None:
    """Rows that were imported already, letter for letter, change nothing, in this file or by a second run.

    A row that names its record by a key is compared with the record instead: feeds may go back to an earlier value.
    """
    known = last_rows(work, [plan.row_hash for plan in plans if not (work.key and plan.values.get(work.key))])
    records = (
        work.kind.model._base_manager.in_bulk([one.record_id for one in known.values()]) if known else {}
    )
    here: dict[int, int] = {}
    for plan in plans:
        earlier = here.setdefault(plan.row_hash, plan.number)
        if earlier == plan.number and seen is not None:
            earlier = seen.same_row(plan.row_hash) or earlier
        before = known.get(plan.row_hash)
        if before is not None and before.run_id == work.run.pk:
            earlier = before.row
        if earlier != plan.number:
            plan.does, plan.score, plan.why = SKIPS, 100, _("the same row as %(row)s") % {"row": earlier}
        elif before is not None and before.record_id in records:
            plan.record, plan.does = records[before.record_id], UNCHANGED


def last_rows(work: Work, hashes: list[int]) -> dict[int, Effect]:
    """The effects of rows that say the same, where no other row has had a say about their record since."""
    effects = Effect.objects.filter(record_type=work.kind.record_type).exclude(what=Effect.What.UNCHANGED)
    found = {one.row_hash: one for one in effects.filter(row_hash__in=hashes).defer("before").order_by("id")}
    if not found:
        return {}
    later = effects.filter(record_id__in=[one.record_id for one in found.values()]).order_by("id")
    last = dict(later.values_list("record_id", "row_hash"))
    return {row_hash: one for row_hash, one in found.items() if last[one.record_id] == row_hash}


def found_by_key(work: Work, plans: list[Plan], seen: SeenRows | None) -> None:
    """Rows whose key names a record that is there; which key that is was chosen for the import."""
    name = work.key
    keyed = [plan for plan in plans if plan.values.get(name)]
    there = records_by_key(work, name, [str(plan.values[name]) for plan in keyed])
    touched = rows_of_this_run(work, [record.pk for several in there.values() for record in several])
    here: dict[str, int] = {}
    for plan in keyed:
        key = str(plan.values[name]).casefold()
        several = there.get(key, [])
        earlier = here.get(key) or (seen.same_key(key) if seen is not None else 0)
        earlier = earlier or (touched.get(several[0].pk, 0) if len(several) == 1 else 0)
        here.setdefault(key, plan.number)
        if earlier:
            plan.fail(name, "key_twice", _("Row %(row)s has the same key.") % {"row": earlier})
        elif len(several) > 1:
            plan.fail(name, "ambiguous", _("%(count)s records have this key.") % {"count": len(several)})
        elif several:
            take_existing(
                work, plan, several[0], _("found by %(field)s") % {"field": work.fields[name].label}, 100
            )
        elif name == "number":
            plan.fail(name, "not_found", _("There is none called “%(text)s”.") % {"text": plan.values[name]})


def take_existing(work: Work, plan: Plan, record: Any, why: Any, score: int) -> None:
    """The row speaks of a record that is there: leave it, change it, or make another one, as was chosen."""
    plan.record, plan.why, plan.score = record, str(why), score
    if work.on_match == "update":
        plan.does = UPDATES
    elif work.on_match == "skip":
        plan.does = SKIPS
    else:
        plan.record = None if score < 100 else record
        plan.does = CREATES if plan.record is None else SKIPS


def rows_of_this_run(work: Work, ids: list[int]) -> dict[int, int]:
    """Records that an earlier row of this file has made or changed, with that row."""
    if not ids:
        return {}
    found = Effect.objects.filter(run=work.run, record_type=work.kind.record_type, record_id__in=ids)
    return dict(found.exclude(what=Effect.What.UNCHANGED).values_list("record_id", "row"))


def records_by_key(work: Work, name: str, texts: list[str]) -> dict[str, list[Any]]:
    """Records by this key, its case folded; one or two questions for all of them."""
    model, record_type = work.kind.model, work.kind.record_type
    found: dict[str, dict[int, Any]] = {}
    if not texts:
        return {}
    if name == "external_key":
        pairs = list(
            ExternalKey.objects.filter(record_type=record_type, key__in=texts).values_list("key", "record_id")
        )
        records = model._default_manager.in_bulk([pk for _key, pk in pairs])
        return {key.casefold(): [records[pk]] for key, pk in pairs if pk in records}
    if name in ("email", "tax_number"):
        rows: Iterable[Any] = records_by_match_key(model, record_type, name, texts)
    else:
        rows = [*model._default_manager.filter(**{f"{name}__in": texts})]
        missing = {text.casefold() for text in texts} - {str(getattr(row, name)).casefold() for row in rows}
        if missing and name != "number":
            rows += [*model._default_manager.annotate(lowered=Lower(name)).filter(lowered__in=missing)]
    for row in rows:
        found.setdefault(str(getattr(row, name)).casefold(), {})[row.pk] = row
    return {key: list(several.values()) for key, several in found.items()}


def records_by_match_key(model: Any, record_type: str, name: str, texts: list[str]) -> Iterable[Any]:
    """By e-mail or tax number, which are indexed in their normal form only."""
    normal = {email_key(text) if name == "email" else tax_key(text) for text in texts} - {""}
    kind = MatchKey.Kind.EMAIL if name == "email" else MatchKey.Kind.TAX
    ids = MatchKey.objects.filter(record_type=record_type, kind=kind, value__in=normal).values("record_id")
    return model._default_manager.filter(pk__in=ids)


# --- rows that may be somebody we know ------------------------------------------------------------------------


def duplicates(work: Work, plans: list[Plan], seen: SeenRows | None) -> None:
    """Rows that are records we have, or rows before them; the certain ones do as was chosen, others are only told."""
    region = work.region
    for plan in plans:
        plan.keys = keys_of(plan.draft.match_values(), region=region)
    rule = work.rule
    found = find(work.kind.record_type, [plan.keys for plan in plans], rule)
    ids = {one.record_id for several in found.values() for one in several}
    rows = work.kind.model.may_match(visible(work.user, work.kind.model._default_manager.filter(pk__in=ids)))
    records = rows.in_bulk() if ids else {}
    by_key: dict[tuple[str, str], int] = {}
    for at, plan in enumerate(plans):
        known = [one for one in found.get(at, ()) if one.record_id in records]
        best = known[0] if known else None
        if best is not None:
            words = in_short(best.reasons)
            plan.why, plan.score = words, round(best.score * 100)
            if best.is_certain:
                take_existing(work, plan, records[best.record_id], words, min(99, plan.score))
            else:
                plan.record = records[best.record_id]
        if best is None or not best.is_certain:
            like_an_earlier_row(work, plans, at, by_key, seen)
        for key in plan.keys:
            if key[0] in STRONG:
                by_key.setdefault(key, at)


def in_short(reasons: Sequence[Any]) -> str:
    """The weightiest reasons; that there are more is said."""
    words = ", ".join(str(word) for word in reasons[:3])
    return _("%(words)s and more") % {"words": words} if len(reasons) > 3 else words


STRONG = frozenset({"email", "tax", "phone", "person"})


def like_an_earlier_row(
    work: Work, plans: list[Plan], at: int, by_key: dict[tuple[str, str], int], seen: SeenRows | None
) -> None:
    """A row that is certainly one of the rows before it."""
    plan = plans[at]
    mine = None
    earlier = sorted({by_key[key] for key in plan.keys if key in by_key})
    candidates: list[tuple[int, Any]] = [(plans[one].number, plans[one].keys) for one in earlier[:10]]
    if seen is not None:
        candidates += seen.candidates(plan.keys)
    for number, keys in candidates:
        mine = mine or grouped(plan.keys)
        held = signs_between(mine, grouped(keys), work.rule.weights)
        if (score := work.rule.score(held)) >= CERTAIN:
            words = in_short(in_words(held))
            plan.why = _("%(words)s as row %(row)s") % {"words": words, "row": number}
            plan.score, plan.record = min(99, round(score * 100)), None
            plan.does = CREATES if work.on_match == "create" else SKIPS
            return


# --- rows that change a record --------------------------------------------------------------------------------


def judge_update(work: Work, plan: Plan) -> None:
    """Whether this person may change the record now, and whether the row says anything new."""
    if not may(work.user, "change", plan.record):
        plan.fail("", "out_of_reach", _("A record with this key belongs to somebody else."))
        return
    if not changes_of(work, plan):
        plan.does = UNCHANGED
        return
    if hasattr(plan.record, "edit"):
        try:
            check_step(plan.record.edit, by=work.user)
        except DomainError as refusal:
            plan.fail("", refusal.code, str(refusal))
