"""Pages of the tools of a list: filter, columns, views. Each is a page and opens as a dialog over the list."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.tables import view_actions
from kernel.tables.address import VIEW
from kernel.tables.asking import PERIODS, choices_of, questions, readable, said
from kernel.tables.conditions import PARAMETER, condition
from kernel.tables.forms import ColumnsForm, ViewForm
from kernel.tables.listing import Listing, listing
from kernel.tables.registry import table_named
from kernel.view_models import SavedView


@require_GET
def tools(request: HtmxRequest, name: str) -> HttpResponse:
    """The list itself."""
    return redirect(listing(request, name).back)


@require_GET
def open_view(request: HtmxRequest, name: str, public_id: UUID) -> HttpResponse:
    """A saved view, by an address that stays true when the list moves."""
    table = table_named(name)
    if table is None:
        raise Http404
    return redirect(f"{reverse(table.place)}?{urlencode({VIEW: public_id})}")


@require_GET
def add_filter(request: HtmxRequest, name: str) -> HttpResponse:
    """Which field, then how it is asked; the answer leads back to the list, narrowed."""
    found = listing(request, name)
    field = found.asked.fields.get(request.GET.get("_field", ""))
    error = ""
    if field is not None and (text := said(field, request.GET)):
        try:
            made = condition(text, found.asked.fields, request.user)
            return redirect(found.address.plus(PARAMETER, made.text))
        except ValueError as wrong:
            error = str(wrong)
    context = {
        "list": found,
        "field": field,
        "asked": questions(field) if field else [],
        "choices": choices_of(field, request.user) if field else [],
        "periods": PERIODS.items(),
        "readable": readable(found.asked.fields),
        "given": request.GET,
        "error": error,
    }
    return page(request, "lists/filter.html", context, status=422 if error else 200)


def choose_columns(request: HtmxRequest, name: str) -> HttpResponse:
    """Which columns stand in the list, and in which order."""
    found = listing(request, name)
    form = ColumnsForm(request.POST if request.method == "POST" else None, asked=found.asked)
    if request.method != "POST" or form.is_being_arranged:
        return page(request, "lists/columns.html", {"list": found, "form": form})
    return redirect(_keep_columns(request, found, form.chosen))


def _keep_columns(request: HtmxRequest, found: Listing, chosen: list[str]) -> str:
    """In the view if it is one's own, else as one's usual layout; in a view of somebody else's only in the address."""
    view = found.asked.view
    if view is None:
        view_actions.keep_layout(by=request.user, table=found.name, columns=chosen)
        return found.address.but(cols="")
    if view.owner_id == request.user.pk:
        view_actions.overwrite_view(view, by=request.user, query=view.query, columns=chosen)
        return found.address.but(cols="")
    return found.address.but(cols=",".join(chosen))


def new_view(request: HtmxRequest, name: str) -> HttpResponse:
    """Keep the list as it is under a name."""
    found = listing(request, name)
    form = ViewForm(posted(request), user=request.user)
    if form.is_valid():
        view = attempt(form, lambda: view_actions.create_view(
            by=request.user, table=name, query=found.to_save, columns=found.columns_to_save, **form.cleaned_data
        ))  # fmt: skip
        if view is not None:
            messages.success(request, _("View %(name)s saved.") % {"name": view.name})
            return redirect("lists:open", name, view.public_id)
    context = {"list": found, "form": form, "view": None}
    return page(request, "lists/view.html", context, status=status_of(form))


def change_view(request: HtmxRequest, name: str, public_id: UUID) -> HttpResponse:
    """What a view is called, who sees it, and what it is to oneself."""
    found = listing(request, name)
    view = view_of(found, public_id)
    mine = view.owner_id == request.user.pk
    initial = {
        "name": view.name, "audience": view.audience, "pinned": view.pinned, "default": view.opens,  # type: ignore[attr-defined]
    }  # fmt: skip
    form = ViewForm(posted(request), user=request.user, initial=initial, own=mine)
    if form.is_valid():
        kept = attempt(form, lambda: _change(view, request.user, form.cleaned_data, mine=mine))
        if kept is not None:
            messages.success(request, _("View %(name)s saved.") % {"name": view.name})
            return redirect("lists:open", name, view.public_id)
    context = {"list": found, "form": form, "view": view, "mine": mine}
    return page(request, "lists/view.html", context, status=status_of(form))


def _change(view: SavedView, user: Any, values: dict[str, Any], *, mine: bool) -> SavedView:
    pinned, default = values.pop("pinned"), values.pop("default")
    if mine:
        view = view_actions.change_view(view, by=user, **values)
    view_actions.choose(view, by=user, pinned=pinned, default=default)
    return view


@require_POST
def save_view(request: HtmxRequest, name: str, public_id: UUID) -> HttpResponse:
    """Let a view show what the list shows now."""
    found = listing(request, name, QueryDict(request.POST.get("query", "")))
    view = view_of(found, public_id)
    view_actions.overwrite_view(view, by=request.user, query=found.to_save, columns=found.columns_to_save)
    messages.success(request, _("View %(name)s saved.") % {"name": view.name})
    return redirect("lists:open", name, view.public_id)


@require_POST
def delete_view(request: HtmxRequest, name: str, public_id: UUID) -> HttpResponse:
    """Forget a view."""
    found = listing(request, name)
    view = view_of(found, public_id)
    view_actions.delete_view(view, by=request.user)
    messages.success(request, _("View %(name)s deleted.") % {"name": view.name})
    return redirect(reverse(found.table.place))


def view_of(found: Listing, public_id: UUID) -> SavedView:
    """The view that the address names, if this person sees it."""
    view = found.views.named(str(public_id))
    if view is None:
        raise Http404
    return view
