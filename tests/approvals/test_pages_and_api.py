"""Approvals as people and machines meet them: banner, list, answers; nothing of costs for those who may not know."""

from decimal import Decimal

import pytest

from quotes.actions import approve_quote, ask_approval, change_quote
from quotes.models import Approval
from tests.document_factories import QuoteFactory
from tests.factories import UserFactory
from tests.pages import queries

pytestmark = pytest.mark.django_db


def test_the_page_names_the_rule_and_lets_the_rep_ask(deep, rep, page):
    client = page(rep)

    shown = client.get(deep.get_absolute_url()).text
    answer = client.post(
        f"/quotes/{deep.ref}/ask-approval/", {"note": "Please", "version": deep.version}, follow=True
    )

    assert "its discount is 20%, without approval it may be 15%" in shown
    assert f'action="/quotes/{deep.ref}/ask-approval/"' in shown
    assert "It waits for an approval" in answer.text
    assert "You asked for it, so somebody else decides." in answer.text
    assert deep.approvals.get().request_note == "Please"


def test_asking_has_a_page_of_its_own(deep, rep, page):
    shown = page(rep).get(f"/quotes/{deep.ref}/ask-approval/")

    assert shown.status_code == 200
    assert "its discount is 20%" in shown.text


def test_the_manager_answers_on_the_page(deep, rep, manager, page):
    ask_approval(deep, by=rep, note="Please")
    client = page(manager)

    shown = client.get(deep.get_absolute_url()).text
    asked = deep.approvals.get().pk
    answer = client.post(f"/quotes/{deep.ref}/approve/", {"note": "Fine", "approval": asked}, follow=True)

    assert "“Please”" in shown
    assert f'action="/quotes/{deep.ref}/approve/"' in shown
    assert "Approved by Mia Ito" in answer.text
    assert "Fine" in page(rep).get(deep.get_absolute_url()).text


def test_a_refusal_without_a_reason_asks_for_one_and_keeps_the_request(deep, rep, manager, page):
    ask_approval(deep, by=rep)
    client, path = page(manager), f"/quotes/{deep.ref}/reject/"

    wrong = client.post(path, {"note": ""})
    right = client.post(path, {"note": "Too much", "approval": deep.approvals.get().pk}, follow=True)

    assert wrong.status_code == 422
    assert "Not approved by Mia Ito" in right.text
    assert "Too much" in page(rep).get(deep.get_absolute_url()).text


def test_an_answer_to_what_was_changed_meanwhile_is_refused_with_409(deep, rep, manager, page):
    ask_approval(deep, by=rep)
    seen = deep.approvals.get().pk
    change_quote(deep, by=rep, discount_percent=Decimal(1))

    answer = page(manager).post(f"/quotes/{deep.ref}/approve/", {"approval": seen})

    assert answer.status_code == 409
    assert Approval.objects.get().status == "void"


def test_approving_ones_own_request_is_403_and_out_of_reach_404(deep, manager, other_manager, page):
    ask_approval(deep, by=manager)
    path = f"/quotes/{deep.ref}/approve/"

    assert page(manager).post(path).status_code == 403
    assert page(other_manager).post(path).status_code == 404
    assert Approval.objects.get().status == "pending"


def test_the_list_shows_what_waits_for_this_manager_with_a_constant_number_of_queries(
    deep, rep, manager, other_manager, page
):
    ask_approval(deep, by=rep)
    own = QuoteFactory(owner=rep, lines__discount_percent=Decimal(50), lines__product=None)
    ask_approval(own, by=manager)
    client = page(manager)
    client.get("/quotes/approvals/")

    shown = client.get("/quotes/approvals/").text
    first = len(queries(lambda: client.get("/quotes/approvals/")))
    for _number in range(5):
        more = QuoteFactory(owner=rep, lines__discount_percent=Decimal(30), lines__product=None)
        ask_approval(more, by=rep)

    assert deep.ref in shown
    assert own.ref not in shown  # one's own request waits for somebody else
    assert len(queries(lambda: client.get("/quotes/approvals/"))) == first
    assert deep.ref not in page(other_manager).get("/quotes/approvals/").text
    assert page(rep).get("/quotes/approvals/").status_code == 403


