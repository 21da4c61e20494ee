"""The list of imports."""

from django.utils.translation import gettext_lazy as _

from imports.kinds import KINDS
from imports.models import ImportRun
from kernel.tables import Column, StatusFilter, Table


class ImportTable(Table):
    """What was brought, the latest first."""

    title = _("Imports")
    columns = (
        Column("file_name", _("File"), main=True),
        Column(
            "kind", _("Records"), source=lambda run: KINDS[run.kind].label if run.kind in KINDS else run.kind
        ),
        Column("status", _("Status"), kind="badge"),
        Column(
            "created",
            _("New"),
            source=lambda run: run.outcome.get("counts", {}).get("created", ""),
            kind="text",
        ),
        Column(
            "failed",
            _("Errors"),
            source=lambda run: run.outcome.get("counts", {}).get("failed", ""),
            kind="text",
        ),
        Column("owner", _("By")),
        Column("created_at", _("Brought"), kind="ago"),
    )
    filters = (StatusFilter(ImportRun.Status),)
    default_order = "-id"
    searchable = False
