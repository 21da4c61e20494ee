"""Doing what a chunk of rows asks for, in the transaction of the chunk: made by the thousand, changed one by one.

A record that is made goes through everything its action would do, for all of them at once. One that is changed goes
through the action itself. What the database or a rule refuses fails alone: the others are written.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.actions import create_account
from duplicates.keys import insert_keys
from imports.engine import bulk
from imports.engine.drafts import changes_of, finished
from imports.engine.images import images_of
from imports.engine.planning import CREATES, FAILS, SKIPS, UNCHANGED, UPDATES, Plan
from imports.engine.work import Work
from imports.models import Effect, ExternalKey, Finding
from kernel import customfields, outbox
from kernel.errors import DomainError
from kernel.models import HistoryEntry, OutboxMessage
from kernel.numbering import next_numbers
from leads.assigning import give, holds, told
from leads.models import AssignmentRule

REFUSALS = (DomainError, IntegrityError, DataError, PermissionDenied)
HISTORY = (
    "record_type", "record_id", "verb", "actor_id", "at", "from_status", "to_status", "reason", "note", "changes",
)  # fmt: skip
EFFECT = ("run_id", "what", "row", "record_type", "record_id", "row_hash", "before", "after_version")
FINDING = (
    "run_id", "what", "row", "offset", "column", "field", "value", "code", "text", "record_type", "record_id", "score",
)  # fmt: skip


def write(work: Work, plans: Sequence[Plan]) -> Counter[str]:
    """Write what the plans say and note what became of each row; how many of which."""
    create_all(work, [plan for plan in plans if plan.does == CREATES])
    for plan in plans:
        if plan.does == UPDATES:
            update_one(work, plan)
    note_effects(
        work, [plan for plan in plans if plan.does == UNCHANGED and plan.record is not None and plan.row_hash]
    )
    note_findings(work, plans, Finding.What.FAILED, Finding.What.SKIPPED)
    return Counter(plan.does for plan in plans)


# --- making ---------------------------------------------------------------------------------------------------


def create_all(work: Work, plans: list[Plan]) -> None:
    """Make all of them at once; if that is refused, halves of them, down to the one that is to blame."""
    if not plans:
        return
    try:
        with transaction.atomic():
            create_together(work, plans)
    except REFUSALS as refusal:
        if len(plans) == 1:
            plans[0].fail("", getattr(refusal, "code", "refused"), words_of(refusal))
            return
        half = len(plans) // 2
        create_all(work, plans[:half])
        create_all(work, plans[half:])


def words_of(refusal: Exception) -> str:
    """Why it was refused, without the database's own words."""
    if isinstance(refusal, DomainError):
        return str(refusal)
    if isinstance(refusal, PermissionDenied):
        return _("You may not do this.")
    if isinstance(refusal, IntegrityError):
        return _("It does not fit with the records there are: a value is there already, or one is missing.")
    return _("A value is larger than can be kept.")


def create_together(work: Work, plans: list[Plan]) -> None:
    """Everything that creating each of them would do, in a few statements for all."""
    kind, now = work.kind, work.now
    make_missing(work, plans)
    drafts = [plan.draft for plan in plans]
    if work.options.get("owner") == "rules" and kind.name == "leads":
        hand_out(work, plans)
    if kind.prepare is not None:
        kind.prepare(work, drafts)
    numbers = next_numbers(kind.numbering, len(plans)) if kind.numbering else [""] * len(plans)
    keys = bulk.reserve_ids(kind.model, len(plans))
    for draft, number, key in zip(drafts, numbers, keys, strict=True):
        finished(draft, number=number, now=now, key=key)
    names = [field.attname for field in kind.model._meta.concrete_fields]
    bulk.insert(kind.model, names, [[draft.__dict__[name] for name in names] for draft in drafts])
    if kind.has_duplicates:
        insert_keys(kind.record_type, [(p.draft.pk, one, value) for p in plans for one, value in p.keys])
    if customfields.fields_of(kind.model):
        for draft in drafts:
            draft._state.adding = False
        customfields.claim_all(drafts)
    keep_external_keys(work, plans)
    remember(work, plans)


def make_missing(work: Work, plans: Sequence[Plan]) -> None:
    """Make the companies that rows name and nobody knows; each once, by its own action."""
    made = work.links.made["account"]
    for plan in plans:
        for name, text in plan.making.items():
            if text.casefold() not in made:
                account = create_account(by=work.user, name=text)
                made[text.casefold()] = account
                work.links.known["account"].clear()
                Effect.objects.create(
                    run=work.run, what=Effect.What.CREATED, row=plan.number, record_type=account._meta.label_lower,
                    record_id=account.pk, after_version=account.version,
                )  # fmt: skip
            setattr(plan.draft, name, made[text.casefold()])


def hand_out(work: Work, plans: Sequence[Plan]) -> None:
    """Give leads that nobody was named for to whom the rules say."""
    rules = list(AssignmentRule.objects.filter(is_active=True).select_related("user", "user__team", "team"))
    for plan in plans:
        if "owner" in plan.values or "team" in plan.values:
            continue
        rule = next((one for one in rules if holds(one, plan.draft) and give(one, plan.draft)), None)
        if rule is not None:
            work.placed[plan.number] = rule


