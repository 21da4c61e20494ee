"""Asking, agreeing, refusing: what each step does, who may not take it, and when an approval is void."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from catalog.changes import changes_from
from kernel import history
from kernel.errors import Conflict, DomainError, TransitionRefused
from kernel.models import OutboxMessage
from quotes.actions import (
    activate_quote,
    approve_quote,
    ask_approval,
    change_quote,
    close_quote,
    copy_quote,
    reject_quote,
    revise_quote,
    set_quote_lines,
)
from quotes.models import Approval, ApprovalRule
from tests.document_factories import QuoteFactory
from tests.factories import AccountFactory, UserFactory

pytestmark = pytest.mark.django_db


def state(quote):
    return list(quote.approvals.order_by("id").values_list("status", flat=True))


def test_a_quote_within_the_limits_needs_nobody(rep, rule):
    quote = activate_quote(
        QuoteFactory(owner=rep, lines__discount_percent=Decimal(15), lines__product=None), by=rep
    )

    assert quote.status == "active"


def test_a_quote_beyond_a_limit_is_not_activated_and_says_which_rule_with_both_figures(deep, rep):
    with pytest.raises(TransitionRefused) as refused:
        activate_quote(deep, by=rep)

    (blocker,) = refused.value.blockers
    assert blocker.code == "needs_approval"
    assert "Line 1, Spindle: its discount is 20%, without approval it may be 15%" in str(blocker.text)
    assert blocker.fix_url.endswith("#approval")
    deep.refresh_from_db()
    assert deep.status == "draft"


def test_asking_leaves_a_request_with_reasons_a_trace_and_news(deep, rep):
    ask_approval(deep, by=rep, note=" They buy twenty more. ")

    approval = deep.approvals.get()
    assert (approval.status, approval.asked_by, approval.request_note) == (
        "pending",
        rep,
        "They buy twenty more.",
    )
    assert [(one["kind"], one["limit"], one["found"]) for one in approval.reasons] == [
        ("discount", "15.0000", "20.00")
    ]
    assert history.of(deep)[0].verb == "approval_asked"
    assert OutboxMessage.objects.filter(topic="quote.approval_asked").count() == 1


def test_who_has_asked_waits_and_asks_once(deep, rep):
    ask_approval(deep, by=rep)

    with pytest.raises(TransitionRefused) as refused:
        activate_quote(deep, by=rep)
    with pytest.raises(TransitionRefused):
        ask_approval(deep, by=rep)

    assert [one.code for one in refused.value.blockers] == ["approval_pending", "needs_approval"]
    assert state(deep) == ["pending"]


def test_what_needs_no_approval_cannot_be_asked_for(rep, rule):
    quote = QuoteFactory(owner=rep, lines__product=None)

    with pytest.raises(TransitionRefused):
        ask_approval(quote, by=rep)

    assert not Approval.objects.exists()


def test_after_the_approval_the_rep_activates(deep, rep, manager):
    ask_approval(deep, by=rep)
    approve_quote(deep, by=manager, note="Good customer")

    quote = activate_quote(deep, by=rep)

    approval = quote.approvals.get()
    assert (approval.status, approval.decided_by, approval.decision_note) == (
        "approved",
        manager,
        "Good customer",
    )
    assert approval.decided_at
    assert quote.status == "active"
    assert {"approved", "activated"} <= {entry.verb for entry in history.of(quote)}
    assert OutboxMessage.objects.filter(topic="quote.approved").count() == 1


def test_a_refusal_says_why_and_the_rep_may_ask_again(deep, rep, manager):
    ask_approval(deep, by=rep)
    with pytest.raises(DomainError) as no_reason:
        reject_quote(deep, by=manager, note=" ")
    reject_quote(deep, by=manager, note="Too much")

    with pytest.raises(TransitionRefused):
        activate_quote(deep, by=rep)
    ask_approval(deep, by=rep, note="Please")

    assert no_reason.value.code == "no_reason"
    assert state(deep) == ["rejected", "pending"]
    assert OutboxMessage.objects.filter(topic="quote.rejected").count() == 1


def test_nobody_approves_their_own_request_not_even_with_every_right(deep, manager):
    boss = UserFactory(role="administrator")
    for person in (manager, boss):
        ask_approval(deep, by=person)
        with pytest.raises(PermissionDenied):
            approve_quote(deep, by=person)
        with pytest.raises(PermissionDenied):
            reject_quote(deep, by=person, note="no")
        assert state(deep)[-1] == "pending"
        Approval.objects.all().delete()


def test_the_database_itself_refuses_that_requester_and_approver_are_one(deep, rep):
    ask_approval(deep, by=rep)

    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.update(decided_by=rep)


def test_only_a_manager_in_whose_reach_the_quote_lies_decides(deep, rep, other_manager):
    ask_approval(deep, by=rep)
    colleague = UserFactory(team=rep.team)

    for person in (rep, colleague, other_manager, UserFactory(role="finance")):
        with pytest.raises(PermissionDenied):
            approve_quote(deep, by=person)

    assert state(deep) == ["pending"]


def test_a_machine_approves_nothing(deep, rep):
    ask_approval(deep, by=rep)

    with pytest.raises(PermissionDenied):
        approve_quote(deep, by=UserFactory(role="integration"))


def test_a_manager_of_a_team_above_decides_too(deep, rep):
    above = rep.team
    above.parent = UserFactory().team
    above.save()
    ask_approval(deep, by=rep)

    approve_quote(deep, by=UserFactory(role="sales_manager", team=above.parent))

    assert state(deep) == ["approved"]


def double(there):
    return [replace(one, discount_percent=Decimal(30)) for one in changes_from(there)]


@pytest.mark.parametrize(
    "change",
    [
        lambda quote, by: set_quote_lines(quote, double, by=by),
        lambda quote, by: change_quote(quote, by=by, discount_percent=Decimal(1)),
        lambda quote, by: change_quote(quote, by=by, account=AccountFactory(owner=by, team=by.team)),
    ],
    ids=["lines", "discount", "customer"],
)
@pytest.mark.parametrize("decided", [False, True])
def test_a_change_of_prices_lines_or_customer_voids_it(deep, rep, manager, change, decided):
    ask_approval(deep, by=rep)
    if decided:
        approve_quote(deep, by=manager)

    change(deep, rep)

    assert state(deep) == ["void"]
    assert history.of(deep).filter(verb="approval_voided").count() == 1
    with pytest.raises(TransitionRefused):
        activate_quote(deep, by=rep)
    with pytest.raises(TransitionRefused):
        approve_quote(deep, by=manager)


@pytest.mark.parametrize(
    "values", [{"name": "Another name"}, {"terms_text": "New terms"}, {"freight_terms": "EXW"}]
)
def test_a_mere_change_of_words_leaves_it(deep, rep, manager, values):
    ask_approval(deep, by=rep)
    change_quote(deep, by=rep, **values)
    approve_quote(deep, by=manager)
    change_quote(deep, by=rep, **{name: f"{value} again" for name, value in values.items()})

    assert state(deep) == ["approved"]
    assert activate_quote(deep, by=rep).status == "active"


def test_who_decides_about_what_was_changed_meanwhile_is_told(deep, rep, manager):
    ask_approval(deep, by=rep)
    seen = deep.approvals.get().pk
    change_quote(deep, by=rep, discount_percent=Decimal(1))
    ask_approval(deep, by=rep)

    with pytest.raises(Conflict):
        approve_quote(deep, by=manager, approval=seen)

    assert state(deep) == ["void", "pending"]


def test_an_approval_covers_what_was_approved_and_no_more(deep, rep, manager):
    ask_approval(deep, by=rep)
    approve_quote(deep, by=manager)
    ApprovalRule.objects.create(kind="amount", limit=10, role="salesperson")

    with pytest.raises(TransitionRefused) as refused:
        activate_quote(deep, by=rep)
    ask_approval(deep, by=rep)

    assert {one.code for one in refused.value.blockers} == {"needs_approval"}
    assert state(deep) == ["void", "pending"]


def test_a_copy_and_a_revision_need_approvals_of_their_own(deep, rep, manager):
    ask_approval(deep, by=rep)
    approve_quote(deep, by=manager)
    quote = activate_quote(deep, by=rep)

    for draft in (copy_quote(quote, by=rep), revise_quote(quote, by=rep)):
        assert state(draft) == []
        with pytest.raises(TransitionRefused):
            activate_quote(draft, by=rep)


def test_closing_the_draft_ends_the_waiting(deep, rep):
    ask_approval(deep, by=rep)

    close_quote(deep, by=rep, reason="canceled")

    assert state(deep) == ["void"]


def test_a_managers_own_deep_discount_waits_for_another_manager(rule, manager, second_manager):
    ApprovalRule.objects.create(kind="discount", limit=Decimal(15), role="sales_manager")
    quote = QuoteFactory(owner=manager, lines__discount_percent=Decimal(20), lines__product=None)
    ask_approval(quote, by=manager)

    with pytest.raises(PermissionDenied):
        approve_quote(quote, by=manager)
    approve_quote(quote, by=second_manager)

    assert activate_quote(quote, by=manager).status == "active"
