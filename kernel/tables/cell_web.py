"""One cell of a list changed in place: the field of the record's own form, saved by the record's own action.

Scripts ask with the header ``X-Cell`` and are answered in JSON; without it the same address is a small page.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template import engines
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from kernel.conflicts import EditConflict
from kernel.forms import keep, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.tables import rights
from kernel.tables.cells import EMPTY, Cells
from kernel.tables.columns import Column
from kernel.tables.listing import Listing, listing


def cell(request: HtmxRequest, name: str, pk: int, column: str) -> HttpResponse:
    """The cell as a form, or saved."""
    found = listing(request, name)
    shown = found.asked.columns_known.get(column)
    if shown is None or not shown.edit or found.table.editing is None:
        raise Http404
    record = get_object_or_404(found.scope(), pk=pk)
    if not rights.may(request.user, "change", record):
        raise PermissionDenied(_("You may not do this."))
    # Checking a form writes into its record, so what stands there is read first.
    before = raw(form_of(found, record, shown, None, request.user), shown.edit)
    form = form_of(found, record, shown, posted(request), request.user)
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            saved = keep(
                request, form, change=partial(found.table.editing.action(), by=request.user),
                again=lambda: form_of(found, found.scope().get(pk=pk), shown, None, request.user),
            )  # fmt: skip
        except EditConflict as both:
            saved, conflict = None, both
        if saved is not None:
            return _saved(request, found, shown, pk, before)
    return _asked(request, found, shown, record, form, conflict)


def form_of(found: Listing, record: Any, column: Column, data: Any, user: Any) -> Any:
    """The record's form with the one field of the cell."""
    form = found.table.editing.form_class()(data, instance=record, user=user)
    if column.edit not in form.fields:
        raise Http404  # reserved to others
    for other in [name for name in form.fields if name != column.edit]:
        del form.fields[other]
    # What the whole form checks across its fields is checked by the action; here there is one field.
    form.clean = partial(_cleaned, form)
    field = form.fields[column.edit]
    field.widget.attrs |= {"aria-label": str(column.label)}
    return form


def _cleaned(form: Form) -> dict[str, Any]:
    return form.cleaned_data


def raw(form: Any, name: str) -> Any:
    """The value of the field as a form says it, to be said again when it is taken back."""
    value = form.fields[name].prepare_value(form[name].value())
    if value is None or value is False:
        return ""
    if value is True:
        return "on"
    return [str(one) for one in value] if isinstance(value, list | tuple) else str(value)


def _saved(request: HtmxRequest, found: Listing, column: Column, pk: int, before: Any) -> HttpResponse:
    record = found.scope().filter(pk=pk).first()
    text = _("%(field)s of %(record)s saved.") % {"field": column.label, "record": record or _("the record")}
    if record is not None and found.asked.is_narrowed and not found.rows().filter(pk=pk).exists():
        text = _("%(text)s It is not among the rows asked for any more.") % {"text": text}
    if "X-Cell" not in request.headers:
        messages.success(request, text)
        return redirect(found.back)
    for _message in messages.get_messages(request):
        pass  # said here and not on the next page
    undo = {column.edit: before, "version": str(getattr(record, "version", ""))}
    answer = {
        "cell": drawn(column, record) if record else "",
        "text": text,
        "undo": undo | {"csrfmiddlewaretoken": request.POST.get("csrfmiddlewaretoken", "")},
        "undo_label": _("Undo"),
    }
    return JsonResponse(answer)


def drawn(column: Column, record: Any) -> str:
    """The cell as the list draws it."""
    badge = engines["jinja2"].get_template("components/badge.html").template.module.badge  # type: ignore[attr-defined]
    if column.prepare is not None:
        column.prepare([record])
    found = Cells(column, badge).draw(record)
    return str(found if found is not None else EMPTY)


def _asked(
    request: HtmxRequest,
    found: Listing,
    column: Column,
    record: Any,
    form: Any,
    conflict: EditConflict | None,
) -> HttpResponse:
    version = conflict.version if conflict else getattr(record, "version", "")
    wrong = [text for texts in form.errors.values() for text in texts] if form.is_bound else []
    context: Mapping[str, Any] = {
        "list": found, "column": column, "record": record, "form": form, "conflict": conflict, "version": version,
        "bound": form[column.edit], "shown": conflict.shown if conflict else form.shown,
        "wrong": strip_tags(" ".join(wrong)),
    }  # fmt: skip
    status = 409 if conflict else status_of(form)
    if "X-Cell" in request.headers:
        html = render_to_string("lists/cell_form.html", dict(context), request=request, using="jinja2")
        return JsonResponse({"form": html, "text": context["wrong"]}, status=status)
    return page(request, "lists/cell.html", context, status=status)
