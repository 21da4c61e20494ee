"""The settings of fields that the organization adds to its records."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kernel import history
from kernel.customfields.definitions import Kind, definition_of
from kernel.customfields.forms import field_of
from kernel.customfields.runners import with_values
from kernel.forms import attempt, keep, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.jinja import url
from kernel.models import CustomField
from kernel.writing import stated_version
from people import field_actions as actions
from people.access import require
from people.field_forms import SAID_OF_KINDS, FieldForm, PurgeForm, kinds_of_record


@require_GET
def index(request: HtmxRequest) -> HttpResponse:
    """The fields of one kind of record, in their order, and those that were removed."""
    require(request.user, "change", CustomField)
    rows = list(CustomField.objects.order_by("position", "id"))
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.record_type] = counts.get(row.record_type, 0) + row.is_active
    known = kinds_of_record()
    asked = request.GET.get("of", "")
    chosen = asked if asked in dict(known) else next((k for k, _words in known if counts.get(k)), known[0][0])
    mine = [row for row in rows if row.record_type == chosen]
    address = url("people:fields")
    context = {
        "tabs_of": [(kind, words, f"{address}?of={kind}", counts.get(kind) or None) for kind, words in known],
        "chosen": chosen,
        "words": dict(known)[chosen],
        "fields": [row for row in mine if row.is_active],
        "removed": [row for row in mine if not row.is_active],
    }
    return page(request, "people/fields.html", context)


def new(request: HtmxRequest) -> HttpResponse:
    """Add a field."""
    require(request.user, "add", CustomField)
    initial = {"record_type": request.GET.get("of", ""), "kind": Kind.TEXT, "in_search": True}
    form = FieldForm(posted(request), initial=initial)
    if "preview" not in request.POST and form.is_valid():
        field = attempt(form, lambda: actions.create_field(by=request.user, **form.cleaned_data))
        if field:
            messages.success(
                request, _("%(label)s was added. It is there from now on.") % {"label": field.label}
            )
            return redirect(of(field))
    return shown(request, form, None)


def edit(request: HtmxRequest, pk: int) -> HttpResponse:
    """Change a field."""
    require(request.user, "change", CustomField)
    field = get_object_or_404(CustomField, pk=pk, is_active=True)
    form = FieldForm(posted(request), instance=field)
    if "preview" not in request.POST and form.is_valid():

        def again() -> FieldForm:
            return FieldForm(instance=CustomField.objects.get(pk=pk))

        if keep(request, form, again=again, change=partial(actions.change_field, by=request.user)):
            messages.success(request, _("%(label)s was saved.") % {"label": form.cleaned_data["label"]})
            return redirect(of(field))
    return shown(request, form, field)


def shown(request: HtmxRequest, form: FieldForm, field: CustomField | None) -> HttpResponse:
    """The form with what it would make; while one types, htmx asks for that part alone."""
    looks_only = "preview" in request.POST
    if form.is_bound:
        form.is_valid()
    row = form.preview() if form.is_bound else form_row(form, field)
    context = {
        "form": form,
        "field": field,
        "explained": explanation(row),
        "sample": sample(row),
        "entries": list(history.of(field)[:20]) if field else [],
    }
    if looks_only:
        form.errors.clear()
    status = 200 if looks_only else status_of(form)
    return page(request, "people/field_form.html", context, part=("look",), status=status)


def form_row(form: FieldForm, field: CustomField | None) -> CustomField:
    """What an untouched form speaks of."""
    return field or CustomField(
        record_type=form.initial.get("record_type", ""), kind=Kind.TEXT, label=_("New field")
    )


def explanation(row: CustomField) -> list[Any]:
    """What the field will be, in sentences."""
    said: list[Any] = [SAID_OF_KINDS[Kind(row.kind)]] if row.kind in Kind.values else []
    if row.is_required:
        said.append(_("A new record cannot be saved without it."))
    if row.is_unique:
        said.append(_("Two records cannot have the same value, whoever comes first."))
    places = [_("forms"), _("the page of the record"), _("filters"), _("import, export and API")]
    places += [_("the columns of the list")] if row.in_list else []
    places += [_("search")] if row.in_search else []
    places += [_("the PDF")] if row.in_pdf else []
    places += [_("the order sent to the ERP")] if row.in_erp else []
    return [*said, _("It appears in: %(places)s.") % {"places": ", ".join(places)}]


def sample(row: CustomField) -> Any:
    """The field as a form will show it."""
    if row.kind not in Kind.values:
        return None
    row.pk = row.pk or 0
    definition = definition_of(row)
    look = forms.Form(initial={"sample": row.default}, auto_id="id_look_%s")
    look.fields["sample"] = field_of(definition, row.default)
    return look["sample"]


@require_POST
def move(request: HtmxRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    field = get_object_or_404(CustomField, pk=pk)
    places = -1 if request.POST.get("to") == "up" else 1
    actions.move_field(field, by=request.user, places=places)
    return redirect(of(field))


@require_POST
def remove(request: HtmxRequest, pk: int) -> HttpResponse:
    """Take a field out of use."""
    field = get_object_or_404(CustomField, pk=pk)
    actions.remove_field(field, by=request.user, version=stated_version(request.POST))
    messages.success(
        request, _("%(label)s was removed. Its values stay; you can restore it.") % {"label": field.label}
    )
    return redirect(of(field))


@require_POST
def restore(request: HtmxRequest, pk: int) -> HttpResponse:
    """Bring a removed field back."""
    field = get_object_or_404(CustomField, pk=pk)
    actions.restore_field(field, by=request.user)
    messages.success(request, _("%(label)s is back, with its values.") % {"label": field.label})
    return redirect(of(field))


def purge(request: HtmxRequest, pk: int) -> HttpResponse:
    """Take a removed field's values away for good, once its name was typed."""
    require(request.user, "delete", CustomField)
    field = get_object_or_404(CustomField, pk=pk, is_active=False)
    form = PurgeForm(posted(request))
    if form.is_valid():
        confirmation = form.cleaned_data["confirmation"]
        job = attempt(form, lambda: actions.purge_field(field, by=request.user, confirmation=confirmation))
        if job:
            return redirect(job)
    context = {"form": form, "field": field, "count": with_values(field).count()}
    return page(request, "people/field_purge.html", context, status=status_of(form))


def of(field: CustomField) -> str:
    """The page of the kind of record that a field belongs to."""
    return f"{url('people:fields')}?of={field.record_type}"
