"""What the line editor of a document answers: to a whole form without JavaScript, to one change with it.

A document's view gives its own action and its own page: ``edit_lines(request, quote, action=set_quote_lines, …)``.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db.models import Sum as SumOf
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from catalog.documents import PricedDocument, PricedLine
from catalog.editor import CELLS, Lines, Row, editor_of_lines, row_of, sums_of, table_of_lines
from catalog.lines import LineChange, changes_from
from catalog.typed_lines import mark, plain, read_rows, typed_rows
from kernel.errors import Blocker, DomainError
from kernel.forms import attempt
from kernel.writing import stated_version, whole_number

MORE_ROWS = 5
MOST_BLANK_ROWS = 200
FOR_A_CELL = ("currency",)  # all that one edit needs of the document's surroundings; the action reads its own


class LinesForm:
    """All lines as typed in the form; after a refusal with the reasons in their cells."""

    fields: dict[str, Any] = {}

    def __init__(self, data: Any) -> None:
        self.rows = typed_rows(data)
        self.errors: list[str] = []
        self.refusal: DomainError | None = None

    def wanted(self, there: Sequence[PricedLine], document: PricedDocument) -> list[LineChange]:
        return read_rows(self.rows, there, document)

    def add_error(self, _name: None, text: str) -> None:
        self.errors.append(text)

    def explain(self) -> None:
        """Put each reason of the refusal where it belongs."""
        if self.refusal is not None and self.refusal.blockers:
            self.errors = mark(self.rows, self.refusal.blockers)
        elif self.refusal is not None and (key := getattr(self.refusal, "line", "")):
            index = next((i for i, one in enumerate(self.rows) if one.key == key), None)
            if index is not None:
                blocker = Blocker(self.refusal.code, self.errors[0], f"lines.{index}.{self.refusal.field}")
                self.errors = mark(self.rows, [blocker])


class LineEdit(LinesForm):
    """One thing done in the editor: a cell typed, a line added, copied, moved or removed."""

    def __init__(self, data: Any) -> None:
        self.verb = data.get("do", "")
        self.key = data.get("line", "")
        self.cell = data.get("cell", "")
        self.value = plain(data.get("value", ""))
        cells: dict[str, Any] = {name: plain(data.get(name, "")) for name in CELLS}
        self.typed = Row(**cells)
        self.rows = [self.typed]
        self.errors = []
        self.refusal = None
        self.there: list[PricedLine] = []
        self.before: list[tuple[Any, ...]] = []
        self.new_at: int | None = None

    def wanted(self, there: Sequence[PricedLine], document: PricedDocument) -> list[LineChange]:
        self.there = list(there)
        self.before = [seen(line) for line in there]
        changes = changes_from(there)
        at = next((i for i, line in enumerate(there) if str(line.key) == self.key), None)
        if at is None and self.verb in ("cell", "copy", "move", "remove"):
            raise DomainError(_("This line is not there any more."), code="unknown_line", field="lines")
        do = {"cell": self.type, "add": self.add, "copy": self.copy, "move": self.move, "remove": self.remove}
        if self.verb not in do:
            raise DomainError(_("The editor does not know this."), code="unknown_verb")
        return do[self.verb](changes, at if at is not None else len(changes) - 1, document)

    def type(self, changes: list[LineChange], at: int, document: PricedDocument) -> list[LineChange]:
        self.rows = [row_of(self.there[at], document)]
        if self.cell in CELLS:
            setattr(self.rows[0], self.cell, self.value)
        changes[at] = read_rows(self.rows, [self.there[at]], document, first=at + 1)[0]
        return changes

    def add(self, changes: list[LineChange], at: int, document: PricedDocument) -> list[LineChange]:
        self.new_at = at + 1
        changes.insert(
            self.new_at, read_rows(self.rows, self.there[: self.new_at], document, first=self.new_at + 1)[0]
        )
        return changes

    def copy(self, changes: list[LineChange], at: int, document: PricedDocument) -> list[LineChange]:
        self.new_at = at + 1
        agreed = (
            self.there[at].unit_price if getattr(document, "prices_locked", False) else changes[at].unit_price
        )
        changes.insert(self.new_at, replace(changes[at], key=None, unit_price=agreed))
        return changes

    def move(self, changes: list[LineChange], at: int, _document: PricedDocument) -> list[LineChange]:
        target = at - 1 if self.value == "up" else at + 1
        if 0 <= target < len(changes):
            changes[at], changes[target] = changes[target], changes[at]
        return changes

    def remove(self, changes: list[LineChange], at: int, _document: PricedDocument) -> list[LineChange]:
        del changes[at]
        return changes

    def outcome(self, document: PricedDocument) -> Lines:
        """The rows that look different now, and the sums."""
        code = document.currency.code
        if self.verb in ("cell", "move"):
            rows = [
                row_of(line, document)
                for line, was in zip(self.there, self.before, strict=True)
                if seen(line) != was or str(line.key) == self.key
            ]
            sums = sums_of(document, ((line.tax_rate, line.tax) for line in self.there))
            return Lines(rows, sums, code, document.version)
        manager: Any = document.lines  # type: ignore[attr-defined]
        sums = sums_of(document, manager.order_by().values_list("tax_rate").annotate(SumOf("tax")))
        new = table_of_lines(document, at=self.new_at + 1).rows if self.new_at is not None else []
        return Lines(new, sums, code, document.version)

    def explain(self) -> None:
        """Reasons name the place in the document; here there is but one row."""
        if self.refusal is None:
            return
        here = [replace(one, field=f"lines.0.{one.field.split('.')[-1]}") for one in self.refusal.blockers]
        own = str(getattr(self.refusal, "line", "")) in ("", self.key)
        if not here and self.refusal.field and own:
            here = [Blocker(self.refusal.code, self.errors[0], f"lines.0.{self.refusal.field}")]
        if here and self.refusal.status == 422:
            self.errors = mark(self.rows, here)


def seen(line: PricedLine) -> tuple[Any, ...]:
    """What a row shows that the server may change."""
    return line.unit_price, line.net, line.unit_id, line.tax_code_id, line.quantity, line.description


Action = Callable[..., Any]
Show = Callable[..., HttpResponse]


def edit_lines(request: HttpRequest, document: PricedDocument, *, action: Action, show: Show) -> HttpResponse:
    """Do what the editor asks with the document's own ``action``; ``show(document, lines=…, status=…)`` is its page."""
    if request.method != "POST":
        return show(document)
    if is_one_edit(request):
        return edit_one(request, document, action)
    form = LinesForm(request.POST)
    done = attempt(form, lambda: act(action, form, document, request))  # type: ignore[arg-type]
    if done is not None:
        return after(request, done)
    form.explain()
    lines = editor_of_lines(document, request.path)
    lines.rows, lines.errors = form.rows, form.errors
    lines.version = stated_version(request.POST) or document.version
    return show(document, lines=lines, status=form.refusal.status if form.refusal else 422)


