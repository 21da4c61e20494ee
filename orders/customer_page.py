"""The customer's page of a quote: read, choose options, ask, decline, accept; no log-in, no JavaScript needed.

Whoever has the address is the customer. It opens one quote and nothing else; whatever is wrong with it looks the same.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import override
from django.views.decorators.http import require_GET, require_http_methods

from kernel.formats import day_text
from kernel.forms import attempt, posted
from kernel.http import csrf_failed as kernel_csrf_failed
from kernel.rates import seconds_to_wait
from orders.actions.customers_yes import Signature, accept_as_customer
from orders.customer_forms import AcceptanceForm, DeclineForm, QuestionForm, seen_total
from orders.customer_states import answer_of, comparison, may_accept, newer_link, state_of, told_changes
from people.models import Organization
from quotes.actions.sharing import ask_as_customer, ask_for_new_offer, decline_as_customer, note_view
from quotes.customer_headers import forms_allowed, kept_private
from quotes.customer_sheet import CustomerSheet
from quotes.letters import file_name
from quotes.models import CustomerLink, Quote
from quotes.printing import quote_pdf
from quotes.wording import PageWords, words_for

RELATED = (
    "quote__account", "quote__contact", "quote__currency", "quote__owner", "quote__payment_terms",
    "quote__opportunity", "quote__freight_tax_code",
)  # fmt: skip
MOST_MISSES = 30  # made-up addresses a minute from one place
LOGO_BYTES = 24_000  # a page on a phone has room for no more
PREFETCHES = ("prefetch", "prerender")

View = Callable[..., HttpResponse]


def customers(view: View) -> View:
    """The door of the page: who asks too often waits, who has no valid address learns nothing."""

    @login_not_required
    @wraps(view)
    def enter(request: HttpRequest, token: str) -> HttpResponse:
        if wait := too_often(request, token):
            return message(request, "too_often", status=429, headers={"Retry-After": str(wait)})
        link = link_of(token)
        if link is None:
            place = f"miss:{address_of(request)}"
            wait = seconds_to_wait(f"customer:{place}", limit=MOST_MISSES)
            headers = {"Retry-After": str(wait)} if wait else {}
            return message(
                request, "too_often" if wait else "gone", status=429 if wait else 404, headers=headers
            )
        words = words_for(link.quote.language, Organization.current())
        with override(words.tag):
            return kept_private(view(request, link))

    return enter


def too_often(request: HttpRequest, token: str) -> int:
    """Seconds to wait, by the address of the quote and by the address of the asker."""
    by_link = seconds_to_wait(f"customer:link:{token[:64]}", limit=settings.CUSTOMER_RATE_LINK)
    by_place = seconds_to_wait(f"customer:from:{address_of(request)}", limit=settings.CUSTOMER_RATE_ADDRESS)
    return max(by_link, by_place)


def address_of(request: HttpRequest) -> str:
    find: Callable[[HttpRequest], str] = import_string(settings.AXES_CLIENT_IP_CALLABLE)
    return find(request)


def link_of(token: str) -> CustomerLink | None:
    """The link that still opens; a quote nobody has offered yet is shown to nobody."""
    named = CustomerLink.by_token(token)
    if named is None or not named.opens():
        return None
    link = CustomerLink.objects.select_related(*RELATED).get(pk=named.pk)
    return None if link.quote.status == Quote.Status.DRAFT else link


def message(
    request: HttpRequest, kind: str, *, status: int, headers: dict[str, str] | None = None
) -> HttpResponse:
    """A page that says one thing and shows nothing, in the language of the organization."""
    organization = Organization.current()
    words = words_for("", organization)
    with override(words.tag):
        context = {"w": words, "kind": kind, "organization": organization}
        response = kept_private(render(request, "customer/message.html", context, status=status))
    for name, value in (headers or {}).items():
        response[name] = value
    return response


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without its token: for customers in their words, for everybody else as ever."""
    match = request.resolver_match
    if match and match.view_name.startswith("orders:customer-"):
        return message(request, "stale", status=403)
    return kernel_csrf_failed(request, reason)


@customers
@require_http_methods(["GET", "HEAD", "POST"])
def show(request: HttpRequest, link: CustomerLink) -> HttpResponse:
    """The quote in whatever state it is; posting the options counts them and changes nothing."""
    if request.method == "GET" and is_a_look(request):
        note_view(link)
    return drawn(request, link, recalculated=request.method == "POST")


def is_a_look(request: HttpRequest) -> bool:
    """Whether a customer is looking: our own people and browsers that fetch ahead are none."""
    ahead = request.headers.get("Sec-Purpose", "") or request.headers.get("Purpose", "")
    return not request.user.is_authenticated and not ahead.startswith(PREFETCHES)


