"""The timeline of a record as a page and as a part of other pages: reading on, filtering, and writing into it."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from jinja2 import pass_context

from activities import actions
from activities.forms import LOGS, LogForm
from activities.mentions import staff, who_may_see
from activities.models import Activity
from activities.quick import Reading, read
from activities.selectors import planned, standing
from activities.story import EVERY, SHOWN
from activities.story import read as read_story
from activities.story.sources import address_of
from activities.subjects import key_of, named
from activities.views import tell_untold
from kernel.forms import attempt
from kernel.http import HtmxRequest, page
from kernel.jinja import registered, render_part, url
from people.access import may, require

COOKIE = "story"
YEAR = 365 * 24 * 3600
WITH_SYNC = ("quotes.quote", "orders.order", "invoices.invoice")
ASKS_NEXT = ("call", "email")


@require_GET
def story(request: HtmxRequest, about: str) -> HttpResponse:
    """What happened with a record, filtered as asked; the choice is remembered."""
    record = named(about, request.user)
    context = story_context(request, record)
    response = page(request, "activities/story.html", context, part="story")
    if "show" in request.GET or "scope" in request.GET:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME.replace("language", COOKIE), f"{context['show']}.{context['scope']}",
            max_age=YEAR, httponly=True, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax",
        )  # fmt: skip
    return response


@require_POST
def log(request: HtmxRequest, about: str) -> HttpResponse:
    """Write a note, a call, an e-mail or a task into the story of a record."""
    record = named(about, request.user)
    require(request.user, "add", Activity)
    kind = request.POST.get("kind", "")
    form = LOGS.get(kind, LOGS["note"])(request.POST)
    made = attempt(form, lambda: write(request, record, form)) if form.is_valid() else None
    if made is None:
        context = story_context(request, record, failed=form)
        return page(request, "activities/story.html", context, part="story", status=422)
    messages.success(request, _("Noted: %(what)s") % {"what": made.subject})
    tell_untold(request, made)
    asks = made.kind in ASKS_NEXT and made.status == Activity.Status.COMPLETED
    if request.htmx:
        return page(
            request, "activities/story.html", story_context(request, record, asks_next=asks), part="story"
        )
    return redirect(f"{story_url(record)}?next=1" if asks else record)


def write(request: HtmxRequest, record: Any, form: LogForm) -> Activity | None:
    """The activity that the form says; a line of text only as it was read before the eyes of who wrote it."""
    if form.kind != "task":
        return actions.create_activity(by=request.user, regarding=record, **form.values())
    text = form.cleaned_data["text"]
    reading = read(f"{text} {request.POST.get('when', '')}", now=timezone.localtime())
    if "when" not in request.POST and not was_shown(request, reading):
        form.add_error("text", _("It is read like this. Save it if that is what you mean."))
        form.reading = reading  # type: ignore[attr-defined]
        return None
    return actions.create_activity(
        by=request.user, regarding=record, kind=reading.kind, subject=reading.subject, due_at=reading.due_at,
        ends_at=reading.ends_at, priority=reading.priority, done=False,
    )  # fmt: skip


def was_shown(request: HttpRequest, reading: Reading) -> bool:
    """Whether the page showed this very reading when it was sent."""
    said = request.POST.get("read_due", "-")
    due = parse_datetime(said) if said else None
    same_due = (reading.due_at is None) if not said else due is not None and reading.due_at is not None and (
        abs((due - reading.due_at).total_seconds()) < 120 if timezone.is_aware(due) else False
    )  # fmt: skip
    return same_due and request.POST.get("read_kind") == reading.kind


@require_GET
def reading(request: HtmxRequest) -> HttpResponse:
    """How a line of text is read, to be looked at before it is saved."""
    text = request.GET.get("text", "").replace("\0", "")[:200]
    found = read(text, now=timezone.localtime()) if text.strip() else None
    return page(request, "activities/reading.html", {"reading": found, "text": text}, part="reading")


@require_POST
def follow(request: HtmxRequest, about: str) -> HttpResponse:
    """Hear of what happens with the record, or hear no more."""
    record = named(about, request.user)
    if request.POST.get("stop"):
        actions.unfollow(record, by=request.user)
        messages.success(request, _("You no longer follow %(record)s.") % {"record": record})
    else:
        actions.follow(record, by=request.user)
        messages.success(request, _("You follow %(record)s now.") % {"record": record})
    return redirect(address_of(record) or story_url(record))


@require_GET
def people(request: HtmxRequest) -> JsonResponse:
    """Colleagues whose name begins so, for ``@``: those who may see the record, if one is named."""
    record = named(request.GET.get("about", ""), request.user)
    text = request.GET.get("q", "").replace("\0", "").lower()[:50]
    near = [one for one in staff()[:500] if begins(text, one)][:20]
    able, _others = who_may_see(near, record)
    found = [{"username": one.username, "name": str(one)} for one in able[:8]]
    return JsonResponse({"people": found}, headers={"Cache-Control": "private, no-store"})


def begins(text: str, person: Any) -> bool:
    """Whether one of the person's names begins so."""
    return any(
        name.startswith(text) for name in f"{person.username} {person.get_full_name()}".lower().split()
    )