def is_one_edit(request: HttpRequest) -> bool:
    """The editor's script sends one change; without JavaScript the whole form comes."""
    return request.method == "POST" and bool(request.headers.get("X-Lines"))


def edit_one(request: HttpRequest, document: PricedDocument, action: Action) -> HttpResponse:
    """One change: the rows that look different now and the sums, or the reasons and nothing changed."""
    edit = LineEdit(request.POST)
    done = attempt(edit, lambda: act(action, edit, document, request))  # type: ignore[arg-type]
    edit.explain()
    lines = edit.outcome(done) if done is not None else Lines([], [], "", errors=edit.errors)
    status = edit.refusal.status if edit.refusal else 200
    context = {"lines": lines, "problems": {} if done is not None else edit.rows[0].problems}
    response = render(request, "components/lines_answer.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def act(action: Action, form: LinesForm, document: PricedDocument, request: HttpRequest) -> Any:
    return action(
        document,
        lambda there: form.wanted(there, document),
        by=request.user,
        version=stated_version(request.POST),
    )


def after(request: HttpRequest, document: Any) -> HttpResponse:
    """Back to the page: with more empty rows if they were asked for."""
    if request.POST.get("do") == "more":
        asked = whole_number(request.POST.get("blank", ""))
        blank = min((MORE_ROWS if asked is None else asked) + MORE_ROWS, MOST_BLANK_ROWS)
        return redirect(f"{document.get_absolute_url()}?blank={blank}#lines")
    messages.success(request, _("Lines saved."))
    return redirect(f"{document.get_absolute_url()}#lines")


def blank_rows(request: HttpRequest) -> int:
    """How many empty rows the page offers without JavaScript."""
    asked = whole_number(request.GET.get("blank", ""))
    return MORE_ROWS if asked is None else min(asked, MOST_BLANK_ROWS)