def keep_external_keys(work: Work, plans: Sequence[Plan]) -> None:
    """What the records are called where the rows come from; a key whose record is gone is given anew."""
    keyed = {plan.values["external_key"]: plan.draft.pk for plan in plans if plan.values.get("external_key")}
    if not keyed:
        return
    record_type = work.kind.record_type
    ExternalKey.objects.filter(record_type=record_type, key__in=keyed).delete()
    ExternalKey.objects.bulk_create(
        ExternalKey(record_type=record_type, key=key, record_id=pk) for key, pk in keyed.items()
    )


def remember(work: Work, plans: Sequence[Plan]) -> None:
    """History, news and effects of what was made."""
    record_type, run = work.kind.record_type, work.run
    note = _("%(file)s, row %(row)s")
    bulk.insert(
        HistoryEntry, HISTORY,
        [
            (record_type, plan.draft.pk, "created", work.user.pk, work.now, "", "", "",
             note % {"file": run.file_name, "row": plan.number}, {})
            for plan in plans
        ],
    )  # fmt: skip
    for plan in plans:
        if rule := work.placed.pop(plan.number, None):
            told(rule, plan.draft, work.user)
    if work.kind.topic and outbox.subscribers(work.kind.topic):
        publish_all(work, plans)
    bulk.insert(
        Effect, EFFECT,
        [(run.pk, "created", plan.number, record_type, plan.draft.pk, plan.row_hash, None, 1) for plan in plans],
    )  # fmt: skip


def publish_all(work: Work, plans: Sequence[Plan]) -> None:
    """The news that each of them was made, for those who listen."""
    OutboxMessage.objects.bulk_create(
        OutboxMessage(
            topic=work.kind.topic, component=work.kind.model._meta.app_label, aggregate_type=work.kind.record_type,
            aggregate_id=plan.draft.public_id, aggregate_ref=plan.draft.ref, aggregate_version=1, payload={},
            payload_hash=outbox.payload_hash({}), actor=work.user,
        )
        for plan in plans
    )  # fmt: skip
    outbox.ring_on_commit("")


# --- changing -------------------------------------------------------------------------------------------------


def update_one(work: Work, plan: Plan) -> None:
    """Change the record by its own action, and keep what it was."""
    assert work.kind.change is not None
    changed = changes_of(work, plan)
    try:
        with transaction.atomic():
            before = images_of(plan.record)
            note = _("%(file)s, row %(row)s") % {"file": work.run.file_name, "row": plan.number}
            record = work.kind.change(plan.record, by=work.user, note=note, **changed)
            Effect.objects.create(
                run=work.run, what=Effect.What.UPDATED, row=plan.number, record_type=work.kind.record_type,
                record_id=record.pk, row_hash=plan.row_hash, before=before, after_version=record.version,
            )  # fmt: skip
            plan.record = record
    except REFUSALS as refusal:
        plan.fail(getattr(refusal, "field", ""), getattr(refusal, "code", "refused"), words_of(refusal))


# --- remembering what became of the others --------------------------------------------------------------------


def note_effects(work: Work, plans: Sequence[Plan]) -> None:
    """Rows that had nothing new to say about a record."""
    rows = [
        (work.run.pk, "unchanged", plan.number, work.kind.record_type, plan.record.pk, plan.row_hash, None,
         getattr(plan.record, "version", 0))
        for plan in plans
    ]  # fmt: skip
    bulk.insert(Effect, EFFECT, rows)


def note_findings(work: Work, plans: Sequence[Plan], failed: str, skipped: str) -> int:
    """What a person should know of these rows, one line for each problem; how many lines."""
    rows: list[tuple[Any, ...]] = []
    places = {column.field.name: column.index for column in work.columns}
    for plan in plans:
        if plan.does == FAILS:
            for problem in plan.problems:
                at = places.get(problem.field, -1)
                cell = plan.cells[at] if 0 <= at < len(plan.cells) else ""
                said = (problem.field, shown(cell), problem.code, problem.text, "", None, 0)
                rows.append((work.run.pk, failed, plan.number, plan.offset, at, *said))
        elif plan.why and plan.does in (SKIPS, UPDATES, CREATES):
            record_type = work.kind.record_type if plan.record is not None else ""
            code = "possible" if plan.does == CREATES else plan.does
            what = skipped if plan.does == SKIPS else Finding.What.DUPLICATE
            key = plan.record.pk if plan.record is not None else None
            told = ("", summary(plan), code, plan.why, record_type, key, plan.score)
            rows.append((work.run.pk, what, plan.number, plan.offset, -1, *told))
    bulk.insert(Finding, FINDING, rows)
    return len(rows)


def shown(cell: str) -> str:
    """A cell as it is shown beside its problem."""
    plain = cell.replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "replace").decode()
    return plain if len(plain) <= 500 else plain[:499] + "…"


def summary(plan: Plan) -> str:
    """The row in a few words."""
    return shown(" · ".join(cell for cell in plan.cells if cell.strip())[:200])