def test_deciding_from_the_list_leads_back_to_it(deep, rep, manager, page):
    ask_approval(deep, by=rep)
    data = {"approval": deep.approvals.get().pk, "from": "list"}

    answer = page(manager).post(f"/quotes/{deep.ref}/approve/", data, follow=True)

    assert answer.redirect_chain[-1][0] == "/quotes/approvals/"
    assert "Nobody waits for your approval" in answer.text


def test_the_managers_home_page_says_what_waits(deep, rep, manager, page):
    ask_approval(deep, by=rep)

    assert f"Approve {deep.ref}" in page(manager).get("/overview/").text
    assert f"Approve {deep.ref}" not in page(rep).get("/overview/").text


def test_margins_are_figures_for_managers_only(deep, rep, manager, margin_rule, page, api):
    shown, told = page(rep).get(deep.get_absolute_url()).text, page(manager).get(deep.get_absolute_url()).text
    ask_approval(deep, by=rep)
    mine = api(rep).get(f"/api/v1/quotes/{deep.public_id}/approvals/").json()
    theirs = api(manager).get(f"/api/v1/quotes/{deep.public_id}/approvals/").json()

    assert "Its margin is below what may be offered without approval" in shown
    assert "25%" not in shown
    assert "Its margin is 25%" in told
    assert [(one["limit"], one["found"]) for one in mine[0]["reasons"] if one["kind"] == "margin"] == [
        ("", "")
    ]
    assert "25" in next(one["found"] for one in theirs[0]["reasons"] if one["kind"] == "margin")


def test_the_api_refuses_with_codes_asks_and_decides(deep, rep, manager, api):
    path = f"/api/v1/quotes/{deep.public_id}/"
    refused = api(rep).post(f"{path}activate/").json()
    listed = {one["name"]: one for one in api(rep).get(f"{path}steps/").json()}
    asked = api(rep).post(f"{path}ask-approval/", {"note": "Please"}, format="json")
    waiting = api(manager).get("/api/v1/quotes/?approval=pending").json()["results"]
    own = api(rep).post(f"{path}approve/", {}, format="json")
    no_reason = api(manager).post(f"{path}reject/", {}, format="json")
    approved = api(manager).post(f"{path}approve/", {"note": "Fine"}, format="json")
    again = api(manager).post(f"{path}approve/", {}, format="json")
    active = api(rep).post(f"{path}activate/").json()
    (told,) = api(rep).get(f"{path}approvals/").json()

    assert [one["code"] for one in refused["blockers"]] == ["needs_approval"]
    assert listed["ask-approval"]["allowed"]
    assert asked.status_code == 200
    assert [one["number"] for one in waiting] == [deep.number]
    assert (own.status_code, no_reason.status_code, approved.status_code, again.status_code) == (
        403,
        400,
        200,
        409,
    )
    assert active["status"] == "active"
    assert (told["status"], told["asked_by"], told["decided_by"]) == (
        "approved",
        rep.username,
        manager.username,
    )


def test_a_requester_with_every_right_gets_403_from_the_api(deep, api):
    boss = UserFactory(role="administrator")
    ask_approval(deep, by=boss)

    answer = api(boss).post(f"/api/v1/quotes/{deep.public_id}/approve/", {}, format="json")

    assert answer.status_code == 403
    assert Approval.objects.get().status == "pending"


def test_an_approved_draft_says_so_until_it_is_activated(deep, rep, manager, page):
    ask_approval(deep, by=rep)
    approve_quote(deep, by=manager, note="Fine")

    shown = page(rep).get(deep.get_absolute_url()).text

    assert "Approved by Mia Ito" in shown
    assert "Ask for approval" not in shown
