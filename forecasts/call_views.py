"""What somebody says will be won, beside what the system says: the form, its history, and taking it back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from forecasts import actions
from forecasts.asked import Asked, asked
from forecasts.figures import Forecast, Row
from forecasts.forms import CallForm, ResetForm
from forecasts.models import ForecastCall
from forecasts.selectors import calls_for
from forecasts.selectors import forecast as forecast_of
from forecasts.shown import own_row
from kernel.forms import attempt, plain, posted, status_of
from kernel.http import HtmxRequest, page
from people.access import require
from people.models import Team, User

HISTORY = 30


def call(request: HtmxRequest) -> HttpResponse:
    """Say what will be won and why; ``?of=`` names the row, else one's own."""
    require(request.user, "add", ForecastCall)
    wanted = asked(request.GET)
    if request.GET.get("of") and not wanted.cell:
        raise Http404
    found = forecast_of(request.user, wanted.period)
    row = row_asked(found, wanted, request.user)
    resets = request.POST.get("do") == "reset"
    form, reset = call_form(request, row, bound=not resets), ResetForm(posted(request) if resets else None)
    said = reset if resets else form
    if said.is_valid() and kept(row, wanted, said, request.user, resets=resets):
        messages.success(request, _("The call was taken back.") if resets else _("Call saved."))
        return redirect(wanted.url(cell=None))
    context = {
        "asked": wanted, "row": row, "form": form, "reset": reset, "base_code": found.base, "system": system(row),
        "calls": list(calls_for(request.user, period=wanted.period.key, **whose(row))[:HISTORY]),
        "has_call": bool(row.call and row.call.amount is not None), "here": wanted.url(page="forecasts:call"),
    }  # fmt: skip
    return page(request, "forecasts/call.html", context, status=status_of(said))


def row_asked(found: Forecast, wanted: Asked, reader: User) -> Row:
    """The row that is called; one that does not exist for the reader is not found, another's is refused."""
    row = found.find(wanted.cell.whose if wanted.cell else own_row(found, reader))
    if row is None:
        raise Http404
    if not row.may_call:
        raise PermissionDenied(_("You may not do this."))
    return row


def call_form(request: HtmxRequest, row: Row, *, bound: bool) -> CallForm:
    """The form, filled in with the call that holds."""
    said = row.call.amount if row.call else None
    return CallForm(
        posted(request) if bound else None, initial={"amount": plain(said) if said is not None else ""}
    )


def kept(row: Row, wanted: Asked, form: Any, by: User, *, resets: bool) -> ForecastCall | None:
    """The call as it was kept; nothing where that was refused in words."""
    of = person_or_team(row)
    if resets:
        return attempt(form, lambda: actions.reset_call(of, wanted.period, by=by, **form.cleaned_data))
    return attempt(form, lambda: actions.make_call(of, wanted.period, by=by, **form.cleaned_data))


def person_or_team(row: Row) -> User | Team:
    """Whom a row is about."""
    return User.objects.get(pk=row.user_id) if row.user_id else Team.objects.get(pk=row.team_id or 0)


def whose(row: Row) -> dict[str, int | None]:
    return {"user_id": row.user_id} if row.user_id else {"team_id": row.team_id}


def system(row: Row) -> list[tuple[str, Any]]:
    """What the system says, for whoever says something else."""
    figures = row.figures
    found = [
        (_("Won"), figures.won.amount),
        (_("Commit"), figures.commit_total),
        (_("Best case"), figures.best_total),
        (_("Weighted"), figures.weighted_total),
    ]
    return [*found, (_("Target"), row.target)] if row.target is not None else found
