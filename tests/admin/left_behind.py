"""Rows of what leads come in by, and of what long work, merging, importing and deleting leave behind."""

import uuid
from typing import Any

from duplicates.models import DuplicatePair, DuplicateRule, KeyState, MatchKey, Merge, MergedRecord, MovedLink
from imports.models import Correction, Effect, ExternalKey, Finding, ImportRun, Mapping
from kernel.models import Job, RemovedRecord, SavedView, StoredFile, ViewChoice
from leads.models import AssignmentRule, ScoreRule, WebEntry, WebForm
from opportunities.models import LeadQualification
from tests.factories import LeadFactory, TeamFactory, UserFactory


def make(n: int, owner: Any) -> None:
    incoming(n, owner)
    kept(n, owner)
    merged(n, owner)
    imported(n, owner)


def incoming(n: int, owner: Any) -> None:
    """How leads come in, are rated, given to somebody and qualified."""
    ScoreRule.objects.create(name=f"Score {n}", fact="email", points=5)
    rule = AssignmentRule.objects.create(
        name=f"Assignment {n}", team=TeamFactory(), user=owner, last_given_to=owner
    )
    rule.left_out.add(UserFactory())
    form = WebForm.objects.create(
        name=f"Form {n}", title="Contact", topic="Request", owner=owner, team=TeamFactory()
    )
    first = WebEntry.objects.create(form=form, lead=LeadFactory(), digest="x")
    WebEntry.objects.create(form=form, lead=LeadFactory(), folded_into=first, digest="x")
    LeadQualification.objects.create(lead=LeadFactory(), by=owner, undone_by=UserFactory())


def kept(n: int, owner: Any) -> None:
    """What the system keeps for people: work under way, views of lists, what they deleted."""
    file = StoredFile.objects.create(
        name="leads.xlsx", size=1, sha256="x", content="x", purpose="result", kept_by=owner
    )
    Job.objects.create(kind="tables.export", title=f"Export {n}", asked_by=owner, result=file)
    view = SavedView.objects.create(table="leads", name=f"View {n}", owner=owner, team=TeamFactory())
    ViewChoice.objects.create(view=view, user=UserFactory(), table="leads")
    RemovedRecord.objects.create(
        record_type="leads.lead", record_id=n + 1, ref=f"LEA-X{n}", title=f"Pump {n}", owner=owner,
        team=TeamFactory(), removed_by=UserFactory(),
    )  # fmt: skip


def merged(n: int, owner: Any) -> None:
    """Possible duplicates, and some that became one."""
    kind = "leads.lead"
    MatchKey.objects.create(record_type=kind, record_id=n + 1, kind="email", value=f"{n}@example.com")
    KeyState.objects.create(record_type=f"{kind}{n}")
    DuplicateRule.objects.create(record_type=kind, against=kind, name=f"Rule {n}")
    DuplicatePair.objects.create(
        record_type=kind, first_id=n + 1, second_id=n + 2, score=90, decided_by=owner
    )
    merge = Merge.objects.create(
        record_type=kind, survivor_id=n + 1, survivor_ref=f"LEA-Y{n}", survivor_label=f"Pump {n}", by=owner
    )
    MergedRecord.objects.create(
        merge=merge, record_type=kind, record_id=n + 2, public_id=uuid.uuid4(), ref=f"LEA-Z{n}", label="Pump"
    )
    MovedLink.objects.create(
        merge=merge,
        loser_id=n + 2,
        model="activities.activity",
        row_id=n,
        column="lead",
        was=n + 2,
        now=n + 1,
    )


def imported(n: int, owner: Any) -> None:
    """An import and what it left behind."""
    file = StoredFile.objects.create(
        name="leads.csv", size=1, sha256="x", content="x", purpose="import", kept_by=owner
    )
    job = Job.objects.create(kind="imports.run", title=f"Import {n}", asked_by=owner)
    run = ImportRun.objects.create(
        kind="lead", file=file, rows_file=file, file_name=file.name, owner=owner, team=TeamFactory(), job=job
    )
    Finding.objects.create(run=run, what="error", row=1, text="No such day.")
    Correction.objects.create(run=run, row=1, column=0, value="1 May")
    Effect.objects.create(run=run, what="created", row=1, record_type="leads.lead", record_id=n + 1)
    Mapping.objects.create(kind="lead", header_hash=f"{n}", used_by=owner)
    ExternalKey.objects.create(record_type="leads.lead", key=f"K{n}", record_id=n + 1)
