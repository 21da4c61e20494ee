"""Pages on which people say who has to do with a deal; taking somebody off can be taken back."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib import messages
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers.models import Contact
from kernel.errors import DomainError
from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.jinja import url
from kernel.writing import stated_version
from opportunities import actions
from opportunities.involved_forms import MemberForm, RivalForm, StakeholderForm
from opportunities.models import Competitor, Opportunity, Stakeholder
from opportunities.views import opportunity_of
from people.access import require, visible
from people.models import User

UNDO_SALT = "opportunities.put_back"
UNDO_SECONDS = 600
Found = TypeVar("Found")


def add_stakeholder(request: HtmxRequest, ref: str) -> HttpResponse:
    """A person has a say, or another role than was said before."""
    deal = deal_of(request, ref)
    contact = visible(request.user, Contact.objects.by_ref(request.GET.get("contact", ""))).first()
    initial = {"contact": contact, "role": Stakeholder.role_said(request.GET.get("role", "")[:60])}
    form = StakeholderForm(posted(request), user=request.user, initial=initial)

    def add(said: dict[str, Any]) -> Opportunity:
        version = stated_version(request.POST)
        return actions.add_stakeholder(
            deal, said["contact"], by=request.user, role=said["role"], version=version
        )

    return asked(request, deal, form, _("Add a stakeholder"), add, lambda said: said["contact"])


def add_rival(request: HtmxRequest, ref: str) -> HttpResponse:
    """A competitor wants the deal too."""
    deal = deal_of(request, ref)
    initial = {name: request.GET.get(name, "") for name in ("competitor", "note")}
    form = RivalForm(posted(request), initial=initial)

    def add(said: dict[str, Any]) -> Opportunity:
        version = stated_version(request.POST)
        return actions.add_rival(
            deal, said["competitor"], by=request.user, note=said["note"], version=version
        )

    return asked(request, deal, form, _("Add a competitor"), add, lambda said: said["competitor"])


def add_member(request: HtmxRequest, ref: str) -> HttpResponse:
    """A colleague works on the deal too."""
    deal = deal_of(request, ref)
    member = User.objects.filter(username=request.GET.get("user", "")).first()
    initial = {"user": member, "role": request.GET.get("role", "")}
    form = MemberForm(posted(request), opportunity=deal, by=request.user, initial=initial)

    def add(said: dict[str, Any]) -> Opportunity:
        version = stated_version(request.POST)
        return actions.add_member(deal, said["user"], by=request.user, role=said["role"], version=version)

    return asked(request, deal, form, _("Add to the deal team"), add, lambda said: said["user"])


@require_POST
def remove_stakeholder(request: HtmxRequest, ref: str) -> HttpResponse:
    """A person has no say any more."""
    deal = deal_of(request, ref)
    row = there(
        deal.stakeholders.filter(contact__in=named_contacts(request)).select_related("contact").first()
    )
    actions.remove_stakeholder(deal, row.contact, by=request.user)
    return removed(request, deal, row.contact, ["stakeholder", row.contact_id, row.role])


@require_POST
def remove_rival(request: HtmxRequest, ref: str) -> HttpResponse:
    """A competitor is out of it."""
    deal = deal_of(request, ref)
    named = deal.rivals.filter(competitor__name=request.POST.get("who", ""))
    row = there(named.select_related("competitor").first())
    actions.remove_rival(deal, row.competitor, by=request.user)
    return removed(request, deal, row.competitor, ["rival", row.competitor_id, row.note])


@require_POST
def remove_member(request: HtmxRequest, ref: str) -> HttpResponse:
    """A colleague has no more to do with it."""
    deal = deal_of(request, ref)
    named = deal.members.filter(user__username=request.POST.get("who", ""))
    row = there(named.select_related("user").first())
    actions.remove_member(deal, row.user, by=request.user)
    return removed(request, deal, row.user, ["member", row.user_id, row.role])


@require_POST
def put_back(request: HtmxRequest, ref: str) -> HttpResponse:
    """Take back that somebody was taken off, as the signed note in the address says."""
    deal = deal_of(request, ref)
    try:
        kind, key, words = signing.loads(
            request.GET.get("what", ""), salt=f"{UNDO_SALT}.{deal.pk}", max_age=UNDO_SECONDS
        )
    except signing.BadSignature:
        raise DomainError(_("This can no longer be taken back."), code="too_late") from None
    model: Any = {"stakeholder": Contact, "rival": Competitor, "member": User}[kind]
    who = there(model.objects.filter(pk=key).first())
    if kind == "stakeholder":
        actions.add_stakeholder(deal, who, by=request.user, role=words)
    elif kind == "rival":
        actions.add_rival(deal, who.name, by=request.user, note=words)
    else:
        actions.add_member(deal, who, by=request.user, role=words)
    messages.success(request, _("%(who)s is back.") % {"who": who})
    return redirect(people_of(deal))


# --- parts of these pages ------------------------------------------------------------------------


def asked(
    request: HtmxRequest,
    deal: Opportunity,
    form: Any,
    title: str,
    add: Callable[[dict[str, Any]], Opportunity],
    who: Callable[[dict[str, Any]], Any],
) -> HttpResponse:
    """The page that asks for one of them, and what comes of it."""
    if form.is_valid() and attempt(form, lambda: add(form.cleaned_data)):
        messages.success(request, _("%(who)s is on the deal.") % {"who": who(form.cleaned_data)})
        # From a dialog the page below is loaded anew, which an address with a place in the page would not do.
        return redirect(deal if request.htmx else people_of(deal))
    context = {"form": form, "opportunity": deal, "title": title}
    return page(request, "opportunities/involved_form.html", context, status=status_of(form))


def removed(request: HtmxRequest, deal: Opportunity, who: Any, what: list[Any]) -> HttpResponse:
    """Back to the deal, with the way to take it back."""
    note = signing.dumps(what, salt=f"{UNDO_SALT}.{deal.pk}")
    undo = f"{url('opportunities:put-back', deal.ref)}?what={note}"
    messages.success(request, _("%(who)s was taken off.") % {"who": who}, extra_tags=f"undo:{undo}")
    return redirect(people_of(deal))


def deal_of(request: HtmxRequest, ref: str) -> Opportunity:
    deal = opportunity_of(request, ref)
    require(request.user, "change", deal)
    return deal


def people_of(deal: Opportunity) -> str:
    return f"{deal.get_absolute_url()}#people"


def named_contacts(request: HtmxRequest) -> QuerySet[Contact]:
    """The contact that the form names."""
    return Contact.objects.by_ref(request.POST.get("who", ""))


def there(row: Found | None) -> Found:
    """What is still there; raises when somebody was faster."""
    if row is None:
        raise DomainError(_("Somebody took them off already."), code="not_there")
    return row
