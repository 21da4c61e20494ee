"""Settings of leads: what rates them, who gets them, which forms bring them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kernel.forms import attempt, posted, status_of
from kernel.http import HtmxRequest, page
from leads import rule_actions
from leads.assigning import members_of
from leads.models import AssignmentRule, Lead, ScoreRule, WebEntry, WebForm
from leads.scoring import FACTS
from leads.settings_forms import AssignmentRuleForm, ScoreRuleForm, WebFormForm
from leads.settings_words import conditions_in_words, test_in_words
from leads.web_forms import CONSENT, TRAP, VisitorForm
from people.access import may, require


@require_GET
def scoring(request: HtmxRequest) -> HttpResponse:
    """What counts for a lead and against it."""
    require(request.user, "view", ScoreRule)
    rules = [(rule, test_in_words(rule)) for rule in ScoreRule.objects.all()]
    return page(request, "leads/settings/scoring.html", {"rules": rules})


def score_rule(request: HtmxRequest, pk: int | None = None) -> HttpResponse:
    """Write one reason that counts."""
    require(request.user, "change" if pk else "add", ScoreRule)
    rule = get_object_or_404(ScoreRule, pk=pk) if pk else ScoreRule()
    form = ScoreRuleForm(posted(request), instance=rule)
    if form.is_valid():
        values = form.said_of_fields()
        if attempt(form, lambda: rule_actions.save_score_rule(rule, by=request.user, **values)):
            messages.success(request, _("Saved. All open leads are being rated again."))
            return redirect("lead-settings:scoring")
    context = {"form": form, "rule": rule, "facts": FACTS}
    return page(request, "leads/settings/score_rule.html", context, status=status_of(form))


@require_POST
def score_rule_delete(request: HtmxRequest, pk: int) -> HttpResponse:
    """Let a reason count no more."""
    require(request.user, "delete", ScoreRule)
    rule_actions.delete_score_rule(get_object_or_404(ScoreRule, pk=pk), by=request.user)
    messages.success(request, _("Deleted. All open leads are being rated again."))
    return redirect("lead-settings:scoring")


@require_GET
def assignment(request: HtmxRequest) -> HttpResponse:
    """Who gets the leads that come in."""
    require(request.user, "view", AssignmentRule)
    rules = list(AssignmentRule.objects.select_related("user", "team", "last_given_to"))
    rows = [(rule, conditions_in_words(rule)) for rule in rules]
    catches_all = any(rule.is_active and not words for rule, words in rows)
    return page(request, "leads/settings/assignment.html", {"rows": rows, "catches_all": catches_all})


def assignment_rule(request: HtmxRequest, pk: int | None = None) -> HttpResponse:
    """Write who gets which leads."""
    require(request.user, "change" if pk else "add", AssignmentRule)
    rule = get_object_or_404(AssignmentRule, pk=pk) if pk else AssignmentRule()
    form = AssignmentRuleForm(posted(request), instance=rule)
    if form.is_valid():
        values = form.said_of_fields()
        if attempt(form, lambda: rule_actions.save_assignment_rule(rule, by=request.user, **values)):
            messages.success(request, _("Saved. It holds for leads that come in from now on."))
            return redirect("lead-settings:assignment")
    members = list(members_of(rule)) if rule.pk and rule.target == AssignmentRule.Target.ROUND_ROBIN else []
    context = {"form": form, "rule": rule, "members": members}
    return page(request, "leads/settings/assignment_rule.html", context, status=status_of(form))


@require_POST
def assignment_rule_move(request: HtmxRequest, pk: int) -> HttpResponse:
    """Ask it earlier or later."""
    require(request.user, "change", AssignmentRule)
    rule = get_object_or_404(AssignmentRule, pk=pk)
    rule_actions.move_rule(rule, by=request.user, up=request.POST.get("to") == "up")
    return redirect("lead-settings:assignment")


@require_POST
def assignment_rule_delete(request: HtmxRequest, pk: int) -> HttpResponse:
    """Take a rule away."""
    require(request.user, "delete", AssignmentRule)
    rule_actions.delete_assignment_rule(get_object_or_404(AssignmentRule, pk=pk), by=request.user)
    messages.success(request, _("Deleted. Leads stay with those who have them."))
    return redirect("lead-settings:assignment")


@require_GET
def web_forms(request: HtmxRequest) -> HttpResponse:
    """The forms that bring leads."""
    require(request.user, "view", WebForm)
    waiting = WebEntry.objects.filter(status=WebEntry.Status.QUARANTINED).count()
    forms = WebForm.objects.select_related("owner", "team")
    return page(request, "leads/settings/web_forms.html", {"forms": forms, "waiting": waiting})


def web_form(request: HtmxRequest, pk: int | None = None) -> HttpResponse:
    """Write what a form asks for and where its leads go."""
    require(request.user, "change" if pk else "add", WebForm)
    web = get_object_or_404(WebForm, pk=pk) if pk else WebForm()
    form = WebFormForm(posted(request), instance=web)
    if form.is_valid():
        saved: Any = attempt(form, lambda: rule_actions.save_web_form(web, by=request.user, **form.wanted()))
        if saved:
            messages.success(request, _("Form saved."))
            return redirect("lead-settings:snippet", saved.pk)
    return page(request, "leads/settings/web_form.html", {"form": form, "web": web}, status=status_of(form))


@require_GET
def snippet(request: HtmxRequest, pk: int) -> HttpResponse:
    """The form as plain HTML to put on another page, and its address here."""
    require(request.user, "view", WebForm)
    web = get_object_or_404(WebForm, pk=pk)
    inside = {
        "web": web, "form": VisitorForm(web, auto_id="lead_%s"), "trap": TRAP, "consent_name": CONSENT,
        "post_to": request.build_absolute_uri(reverse("web:web-to-lead", args=[web.key])),
    }  # fmt: skip
    html = render_to_string("web/snippet.html", inside, using="jinja2")
    context = {
        "web": web,
        "snippet": "\n".join(line for line in html.splitlines() if line.strip()),
        "address": request.build_absolute_uri(reverse("web:form", args=[web.key])),
        "may_change": may(request.user, "change", WebForm),
        "leads": Lead.objects.filter(web_entries__form=web).distinct().count(),
    }
    return page(request, "leads/settings/snippet.html", context)
