"""Taking customers out of business, with the reason, and back into it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from customers import actions
from customers.models import Account, Contact, InactiveReason
from customers.selectors import switches
from customers.views import account_of, contact_of
from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from kernel.writing import stated_version
from people.access import require


class ReasonForm(forms.Form):
    """Why we stop dealing with a customer."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"), choices=[("", "—"), *InactiveReason.choices], required=True
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=1000, widget=forms.Textarea({"rows": 3})
    )


def account_deactivate(request: HtmxRequest, ref: str) -> HttpResponse:
    """Stop doing business with a company."""
    return deactivate(request, account_of(request, ref), actions.deactivate_account)


def contact_deactivate(request: HtmxRequest, ref: str) -> HttpResponse:
    """Stop doing business with a person."""
    return deactivate(request, contact_of(request, ref), actions.deactivate_contact)


@require_POST
def account_activate(request: HtmxRequest, ref: str) -> HttpResponse:
    """Do business with a company again."""
    return activate(request, account_of(request, ref), actions.activate_account)


@require_POST
def contact_activate(request: HtmxRequest, ref: str) -> HttpResponse:
    """Do business with a person again."""
    return activate(request, contact_of(request, ref), actions.activate_contact)


def deactivate(request: HtmxRequest, shown: Account | Contact, action: Any) -> HttpResponse:
    """Ask for the reason, then stop; what is still open with the customer is named first."""
    require(request.user, "deactivate", shown)
    form = ReasonForm(posted(request))
    blockers = [one for step in switches(shown, request.user) for one in step.blockers]
    if request.method == "POST" and blockers:
        action(shown, by=request.user)  # refuses, with every reason
    if form.is_valid():
        said = {**form.cleaned_data, "version": stated_version(request.POST)}
        if done := attempt(form, lambda: action(shown, by=request.user, **said)):
            messages.success(request, _("%(name)s is inactive now.") % {"name": done.name})
            return redirect(done)
    context = {"form": form, "customer": shown, "blockers": blockers}
    return page(request, "customers/deactivate.html", context, status=status_of(form))


def activate(request: HtmxRequest, shown: Account | Contact, action: Any) -> HttpResponse:
    done = action(shown, by=request.user, version=stated_version(request.POST))
    messages.success(request, _("%(name)s is active again.") % {"name": done.name})
    return redirect(done)