# --- parts ----------------------------------------------------------------------------------------------------


@pass_context
def story_of(context: Any, record: Any) -> Any:
    """The timeline of the page's record, with what is planned: ``{{ story_of(lead) }}``."""
    request = context["request"]
    return render_part("activities/story.html", "story", story_context(request, record), request)


def story_context(
    request: HttpRequest, record: Any, *, failed: LogForm | None = None, asks_next: bool = False
) -> dict[str, Any]:
    """All that the timeline shows, in a constant number of queries."""
    show, scope = chosen(request, record)
    records = records_of(request, record, scope)
    before = request.GET.get("before", "")[:80]
    stands = standing(record, request.user)
    only = stands.sources if len(records) == 1 else EVERY
    found = read_story(records, user=request.user, show=show, before=before, only=only)
    may_add = may(request.user, "add", Activity)
    return {
        "record": record, "key": key_of(record), "address": story_url(record), "show": show, "scope": scope,
        "shown": shown_chips(record, scope), "entries": found.entries, "older": found.older, "before": before,
        "planned": planned(record) if stands.has_open else [],
        "is_activity": isinstance(record, Activity), "has_chain": record._meta.label_lower in CHAINED,
        "follows": stands.follows if hasattr(record, "owner_id") else None,
        "logs": logs_for(record, failed) if may_add else [], "failed": failed,
        "asks_next": asks_next or bool(request.GET.get("next")),
    }  # fmt: skip


CHAINED = ("leads.lead", "opportunities.opportunity", *WITH_SYNC)


def story_url(record: Any) -> str:
    return url("activities:story", key_of(record))


def logs_for(record: Any, failed: LogForm | None) -> list[LogForm]:
    """The forms of the composer; a call is called after whom the record is about."""
    name = str(getattr(record, "name", "") or record)
    start = {"subject": _("Call with %(whom)s") % {"whom": name}, "recipients": getattr(record, "email", "")}
    # About an activity there is something to say, but nothing to plan: it is itself the plan.
    kinds = ["note"] if isinstance(record, Activity) else list(LOGS)
    return [
        failed if failed and failed.kind == kind else LOGS[kind](initial=start if kind == "call" else {
            "recipients": start["recipients"]})
        for kind in kinds
    ]  # fmt: skip


def chosen(request: HttpRequest, record: Any) -> tuple[str, str]:
    """What to show and of how much: as the address says, else as it was last time."""
    name = settings.LANGUAGE_COOKIE_NAME.replace("language", COOKIE)
    kept_show, _dot, kept_scope = request.COOKIES.get(name, "").partition(".")
    show, scope = request.GET.get("show", kept_show), request.GET.get("scope", kept_scope)
    scope = "chain" if scope == "chain" and record._meta.label_lower in CHAINED else ""
    return (show if show in dict(shown_chips(record, scope)) else ""), scope


def shown_chips(record: Any, scope: str) -> list[tuple[str, Any]]:
    """What one may filter by; the ERP has something to say of documents only."""
    syncs = bool(scope) or record._meta.label_lower in WITH_SYNC
    return [(key, label) for key, (label, _sources) in SHOWN.items() if key != "sync" or syncs]


def records_of(request: HttpRequest, record: Any, scope: str) -> Sequence[Any]:
    """The record alone, or the whole chain as far as the reader may see it; an upper app knows that."""
    if scope != "chain":
        return [record]
    found = registered({"request": request}, "chain_records", record)  # type: ignore[arg-type]
    return found or [record]
