"""Doing one thing to many rows: each by its own action and in its own transaction, and every refusal with its reason.

Up to 200 rows are done while the person waits, more by a job; either way it ends as a job that tells what came of it.
"""

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel import jobs
from kernel.errors import DomainError
from kernel.file_models import StoredFile
from kernel.files import keep_file
from kernel.job_models import Job
from kernel.tables.bulk import BulkAction, actions_of
from kernel.tables.export import KEEP, listing_for
from kernel.tables.listing import Listing
from kernel.tables.parts import Parts
from kernel.tables.reader import reading_as
from kernel.tables.sheets import harmless

AT_ONCE = 200
CHUNK = 20
MOST_REASONS = 100
MOST_PICKED = 1_000
KIND = "lists.bulk"


@dataclass(frozen=True)
class Selection:
    """The rows that were chosen: picked one by one, or everything that matched at a moment."""

    found: Listing
    picked: tuple[int, ...] = ()
    every: bool = False
    moment: str = ""

    def rows(self) -> QuerySet[Any]:
        """The chosen rows that still exist for this person, in the order of their keys."""
        if not self.every:
            return self.found.scope().filter(pk__in=self.picked).order_by("pk")
        rows = self.found.rows().order_by("pk")
        until = parse_datetime(self.moment) if self.moment else None
        # What came in since is not what was chosen.
        has_moment = any(field.name == "created_at" for field in self.found.model._meta.concrete_fields)
        return rows.filter(created_at__lte=until) if until and has_moment else rows

    def count(self) -> int:
        return self.rows().count() if self.every else len(self.picked)


@dataclass
class Tally:
    """What came of the rows so far."""

    done: int = 0
    skipped: int = 0
    reasons: list[str] = field(default_factory=list)
    lines: list[tuple[str, str, str]] = field(default_factory=list)

    def note(self, what: str, refusal: str) -> None:
        if refusal:
            self.skipped += 1
            if len(self.reasons) < MOST_REASONS:
                self.reasons.append(f"{what}: {refusal}")
        else:
            self.done += 1
        self.lines.append((what, _("skipped") if refusal else _("done"), refusal))

    def as_bytes(self) -> bytes:
        """The lines for the file that tells what came of each row; forgotten here."""
        out = io.StringIO(newline="")
        csv.writer(out).writerows([harmless(one) for one in line] for line in self.lines)
        self.lines = []
        return out.getvalue().encode("utf-8", "replace")

    def outcome(self) -> dict[str, int]:
        return {"carried_out": self.done, "skipped": self.skipped}

    def words(self) -> str:
        done = ngettext("%(count)s done", "%(count)s done", self.done) % {"count": self.done}
        return f"{done}, {_('%s skipped') % self.skipped}" if self.skipped else done


def answers_of(action: BulkAction, said: QueryDict | None, user: Any, table: Any) -> dict[str, Any]:
    """What the form of the action was answered; raises DomainError when that does not hold any more."""
    form_class = action.form_class()
    if form_class is None:
        return {}
    form = form_class(said, user=user, model=table.model)
    if not form.is_valid():
        raise DomainError(" ".join(text for texts in form.errors.values() for text in texts), code="answers")
    return dict(form.cleaned_data)


def act(action: BulkAction, record: Any, user: Any, answers: dict[str, Any]) -> str:
    """Do it to one row; the reason if it was refused."""
    try:
        with transaction.atomic():
            action.function()(record, by=user, **answers)
    except (DomainError, PermissionDenied, ValidationError) as refusal:
        return " ".join(refusal.messages) if isinstance(refusal, ValidationError) else _reason(refusal)
    except ProtectedError:
        return str(_("Other records need it."))
    return ""


def _reason(refusal: Exception) -> str:
    reasons = [str(blocker.text) for blocker in getattr(refusal, "blockers", ())]
    return "; ".join(reasons) or str(refusal) or str(_("You may not do this."))


def act_on(action: BulkAction, rows: Iterable[Any], user: Any, answers: dict[str, Any], tally: Tally) -> None:
    for record in rows:
        what = str(record)  # before it is gone
        tally.note(what, act(action, record, user, answers))


# --- at once --------------------------------------------------------------------------------------