def drawn(
    request: HttpRequest, link: CustomerLink, *, status: int = 200, recalculated: bool = False, **more: Any
) -> HttpResponse:
    """The page, with the options that the form names."""
    quote = link.quote
    state = state_of(quote)
    sheet = CustomerSheet(quote, chosen=chosen_in(request) if state == "open" else ())
    initial = {"email": link.sent_to} if request.method == "GET" or recalculated else {}
    typed = request.POST if recalculated else None
    context = {
        "w": sheet.words,
        "link": link,
        "quote": quote,
        "sheet": sheet,
        "organization": sheet.organization,
        "state": state,
        "may_accept": state == "open" and may_accept(quote),
        "answer": answer_of(quote) if state == "accepted" else None,
        "newer": newer_link(link) if state == "replaced" else None,
        "compares": comparison(link) is not None,
        "recalculated": recalculated and state == "open",
        "done": request.GET.get("done", ""),
        "form": AcceptanceForm(sheet.words, initial=initial | typed_in(typed)),
        "asking": QuestionForm(sheet),
        "expired_on": day_text(quote.expires_on or quote.closed_on or timezone.localdate()),
        "shows_logo": 0 < len(sheet.organization.logo) <= LOGO_BYTES,
        **more,
    }
    response = render(request, "customer/quote.html", context, status=status)
    return forms_allowed(response)


def typed_in(data: Any) -> dict[str, str]:
    """What was typed before the options were counted stays typed."""
    names = ("name", "email", "customer_po")
    return {name: data[name] for name in names if data and data.get(name)}


def chosen_in(request: HttpRequest) -> set[UUID]:
    """The keys of the options that are ticked; anything that is no key is nothing."""
    found = set()
    for key in request.POST.getlist("option"):
        try:
            found.add(UUID(key))
        except ValueError:
            continue
    return found


def page_of(link: CustomerLink, done: str = "") -> HttpResponse:
    address = reverse("orders:customer-quote", args=[link.token])
    return redirect(f"{address}?done={done}" if done else address)


@customers
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, link: CustomerLink) -> HttpResponse:
    """The typed name makes the order, unless something is not as the customer saw it: then both are shown."""
    if request.method == "GET":
        return page_of(link)
    sheet = CustomerSheet(link.quote)
    form = AcceptanceForm(sheet.words, request.POST)
    if not form.is_valid():
        return drawn(request, fresh(link), status=422, form=form)
    seen = seen_total(request.POST)
    signature = Signature(
        name=form.cleaned_data["name"],
        email=form.cleaned_data["email"],
        customer_po=form.cleaned_data["customer_po"],
        seal=request.POST.get("seal", ""),
        seen_total=seen,
        chosen=chosen_in(request) & sheet.options,
        address=address_of(request) or None,
        terms_text=sheet.terms,
    )
    if attempt(form, lambda: accept_as_customer(link, signature)):
        return page_of(link)
    before = sheet.money(seen) if seen is not None else ""
    return drawn(request, fresh(link), status=409, form=form, refusal=form.refusal.code, seen=before)  # type: ignore[attr-defined]


def fresh(link: CustomerLink) -> CustomerLink:
    """The link with its quote as it stands now."""
    return CustomerLink.objects.select_related(*RELATED).get(pk=link.pk)


@customers
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, link: CustomerLink) -> HttpResponse:
    """The customer says no, and why if they like."""
    state = state_of(link.quote)
    sheet = CustomerSheet(link.quote)
    form = DeclineForm(sheet.words, posted(request))
    if state != "open" or (
        form.is_valid() and said(form, lambda: decline_as_customer(link, **form.cleaned_data))
    ):
        return page_of(link)
    context = {
        "w": sheet.words,
        "link": link,
        "quote": link.quote,
        "organization": sheet.organization,
        "form": form,
    }
    return forms_allowed(
        render(request, "customer/decline.html", context, status=422 if form.is_bound else 200)
    )


@customers
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, link: CustomerLink) -> HttpResponse:
    """A question, or the wish for a new offer, becomes a task of whoever looks after the quote."""
    if request.method == "GET":
        return page_of(link)
    if request.POST.get("wish") == "new_offer":
        ask_for_new_offer(link)
        return page_of(link, "asked_new")
    sheet = CustomerSheet(link.quote)
    form = QuestionForm(sheet, request.POST)
    if not form.is_valid():
        return drawn(request, link, status=422, asking=form)
    line = next((one for one in sheet.lines if str(one.key) == form.cleaned_data["line"]), None)
    question = form.cleaned_data["question"]
    if said(form, lambda: ask_as_customer(link, question=question, line=line)):  # type: ignore[arg-type]
        return page_of(link, "asked")
    return drawn(request, fresh(link), status=409, asking=form)


def said(form: Any, action: Callable[[], Any]) -> bool:
    """Whether the action took it; the form knows why not."""
    return attempt(form, action) is not None


@customers
@require_GET
def pdf(request: HttpRequest, link: CustomerLink) -> HttpResponse:
    """The quote on paper."""
    disposition = f'inline; filename="{file_name(link.quote)}"'
    return HttpResponse(
        quote_pdf(link.quote), content_type="application/pdf", headers={"Content-Disposition": disposition}
    )


@customers
@require_GET
def compare(request: HttpRequest, link: CustomerLink) -> HttpResponse:
    """Line by line, what changed between two revisions that the customer got."""
    found = comparison(link)
    if found is None:
        return message(request, "gone", status=404)
    words: PageWords = words_for(link.quote.language, Organization.current())
    context = {
        "w": words,
        "link": link,
        "organization": Organization.current(),
        "today": timezone.localdate(),
    }
    return render(
        request, "customer/compare.html", context | told_changes(found["before"], found["after"], words)
    )


@customers
@require_GET
def logo(request: HttpRequest, link: CustomerLink) -> HttpResponse:
    """The picture on the letterhead."""
    organization = Organization.current()
    if not organization.logo:
        return message(request, "gone", status=404)
    return HttpResponse(bytes(organization.logo), content_type=organization.logo_type)
