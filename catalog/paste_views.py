"""The page on which a table from a spreadsheet is pasted, looked at and taken over as lines."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy, ngettext

from catalog.documents import PricedDocument
from catalog.line_edits import LineEdit
from catalog.paste_matching import FREE, OUT, Paste, read_paste
from kernel.errors import DomainError
from kernel.forms import attempt
from kernel.http import page
from people.access import require

COLUMN_WORDS = {
    "": gettext_lazy("not used"), "sku": gettext_lazy("SKU"), "name": gettext_lazy("Name"),
    "quantity": gettext_lazy("Quantity"), "unit": gettext_lazy("Unit"), "price": gettext_lazy("Price"),
    "discount": gettext_lazy("Discount"),
}  # fmt: skip


class PasteForm:
    """What was pasted, and why it cannot be taken over."""

    fields: dict[str, Any] = {}

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.refusal: DomainError | None = None

    def add_error(self, _name: None, text: str) -> None:
        self.errors.append(text)


def paste_page(request: HttpRequest, document: PricedDocument) -> HttpResponse:
    """An empty box to paste into."""
    require(request.user, "change", document)
    return shown(request, document, None, [])


def preview(
    request: HttpRequest, document: PricedDocument, *, errors: list[str] | None = None
) -> HttpResponse:
    """What the pasted table would become; nothing is written."""
    require(request.user, "change", document)
    form = PasteForm()
    paste = attempt(form, lambda: read_paste(request.POST))
    said = [*(errors or []), *form.errors]
    return shown(request, document, paste, said, status=422 if said else 200)


def take(request: HttpRequest, document: PricedDocument, act: Any) -> HttpResponse:
    """Add the lines in one action; refused as a whole, with the reasons over the preview."""
    edit = LineEdit(request.POST)
    before = document.lines.count()  # type: ignore[attr-defined]
    done = attempt(edit, lambda: act(edit.wanted(document)))
    if done is None:
        refusal = edit.refusal
        reasons = [str(one.text) for one in refusal.blockers] if refusal and refusal.blockers else edit.errors
        return preview(request, document, errors=reasons[:20])
    count = done.lines.count() - before
    messages.success(
        request, ngettext("%(count)s line added.", "%(count)s lines added.", count) % {"count": count}
    )
    return redirect(f"{done.get_absolute_url()}#lines")


def shown(
    request: HttpRequest,
    document: PricedDocument,
    paste: Paste | None,
    errors: list[str],
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "document": document,
        "paste": paste,
        "errors": errors,
        "text": request.POST.get("text", ""),
        "line": request.POST.get("line", ""),
        "column_words": COLUMN_WORDS.items(),
        "free": FREE,
        "out": OUT,
    }
    return page(request, "components/lines_paste.html", context, status=status)
