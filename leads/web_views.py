"""The forms that visitors fill in, here or on other pages: no log-in, no JavaScript, no cookie.

Nobody's rights are used: whoever posts is a visitor, also when a colleague is logged in. That is why no form token is
asked for, which a plain form on another site could not have.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from csp.constants import NONE, SELF
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kernel.rates import seconds_to_wait
from kernel.writing import whole_number
from leads.models import WebForm
from leads.web_actions import Visit, receive_entry
from leads.web_forms import CONSENT, TIMER, TRAP, VisitorForm, timer
from people.models import Organization

LARGEST_BODY = 64 * 1024
WINDOW = 600  # seconds
LOOKS = 120  # a minute from one place

View = Callable[..., HttpResponse]


def visitors(view: View) -> View:
    """The door: who asks too often waits, a key that is not known opens nothing."""

    @login_not_required
    @csrf_exempt
    @wraps(view)
    def enter(request: HttpRequest, key: str) -> HttpResponse:
        if wait := seconds_to_wait(f"web:look:{address_of(request)}", limit=LOOKS):
            return said(request, "too_often", status=429, wait=wait)
        form = WebForm.objects.select_related("owner", "team").filter(key=key, is_active=True).first()
        if form is None:
            return said(request, "gone", status=404)
        return kept_plain(view(request, form), form)

    return enter


def address_of(request: HttpRequest) -> str:
    find: Callable[[HttpRequest], str] = import_string(settings.AXES_CLIENT_IP_CALLABLE)
    return find(request)


@visitors
@require_http_methods(["GET", "HEAD", "POST"])
def hosted(request: HttpRequest, form: WebForm) -> HttpResponse:
    """The form on a page of ours; sent wrongly, it comes back with what was typed."""
    if request.method == "POST":
        return take(request, form)
    return drawn(request, form, VisitorForm(form))


@visitors
@require_POST
def web_to_lead(request: HttpRequest, form: WebForm) -> HttpResponse:
    """Where forms on other pages send to."""
    return take(request, form)


@visitors
@require_GET
def thanks(request: HttpRequest, form: WebForm) -> HttpResponse:
    """It has arrived."""
    return said(request, "thanks", web_form=form)


def take(request: HttpRequest, form: WebForm) -> HttpResponse:
    """Check the size, the pace and the values; the same thanks for everybody, so that machines learn nothing."""
    if (whole_number(str(request.META.get("CONTENT_LENGTH", ""))) or 0) > LARGEST_BODY:
        return said(request, "too_large", status=413, web_form=form)
    typed = VisitorForm(form, request.POST)
    if wait := too_often(request, form):
        return drawn(request, form, typed, status=429, wait=wait)
    if not typed.is_valid():
        return drawn(request, form, typed, status=422)
    visit = Visit(address_of(request) or None, request.headers.get("Referer", ""), tuple(typed.suspicions()))
    receive_entry(form, typed.values(), consent=typed.consent, visit=visit)
    response = HttpResponseRedirect(form.thanks_url or reverse("web:thanks", args=[form.key]))
    response.status_code = 303
    return response


def too_often(request: HttpRequest, form: WebForm) -> int:
    """Seconds to wait, by the address of the visitor and for the form as a whole."""
    by_place = seconds_to_wait(
        f"web:from:{address_of(request)}", limit=settings.WEB_FORM_RATE_ADDRESS, per=WINDOW
    )
    by_form = seconds_to_wait(f"web:form:{form.pk}", limit=settings.WEB_FORM_RATE_FORM, per=WINDOW)
    return max(by_place, by_form)


# --- what is shown ------------------------------------------------------------------------------------------


def drawn(
    request: HttpRequest, form: WebForm, typed: VisitorForm, *, status: int = 200, wait: int = 0
) -> HttpResponse:
    """The form, empty or with what was typed and what is wrong with it."""
    if wait:
        typed.errors.clear()
    began = request.POST.get(TIMER, "") if request.method == "POST" else ""
    context = {
        "web_form": form, "form": typed, "trap": TRAP, "timer_name": TIMER, "timer": began or timer(form),
        "consent_name": CONSENT, "minutes": -(-wait // 60), "organization": Organization.current(),
    }  # fmt: skip
    response = render(request, "web/form.html", context, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return response


def said(
    request: HttpRequest, kind: str, *, status: int = 200, wait: int = 0, web_form: WebForm | None = None
) -> HttpResponse:
    """A page that says one thing."""
    context = {"kind": kind, "web_form": web_form, "organization": Organization.current()}
    response = render(request, "web/message.html", context, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return kept_plain(response, web_form)


def kept_plain(response: Any, form: WebForm | None) -> HttpResponse:
    """Nothing is kept by the browser, nothing is loaded from elsewhere, nobody frames it."""
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    # Browsers hold the page that a form is answered with to the same rule as the form itself.
    onward = [form.thanks_url] if form is not None and form.thanks_url else []
    response._csp_replace = {
        "default-src": [NONE], "style-src": [SELF], "img-src": [SELF], "base-uri": [NONE], "frame-ancestors": [NONE],
        "form-action": [SELF, *[origin_of(each) for each in onward]],
    }  # fmt: skip
    return response  # type: ignore[no-any-return]


def origin_of(address: str) -> str:
    """Scheme and host of an address, as a policy names them."""
    scheme, _colon, rest = address.partition("://")
    return f"{scheme}://{rest.partition('/')[0].partition('?')[0].partition('#')[0]}"
