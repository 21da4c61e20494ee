"""A list taken away as a file: what it shows now, the columns one may see, at once or by a job."""

import datetime as dt
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import FileResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel import jobs
from kernel.errors import DomainError
from kernel.file_models import StoredFile
from kernel.files import keep_file
from kernel.job_models import Job
from kernel.tables import rights
from kernel.tables.asked import Asked
from kernel.tables.exporting import Out, outs_of, pieces
from kernel.tables.listing import Listing
from kernel.tables.parts import Parts
from kernel.tables.reader import reading_as
from kernel.tables.registry import table_named
from kernel.tables.sheets import MOST_XLSX_ROWS, SHEETS, Sheet, Xlsx
from kernel.tables.views import LAYOUT, Views, with_choices

AT_ONCE = 5_000
KEEP = dt.timedelta(days=7)
KIND = "lists.export"


@dataclass(frozen=True)
class Wish:
    """What somebody wants to take away: the kind of file, all columns or those shown, picked rows or all."""

    kind: str = "csv"
    every_column: bool = False
    mark: bool = False
    only: tuple[int, ...] = ()

    def sheet(self, outs: Sequence[Out]) -> Sheet:
        """The writer of the file."""
        return SHEETS[self.kind]([out.name for out in outs], [out.label for out in outs], mark=self.mark)

    def as_arguments(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "every_column": self.every_column,
            "mark": self.mark,
            "only": list(self.only),
        }


def require_export(user: Any, model: Any) -> None:
    """Raise PermissionDenied unless this person may take such records away."""
    if not rights.may(user, "export", model):
        raise PermissionDenied(_("You may not export this."))


class Export:
    """One list on its way into a file."""

    def __init__(self, found: Listing, wish: Wish) -> None:
        require_export(found.user, found.model)
        self.found, self.wish = found, wish
        asked = found.asked
        columns = list(asked.columns_known.values()) if wish.every_column else asked.columns
        self.outs = outs_of(found.model, columns, for_machines=wish.kind == "json")
        self.sheet = wish.sheet(self.outs)
        self.rows = found.rows().filter(pk__in=wish.only) if wish.only else found.rows()
        self.order = asked.order(found.model)

    @property
    def name(self) -> str:
        return f"{self.found.name}-{timezone.localdate().isoformat()}.{self.sheet.ending}"

    def count(self, most: int = AT_ONCE) -> int:
        """How many rows it has, counted as far as it matters."""
        return self.rows.order_by().values("pk")[: most + 1].count()

    def body(self, after: str = "", *, first: bool = True) -> Iterator[tuple[bytes, str, int]]:
        """The rows as bytes from a place on, each piece with the place after it and how many rows it has."""
        for piece in pieces(self.rows, self.order, self.outs, after=after):
            yield self.sheet.rows(piece.rows, first=first), piece.after, len(piece.rows)
            first = False

    def stream(self) -> Iterator[bytes]:
        """Everything the file says, piece by piece."""
        yield self.sheet.head()
        for written, _after, _count in self.body():
            yield written
        yield self.sheet.tail()

    def response(self) -> HttpResponseBase:
        """The file itself."""
        if isinstance(self.sheet, Xlsx):
            out: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=4 * 1024 * 1024)  # noqa: SIM115
            self.sheet.wrap(self.stream(), out)
            out.seek(0)
            made: HttpResponseBase = FileResponse(out, as_attachment=True, filename=self.name)
        else:
            made = StreamingHttpResponse(self.stream())
            made["Content-Disposition"] = f'attachment; filename="{self.name}"'
        made["Content-Type"] = self.sheet.media_type
        made["Cache-Control"] = "private, no-store"
        made["X-Content-Type-Options"] = "nosniff"
        return made


@transaction.atomic
def start_export(found: Listing, wish: Wish, *, by: Any, total: int | None = None) -> Job:
    """Ask for a file that is too long to wait for."""
    require_export(by, found.model)
    arguments = {"table": found.name, "query": found.query, "wish": wish.as_arguments()}
    title = _("Export of %(list)s") % {"list": found.title}
    return jobs.start(KIND, by=by, title=title, arguments=arguments, total=total)


def listing_for(user: Any, table_name: str, query: str) -> Listing:
    """The list as somebody saw it when they asked, for a job that does it now."""
    table = table_named(table_name)
    if table is None or not rights.may(user, "view", table.model):
        raise DomainError(_("This list is not there any more, or not for you."), code="no_list")
    own = list(with_choices(user).filter(table=table_name))
    layout = next((view for view in own if view.name == LAYOUT), None)
    views = Views([view for view in own if view.name != LAYOUT], layout)
    return Listing(table, user, Asked(table, QueryDict(query), user, views))


@jobs.runner(KIND)
def run(job: Job) -> Iterator[None]:
    """Write the file piece by piece, then keep it for who asked."""
    with reading_as(job.asked_by):
        wish = job.arguments["wish"]
        found = listing_for(job.asked_by, job.arguments["table"], job.arguments["query"])
        export = Export(found, Wish(**{**wish, "only": tuple(wish["only"])}))
        parts = Parts(job)
        if not parts.are_there():
            job.position, job.done = {}, 0
            parts = Parts(job)
        done = job.done if job.position else 0
        if not job.position:
            parts.write(export.sheet.head())
        for written, after, count in export.body(job.position.get("after", ""), first=not done):
            parts.write(written)
            done += count
            if isinstance(export.sheet, Xlsx) and done > MOST_XLSX_ROWS:
                raise DomainError(
                    _("A sheet holds no more than 1,048,575 rows. Take CSV, or filter the list first.")
                )
            with transaction.atomic():
                job.reached({"after": after, "parts": parts.position}, done=done)
            yield
        parts.write(export.sheet.tail())
        _keep(job, export, parts, done)


def _keep(job: Job, export: Export, parts: Parts, done: int) -> None:
    with tempfile.TemporaryFile() as out:
        export.sheet.wrap(parts.read(), out)
        job.result = keep_file(
            export.name, out, by=job.asked_by, purpose=StoredFile.Purpose.RESULT,
            media_type=export.sheet.media_type, expires_at=timezone.now() + KEEP,
        )  # fmt: skip
    job.outcome = {"rows": done}
    parts.forget()