def do_now(chosen: Selection, action: BulkAction, said: QueryDict | None) -> Job:
    """Do it while the person waits; what came of it is kept as a job that is over."""
    user = chosen.found.user
    answers = answers_of(action, said, user, chosen.found.table)
    tally, begun = Tally(), timezone.now()
    missing = chosen.count()
    rows = list(chosen.rows()[:AT_ONCE])
    act_on(action, rows, user, answers, tally)
    for _gone in range(max(0, missing - len(rows))):
        tally.note(_("A record"), _("It is gone, or was never yours to see."))
    return _told(chosen, action, tally, begun)


@transaction.atomic
def _told(chosen: Selection, action: BulkAction, tally: Tally, begun: dt.datetime) -> Job:
    user, total = chosen.found.user, tally.done + tally.skipped
    result = (
        _kept([head_line(), tally.as_bytes()], user, chosen.found.name, action) if tally.skipped else None
    )
    return Job.objects.create(
        kind=KIND, title=title_of(chosen.found, action)[:200], asked_by=user, state=Job.State.DONE, done=total,
        total=total,
        outcome=tally.outcome(), problems=tally.reasons, result=result, leads_to=chosen.found.back[:200],
        started_at=begun, ended_at=timezone.now(),
    )  # fmt: skip


def head_line() -> bytes:
    """The first line of the file that tells what came of each row."""
    return f"{_('Record')},{_('Result')},{_('Reason')}\r\n".encode()


def title_of(found: Listing, action: BulkAction) -> str:
    return f"{found.title}: {action.label}"


def _kept(pieces: Iterable[bytes], user: Any, name: str, action: BulkAction) -> StoredFile:
    with tempfile.TemporaryFile() as out:
        for piece in pieces:
            out.write(piece)
        return keep_file(
            f"{name}-{action.name}.csv", out, by=user, purpose=StoredFile.Purpose.RESULT,
            media_type="text/csv; charset=utf-8", expires_at=timezone.now() + KEEP,
        )  # fmt: skip


# --- as a job -------------------------------------------------------------------------------------


@transaction.atomic
def start(chosen: Selection, action: BulkAction, said: QueryDict | None, *, by: Any, total: int) -> Job:
    """Ask for it to be done in the background."""
    answers_of(action, said, by, chosen.found.table)
    arguments = {
        "table": chosen.found.name, "query": chosen.found.query, "action": action.name, "picked": list(chosen.picked),
        "every": chosen.every, "moment": chosen.moment, "said": said.urlencode() if said else "",
    }  # fmt: skip
    return jobs.start(
        KIND, by=by, title=title_of(chosen.found, action), arguments=arguments, total=total,
        leads_to=chosen.found.back[:200],
    )  # fmt: skip


@jobs.runner(KIND)
def run(job: Job) -> Iterator[None]:
    """Row by row in the order of their keys; a row done never comes again, whatever it looks like now."""
    user, asked = job.asked_by, job.arguments
    with reading_as(user):
        found = listing_for(user, asked["table"], asked["query"])
        action = actions_of(found.table, user).get(asked["action"])
        if action is None:
            raise DomainError(_("You may not do this."), code="permission_denied")
        answers = answers_of(action, QueryDict(asked["said"]), user, found.table)
        chosen = Selection(found, tuple(asked["picked"]), asked["every"], asked["moment"])
        tally = Tally(job.outcome.get("carried_out", 0), job.outcome.get("skipped", 0), list(job.problems))
        parts, last = Parts(job), job.position.get("last", 0)
        if not job.position:
            parts.write(head_line())
        while rows := list(chosen.rows().filter(pk__gt=last)[:CHUNK]):
            last = rows[-1].pk
            with transaction.atomic():
                act_on(action, rows, user, answers, tally)
                parts.write(tally.as_bytes())
                job.reached(
                    {"last": last, "parts": parts.position}, done=tally.done + tally.skipped,
                    outcome=tally.outcome(), problems=tally.reasons,
                )  # fmt: skip
            yield
        if parts.are_there():
            job.result = _kept(parts.read(), user, found.name, action)
        parts.forget()


__all__ = ["AT_ONCE", "MOST_PICKED", "Selection", "do_now", "run", "start"]
