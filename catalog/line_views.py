"""What the line editor of a document answers: to a whole form without JavaScript, to one change with it.

A document's view gives its own action and its own page: ``edit_lines(request, quote, action=set_quote_lines, …)``.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from catalog.documents import PricedDocument, PricedLine
from catalog.editor import Lines, editor_of_lines
from catalog.line_conflicts import carries, merged
from catalog.line_edits import LineEdit, Outcome
from catalog.lines import LineChange, Wanted
from catalog.paste_views import paste_page, preview, take
from catalog.typed_lines import mark, read_rows, typed_rows
from kernel.conflicts import Difference, EditConflict
from kernel.errors import Blocker, DomainError
from kernel.forms import attempt
from kernel.writing import as_unseen, stated_version, whole_number

MORE_ROWS = 5
MOST_BLANK_ROWS = 200
FOR_A_CELL = ("currency",)  # all that one edit needs of the document's surroundings; the action reads its own


class LinesForm:
    """All lines as typed in the form; after a refusal with the reasons in their cells."""

    fields: dict[str, Any] = {}

    def __init__(self, data: Any) -> None:
        self.data = data
        self.rows = typed_rows(data)
        self.errors: list[str] = []
        self.refusal: DomainError | None = None

    def wanted(self, there: Sequence[PricedLine], document: PricedDocument) -> list[LineChange]:
        """What the rows ask for, laid over what others made of the lines meanwhile."""
        if "key" not in self.data:  # no row at all is a broken form, not a wish to remove everything
            raise DomainError(_("The form holds no lines."), code="no_rows", field="lines")
        self.rows = merged(self.rows, self.data, there, document)
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


Action = Callable[..., Any]
Show = Callable[..., HttpResponse]


def edit_lines(request: HttpRequest, document: PricedDocument, *, action: Action, show: Show) -> HttpResponse:
    """Do what the editor asks with the document's own ``action``; ``show(document, lines=…, status=…)`` is its page."""
    if request.method != "POST":
        return paste_page(request, document) if "paste" in request.GET else show(document)
    if request.POST.get("do") == "paste":
        return preview(request, document)
    if request.POST.get("do") == "take" and not is_one_edit(request):
        return take(request, document, partial(act_on, action, document, request))
    if is_one_edit(request):
        return edit_one(request, document, action)
    form = LinesForm(request.POST)

    def wanted(there: Sequence[PricedLine]) -> list[LineChange]:
        return form.wanted(there, document)

    done = attempt(form, lambda: act(action, wanted, document, request, merges=carries(request.POST)))
    if done is not None:
        return after(request, done)
    if isinstance(form.refusal, EditConflict):
        raise form.refusal  # shown as a page with a choice per difference
    form.explain()
    lines = editor_of_lines(document, request.path)
    lines.rows, lines.errors = form.rows, form.errors
    lines.version = stated_version(request.POST) or document.version
    lines.shown = request.POST.get("shown", "")
    return show(document, lines=lines, status=form.refusal.status if form.refusal else 422)


def is_one_edit(request: HttpRequest) -> bool:
    """The editor's script sends one change; without JavaScript the whole form comes."""
    return request.method == "POST" and bool(request.headers.get("X-Lines"))


def edit_one(request: HttpRequest, document: PricedDocument, action: Action) -> HttpResponse:
    """One change: the rows that look different now and the sums, or the reasons and nothing changed."""
    edit = LineEdit(request.POST)
    stated = stated_version(request.POST)
    done = attempt(edit, lambda: act(action, edit.wanted(document), document, request, merges=edit.merges))
    edit.explain()
    if done is not None:
        # One action saves once: from any other version somebody else's changes came along.
        others_too = edit.merges and stated is not None and done.version != stated + 1
        outcome = edit.outcome(done, others_too=others_too)
    else:
        outcome = Outcome(Lines([], [], "", errors=edit.errors))
    context = {"outcome": outcome, "lines": outcome.lines, "problems": {}, "conflict": None}
    if done is None:
        context |= {"problems": edit.rows[0].problems, "conflict": conflict_of(edit.refusal)}
    status = edit.refusal.status if edit.refusal else 200
    response = render(request, "components/lines_answer.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


def conflict_of(refusal: DomainError | None) -> Difference | None:
    return refusal.differences[0] if isinstance(refusal, EditConflict) else None


def act_on(action: Action, document: PricedDocument, request: HttpRequest, wanted: Wanted) -> Any:
    """What is added does not depend on what others did meanwhile."""
    return act(action, wanted, document, request, merges=True)


def act(
    action: Action, wanted: Wanted, document: PricedDocument, request: HttpRequest, *, merges: bool = False
) -> Any:
    """Let the document's action do it; who says what was shown is compared by that instead of by the version."""
    if merges:
        return action(as_unseen(document), wanted, by=request.user)
    return action(document, wanted, by=request.user, version=stated_version(request.POST))


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
