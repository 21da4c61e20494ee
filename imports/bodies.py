"""What the API says of imports and is told of them."""

from typing import Any

from rest_framework import serializers

from imports.kinds import KINDS
from imports.models import Finding, ImportRun
from kernel.bodies import Refusing


class ImportBody(serializers.ModelSerializer[Any]):
    """An import: the file, how it is read, what was found, what it did."""

    id = serializers.UUIDField(source="public_id", read_only=True, help_text="Id of the import.")
    type = serializers.CharField(
        source="kind", help_text="Kind of record: leads, accounts, contacts and so on."
    )
    owner = serializers.CharField(source="owner.username", help_text="Username of who brought it.")
    rows = serializers.IntegerField(source="source.rows", help_text="How many rows the file has.")
    mapping = serializers.SerializerMethodField(
        help_text="Column to `field` and, for numbers and days, `way`."
    )
    fixed = serializers.JSONField(help_text="What every row gets.")
    options = serializers.JSONField(help_text="`key`, `on_match`, `create_missing`, `owner`, `blank`.")
    checked = serializers.BooleanField(
        source="is_checked", help_text="Whether every row was tried as it is set now."
    )
    check = serializers.JSONField(source="counts", help_text="What the check found, in counts of rows.")
    outcome = serializers.SerializerMethodField(help_text="What it did, in counts of rows.")
    job = serializers.UUIDField(
        source="job.public_id", default=None, help_text="The latest job, under `jobs`."
    )
    at_work = serializers.BooleanField(source="is_at_work", help_text="Whether that job is busy.")

    class Meta:
        model = ImportRun
        fields = (
            "id", "type", "file_name", "owner", "status", "rows", "mapping", "fixed", "options", "checked", "check",
            "outcome", "job", "at_work", "version", "created_at", "finished_at", "undo_until",
        )  # fmt: skip
        extra_kwargs = {
            "file_name": {"help_text": "Name of the file."},
            "status": {"help_text": "How it stands."},
            "version": {"help_text": "Grows with every change."},
            "created_at": {"help_text": "When the file was brought."},
            "finished_at": {"help_text": "When it ended."},
            "undo_until": {"help_text": "Until when it can be undone."},
        }

    def get_mapping(self, run: ImportRun) -> dict[str, Any]:
        return {head: said for head, said in zip(run.header, run.columns, strict=True) if said["field"]}

    def get_outcome(self, run: ImportRun) -> dict[str, Any]:
        return dict(run.outcome.get("counts", {}))


class BringBody(Refusing):
    """A file and, where its heads do not say it, what its columns mean."""

    type = serializers.ChoiceField([(name, name) for name in KINDS], help_text="Kind of record.")
    file = serializers.FileField(help_text="CSV or XLSX.")
    mapping = serializers.CharField(
        required=False,
        help_text='JSON: {"<head>": "<field>"} or {"<head>": {"field": …, "way": …}}; else guessed.',
    )
    fixed = serializers.CharField(required=False, help_text='JSON: {"<field>": "<text for every row>"}.')
    options = serializers.CharField(
        required=False, help_text="JSON of `key`, `on_match`, `create_missing` and so on."
    )


class MatchBody(Refusing):
    """What the columns mean."""

    mapping = serializers.JSONField(required=False, help_text="Head to field, as when the file is brought.")
    fixed = serializers.JSONField(required=False, help_text="Field to the text that every row gets.")
    options = serializers.JSONField(
        required=False, help_text="`key`, `on_match`, `create_missing`, `owner`, `blank`."
    )


class CorrectBody(Refusing):
    """One cell put right."""

    row = serializers.IntegerField(min_value=1, max_value=20_000_000, help_text="Number of the row.")
    column = serializers.CharField(max_length=300, help_text="Head of the column.")
    value = serializers.CharField(allow_blank=True, max_length=20_000, help_text="What the cell should say.")


class UndoBody(Refusing):
    """Which records that were changed since are taken back all the same."""

    also = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=10_000,
        help_text="`effect` of problems with what=touched.",
    )  # fmt: skip


class ProblemBody(serializers.ModelSerializer[Any]):
    """Something about one row."""

    column = serializers.SerializerMethodField(help_text="Head of the column; empty for the whole row.")
    effect = serializers.SerializerMethodField(
        help_text="Of a record changed since: what to name to undo it anyway."
    )

    class Meta:
        model = Finding
        fields = ("what", "row", "column", "field", "value", "code", "text", "score", "effect")
        extra_kwargs = {
            "what": {"help_text": "error, duplicate (by the check); failed, skipped (by the run); touched (undo)."},
            "row": {"help_text": "Number of the row in the file."},
            "field": {"help_text": "Field the column means."},
            "value": {"help_text": "What the cell says."},
            "code": {"help_text": "The reason for machines."},
            "text": {"help_text": "The reason for people."},
            "score": {"help_text": "How sure a duplicate is, in percent."},
        }  # fmt: skip

    def get_column(self, finding: Finding) -> str:
        header = self.context["run"].header
        return str(header[finding.column]) if 0 <= finding.column < len(header) else ""

    def get_effect(self, finding: Finding) -> int | None:
        return finding.offset if finding.what == Finding.What.TOUCHED else None
