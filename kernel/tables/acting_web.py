"""Pages that do something with a list: take it away as a file, act on many of its rows."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kernel.http import HtmxRequest, page
from kernel.tables import bulk_run, export
from kernel.tables.bulk import BulkAction, actions_of
from kernel.tables.bulk_run import MOST_PICKED, Selection
from kernel.tables.export import Export, Wish, require_export
from kernel.tables.listing import listing
from kernel.tables.sheets import SHEETS
from kernel.writing import whole_number


def take_away(request: HtmxRequest, name: str) -> HttpResponse:
    """Which file one wants; a long one is asked for and made in the background."""
    found = listing(request, name)
    require_export(request.user, found.model)
    if request.method == "POST":
        job = export.start_export(found, wish_of(request.POST), by=request.user)
        messages.success(request, _("The file is being made. The bell tells when it is there."))
        return redirect(job)
    wanted = wish_of(request.GET)
    count = Export(found, wanted).count()
    context = {"list": found, "count": count, "at_once": count <= export.AT_ONCE, "most": export.AT_ONCE,
               "only": ",".join(map(str, wanted.only))}  # fmt: skip
    return page(request, "lists/export.html", context)


@require_GET
def export_file(request: HtmxRequest, name: str) -> HttpResponseBase:
    """The file itself, as long as it is short; else the page that asks for a long one."""
    found = listing(request, name)
    asked = Export(found, wish_of(request.GET))
    if asked.count() > export.AT_ONCE:
        return redirect(f"{reverse('lists:export', args=[name])}?{found.query}")
    return asked.response()


def wish_of(data: QueryDict) -> Wish:
    """What the form says; an unknown kind of file is the usual one."""
    kind = data.get("_kind", "csv")
    return Wish(
        kind=kind if kind in SHEETS else "csv",
        every_column=data.get("_columns") == "all",
        mark=data.get("_mark") == "1",
        only=tuple(picked(data.get("_only", "").split(","))),
    )


def picked(texts: list[str]) -> list[int]:
    """The keys that were picked, as far as they are keys."""
    found = [whole_number(text) for text in texts[:MOST_PICKED]]
    return [one for one in dict.fromkeys(found) if one is not None]


# --- many rows ------------------------------------------------------------------------------------


@require_POST
def act(request: HtmxRequest, name: str) -> HttpResponse:
    """Do one thing to the rows that were picked: first it is asked what is needed, then it is done."""
    found = listing(request, name, QueryDict(request.POST.get("query", "")))
    action = actions_of(found.table, request.user).get(request.POST.get("action", ""))
    if action is None and not request.POST.get("action"):
        messages.warning(request, _("Say what is to be done."))
        return redirect(found.back)
    if action is None:
        raise PermissionDenied(_("You may not do this."))
    every = request.POST.get("every") == "1"
    moment = request.POST.get("moment", "")
    moment = moment if _is_moment(moment) else timezone.now().isoformat()
    chosen = Selection(found, () if every else tuple(picked(request.POST.getlist("row"))), every, moment)
    count = chosen.count()
    if not count:
        messages.warning(request, _("Pick some rows first."))
        return redirect(found.back)
    if action.page:
        return _elsewhere(request, action, chosen, count)
    return _ask_or_do(request, action, chosen, count)


def _is_moment(text: str) -> bool:
    try:
        return parse_datetime(text) is not None
    except ValueError:
        return False


def _ask_or_do(request: HtmxRequest, action: BulkAction, chosen: Selection, count: int) -> HttpResponse:
    found, confirmed = chosen.found, request.POST.get("confirmed") == "1"
    form_class = action.form_class()
    said = request.POST if confirmed else None
    form = form_class(said, user=request.user, model=found.model) if form_class else None
    # Rows that came or went since the page was shown are not acted upon behind one's back.
    seen = whole_number(request.POST.get("count", ""))
    moved = confirmed and chosen.every and seen != count
    valid = form is None or (confirmed and form.is_valid())
    asks = form is not None or action.danger or chosen.every or count > bulk_run.AT_ONCE
    misfit = not action.least <= count <= (action.most or count)
    if misfit or moved or not valid or (asks and not confirmed):
        context: dict[str, Any] = {
            "list": found, "action": action, "chosen": chosen, "count": count, "form": form, "seen": seen,
            "moved": moved, "misfit": misfit, "as_job": count > bulk_run.AT_ONCE,
        }  # fmt: skip
        wrong = moved or misfit or (confirmed and not valid)
        return page(request, "lists/bulk.html", context, status=422 if wrong else 200)
    return _do(request, action, chosen, count)


def _do(request: HtmxRequest, action: BulkAction, chosen: Selection, count: int) -> HttpResponse:
    if count > bulk_run.AT_ONCE:
        return redirect(bulk_run.start(chosen, action, request.POST, by=request.user, total=count))
    job = bulk_run.do_now(chosen, action, request.POST)
    if job.problems:
        return redirect(job)
    messages.success(
        request, _("%(what)s: %(count)s done.") % {"what": action.label, "count": job.outcome["carried_out"]}
    )
    return redirect(chosen.found.back)


def _elsewhere(request: HtmxRequest, action: BulkAction, chosen: Selection, count: int) -> HttpResponse:
    """The page of an upper app that does it, with the rows that were picked."""
    if not action.least <= count <= (action.most or MOST_PICKED):
        messages.warning(request, str(action.hint or _("Pick another number of rows for this.")))
        return redirect(chosen.found.back)
    rows = list(chosen.rows()[:count])
    if action.page == "lists:export":
        address = reverse(action.page, args=[chosen.found.name])
        picks = f"_only={','.join(str(row.pk) for row in rows)}" if not chosen.every else ""
        return redirect(f"{address}?{'&'.join(filter(None, (chosen.found.query, picks)))}")
    try:
        address = reverse(action.page)
    except NoReverseMatch:
        raise PermissionDenied(_("You may not do this.")) from None
    query = QueryDict(mutable=True)
    query.setlist("pick", [row.ref for row in rows])
    return redirect(f"{address}?{query.urlencode()}")
