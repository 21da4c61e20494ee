"""Every step of an opportunity that is its own: it happens, it is refused, it is forbidden."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from kernel import history
from kernel.errors import Conflict, DomainError, TransitionRefused
from kernel.models import HistoryEntry, OutboxMessage
from opportunities.actions import (
    assign_opportunity,
    change_opportunity,
    create_opportunity,
    hold_opportunity,
    move_opportunity,
    reopen_opportunity,
    resume_opportunity,
)
from opportunities.closing import close_as_lost, close_as_won, competitor_named
from opportunities.models import Opportunity, OpportunityClose
from people.removing import remove_record
from tests.document_factories import OrderFactory, QuoteFactory
from tests.factories import (
    AccountFactory,
    ContactFactory,
    CurrencyFactory,
    LeadFactory,
    LossReasonFactory,
    OpportunityCloseFactory,
    OpportunityFactory,
    PriceListFactory,
    StageFactory,
    StageVisitFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller():
    CurrencyFactory()
    StageFactory()
    return UserFactory()


def unchanged(opportunity):
    now = Opportunity.objects.get(pk=opportunity.pk)
    return (
        (now.version, now.status, now.status_reason, now.stage)
        == (opportunity.version, opportunity.status, opportunity.status_reason, opportunity.stage)
        and not HistoryEntry.objects.exists()
        and not OutboxMessage.objects.exists()
    )


# --- create and change -------------------------------------------------------------------------------------------


def test_a_new_deal_starts_in_the_first_stage_with_the_customers_terms(seller):
    prices = PriceListFactory()
    account = AccountFactory(owner=seller, price_list=prices)

    deal = create_opportunity(by=seller, name="CNC retrofit", account=account)

    assert deal.number.startswith("OPP-")
    assert (deal.status, deal.stage.name, deal.probability) == ("open", "Qualify", 10)
    assert (deal.price_list, deal.currency.code, deal.exchange_rate) == (prices, "EUR", 1)
    assert (deal.owner, deal.team) == (seller, seller.team)
    assert history.of(deal).get().verb == "created"
    assert OutboxMessage.objects.get().topic == "opportunity.created"
    assert deal.stage_visits.get().stage == deal.stage


def test_without_prices_of_its_own_the_customer_has_the_default_of_the_currency(seller):
    usual = PriceListFactory(is_default=True)

    assert create_opportunity(by=seller, name="D", account=AccountFactory(owner=seller)).price_list == usual


def test_a_deal_needs_a_name_and_a_customer_and_both_are_said(seller):
    with pytest.raises(DomainError) as refused:
        create_opportunity(by=seller)

    assert {blocker.field for blocker in refused.value.blockers} == {"name", "account"}


def test_a_person_may_be_the_customer(seller):
    deal = create_opportunity(by=seller, name="D", contact=ContactFactory(owner=seller))

    assert deal.customer == deal.contact


def test_prices_in_another_currency_are_refused(seller):
    dollars = PriceListFactory(currency=CurrencyFactory(code="USD"))

    with pytest.raises(DomainError) as refused:
        create_opportunity(
            by=seller, name="D", account=AccountFactory(owner=seller), price_list=dollars,
            currency=CurrencyFactory(),
        )  # fmt: skip

    assert refused.value.field == "price_list"


def test_nobody_deals_with_a_customer_they_cannot_see_or_one_that_is_inactive(seller):
    for account, code in (
        (AccountFactory(owner=UserFactory()), "not_found"),
        (AccountFactory(owner=seller, is_active=False), "inactive"),
    ):
        with pytest.raises(DomainError) as refused:
            create_opportunity(by=seller, name="D", account=account)
        assert (refused.value.code, refused.value.field) == (code, "account")


def test_finance_makes_no_deals(seller):
    with pytest.raises(PermissionDenied):
        create_opportunity(by=UserFactory(role="finance"), name="D", account=AccountFactory())


def test_the_currency_is_fixed_while_there_are_lines(seller):
    deal = OpportunityFactory(owner=seller, lines=1)

    with pytest.raises(DomainError) as refused:
        change_opportunity(deal, by=seller, currency=CurrencyFactory(code="USD"))

    assert (refused.value.code, refused.value.field) == ("currency_fixed", "currency")
    assert unchanged(deal)


def test_a_change_is_remembered_and_a_stale_one_is_a_conflict(seller):
    deal = OpportunityFactory(owner=seller)

    change_opportunity(deal, by=seller, estimated_revenue=Decimal(5), version=1)
    with pytest.raises(Conflict):
        change_opportunity(deal, by=seller, estimated_revenue=Decimal(6), version=1)

    assert Opportunity.objects.get().estimated_revenue == 5
    assert history.of(deal).get().changes == {"estimated_revenue": ["0.0000", "5"]}


def test_stage_status_and_amounts_are_not_written_past_their_steps(seller):
    deal = OpportunityFactory(owner=seller)

    for name, value in {"stage": StageFactory(position=2), "status": "won", "total": 5, "lead": None}.items():
        with pytest.raises(DomainError) as refused:
            change_opportunity(deal, by=seller, **{name: value})
        assert refused.value.code == "read_only_field"
    assert unchanged(deal)


@pytest.mark.parametrize("status", ["won", "lost"])
def test_a_closed_deal_is_not_changed_moved_or_held(seller, status):
    deal = OpportunityFactory(owner=seller, status=status)

    for step in (
        lambda: change_opportunity(deal, by=seller, need="More"),
        lambda: move_opportunity(deal, by=seller, stage=StageFactory(position=2)),
        lambda: hold_opportunity(deal, by=seller),
    ):
        with pytest.raises(TransitionRefused, match=f"it is {status}"):
            step()
    assert unchanged(deal)


# --- move --------------------------------------------------------------------------------------------------------


def test_moving_takes_the_chance_of_the_stage_and_keeps_the_time_in_the_old_one(seller):
    deal = OpportunityFactory(owner=seller)
    StageVisitFactory(opportunity=deal)
    develop = StageFactory(position=2)

    moved = move_opportunity(deal, by=seller, stage=develop)

    assert (moved.stage, moved.probability) == (develop, 30)
    old, new = moved.stage_visits.order_by("id")
    assert old.left_at is not None
    assert (new.stage, new.left_at) == (develop, None)
    assert history.of(deal).get().changes == {"stage": ["Qualify", "Develop"]}
    assert OutboxMessage.objects.get().payload == {"from": "Qualify", "to": "Develop"}


def test_a_stage_names_everything_it_needs(seller):
    deal = OpportunityFactory(owner=seller)
    stage = StageFactory(
        position=3, required_fields=["estimated_close_on", "amount", "lines", "contact", "need"]
    )

    with pytest.raises(TransitionRefused) as refused:
        move_opportunity(deal, by=seller, stage=stage, need="A lot")

    assert [blocker.field for blocker in refused.value.blockers] == [
        "estimated_close_on", "amount", "lines", "contact",
    ]  # fmt: skip
    assert refused.value.reasons[0] == "Propose needs: estimated close date"
    assert unchanged(deal)


def test_what_a_stage_needs_can_be_given_along(seller):
    deal = OpportunityFactory(owner=seller)
    stage = StageFactory(position=3, required_fields=["estimated_close_on"])

    moved = move_opportunity(deal, by=seller, stage=stage, estimated_close_on=dt.date(2027, 1, 1))

    assert (moved.stage, moved.estimated_close_on) == (stage, dt.date(2027, 1, 1))
    assert set(history.of(deal).get().changes) == {"stage", "estimated_close_on"}


def test_moving_to_the_same_stage_is_refused(seller):
    deal = OpportunityFactory(owner=seller)

    with pytest.raises(TransitionRefused, match="it is in this stage already"):
        move_opportunity(deal, by=seller, stage=deal.stage)

    assert unchanged(deal)


# --- hold, resume, reopen ----------------------------------------------------------------------------------------


def test_a_deal_rests_and_goes_on(seller):
    deal = hold_opportunity(OpportunityFactory(owner=seller), by=seller)
    assert (deal.status, deal.status_reason) == ("open", "on_hold")

    deal = resume_opportunity(deal, by=seller)
    assert (deal.status, deal.status_reason) == ("open", "in_progress")
    assert [entry.verb for entry in history.of(deal)] == ["resumed", "held"]
    assert set(OutboxMessage.objects.values_list("topic", flat=True)) == {
        "opportunity.held", "opportunity.resumed",
    }  # fmt: skip


def test_what_rests_is_not_put_to_rest_and_what_runs_is_not_resumed(seller):
    resting = OpportunityFactory(owner=seller, status_reason="on_hold")
    running = OpportunityFactory(owner=seller)

    with pytest.raises(TransitionRefused, match="it is on hold already"):
        hold_opportunity(resting, by=seller)
    with pytest.raises(TransitionRefused, match="it is not on hold"):
        resume_opportunity(running, by=seller)

    assert unchanged(resting)
    assert unchanged(running)


def test_reopening_takes_the_closing_back_but_keeps_it_on_record(seller):
    deal = OpportunityFactory(
        owner=seller, status="won", actual_revenue=Decimal(5), closed_on=dt.date(2026, 1, 1)
    )
    OpportunityCloseFactory(opportunity=deal, by=seller)

    reopened = reopen_opportunity(deal, by=seller)

    assert (reopened.status, reopened.status_reason) == ("open", "in_progress")
    assert (reopened.actual_revenue, reopened.closed_on) == (None, None)
    assert OpportunityClose.objects.get().is_canceled
    assert reopened.stage_visits.get().left_at is None
    entry = history.of(deal).get()
    assert (entry.verb, entry.from_status, entry.to_status) == ("reopened", "won", "open")
    assert OutboxMessage.objects.get().topic == "opportunity.reopened"


def test_a_deal_with_an_order_is_not_reopened_until_that_is_canceled(seller):
    deal = OpportunityFactory(owner=seller, status="won")
    OrderFactory(opportunity=deal)

    with pytest.raises(TransitionRefused) as refused:
        reopen_opportunity(deal, by=seller)

    assert [blocker.code for blocker in refused.value.blockers] == ["has_order"]
    assert unchanged(deal)


def test_a_canceled_order_does_not_keep_a_deal_closed(seller):
    deal = OpportunityFactory(owner=seller, status="won")
    OrderFactory(opportunity=deal, status="canceled")

    assert reopen_opportunity(deal, by=seller).status == "open"


def test_an_open_deal_cannot_be_reopened(seller):
    deal = OpportunityFactory(owner=seller)

    with pytest.raises(TransitionRefused, match="it is open"):
        reopen_opportunity(deal, by=seller)

    assert unchanged(deal)


# --- closing, the part that is the opportunity's own -------------------------------------------------------------


def test_winning_stops_the_clock_of_the_stage_and_keeps_how(seller):
    deal = OpportunityFactory(owner=seller)
    StageVisitFactory(opportunity=deal)

    with transaction.atomic():
        close_as_won(deal, by=seller, actual_revenue=Decimal(7), closed_on=dt.date(2026, 5, 1))

    deal = Opportunity.objects.get(pk=deal.pk)
    assert (deal.status, deal.status_reason, deal.actual_revenue) == ("won", "won", 7)
    assert deal.stage_visits.get().left_at is not None
    close = deal.closes.get()
    assert (close.outcome, close.actual_revenue, close.by, close.is_canceled) == ("won", 7, seller, False)


def test_losing_keeps_reason_competitor_and_note(seller):
    deal = OpportunityFactory(owner=seller)
    price = LossReasonFactory()

    with transaction.atomic():
        close_as_lost(
            deal, by=seller, reason="out_sold", closed_on=dt.date(2026, 5, 1), loss_reason=price,
            lost_to=competitor_named("Vela"), note="Cheaper",
        )  # fmt: skip

    deal = Opportunity.objects.get(pk=deal.pk)
    assert (deal.status, deal.status_reason) == ("lost", "out_sold")
    close = deal.closes.get()
    assert (close.loss_reason, close.competitor, close.note) == (price, "Vela", "Cheaper")


def test_a_deal_with_an_order_is_not_lost(seller):
    deal = OpportunityFactory(owner=seller)
    OrderFactory(opportunity=deal)

    with pytest.raises(TransitionRefused), transaction.atomic():
        close_as_lost(deal, by=seller, reason="canceled", closed_on=dt.date(2026, 5, 1))

    assert not OpportunityClose.objects.exists()


# --- rights ------------------------------------------------------------------------------------------------------

STEPS = {
    "change": lambda deal, by: change_opportunity(deal, by=by, need="More"),
    "move": lambda deal, by: move_opportunity(deal, by=by, stage=StageFactory(position=2)),
    "hold": lambda deal, by: hold_opportunity(deal, by=by),
    "assign": lambda deal, by: assign_opportunity(deal, by=by, owner=by),
    "delete": lambda deal, by: remove_record(deal, by=by),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("role", ["finance", "salesperson", "sales_manager"])
def test_a_step_is_forbidden_to_a_stranger(seller, step, role):
    deal = OpportunityFactory(owner=seller)

    with pytest.raises(PermissionDenied):
        STEPS[step](deal, UserFactory(role=role))

    assert unchanged(deal)


def test_a_manager_assigns_within_reach_only(seller):
    manager = UserFactory(role="sales_manager", team=seller.team)
    deal = OpportunityFactory(owner=seller)

    assert assign_opportunity(deal, by=manager, owner=manager).owner == manager
    with pytest.raises(DomainError) as refused:
        assign_opportunity(deal, by=manager, owner=UserFactory())
    assert refused.value.code == "out_of_reach"


def test_a_deal_that_led_to_documents_is_not_deleted(seller):
    deal = OpportunityFactory(owner=seller)
    quote = QuoteFactory(opportunity=deal)

    with pytest.raises(TransitionRefused) as refused:
        remove_record(deal, by=seller)

    assert str(quote) in str(refused.value.blockers[0].text)
    assert unchanged(deal)


def test_a_deal_that_led_nowhere_is_deleted_with_its_lines(seller):
    deal = OpportunityFactory(owner=seller, lines=2)

    remove_record(deal, by=seller)

    assert not Opportunity.objects.exists()
    assert HistoryEntry.objects.get().verb == "deleted"


# --- what the database itself knows ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "columns",
    [
        {"status": "won"},
        {"status_reason": "canceled"},
        {"status": "nonsense"},
        {"account": None, "contact": None},
        {"probability": 101},
    ],
)
def test_the_database_refuses_a_broken_deal(columns):
    OpportunityFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Opportunity.objects.update(**columns)


def test_a_deal_has_one_valid_closing():
    close = OpportunityCloseFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        OpportunityCloseFactory(opportunity=close.opportunity)
    OpportunityCloseFactory(opportunity=close.opportunity, is_canceled=True)


def test_a_lead_and_a_customer_with_a_deal_are_kept():
    deal = OpportunityFactory(lead=LeadFactory())

    for record in (deal.lead, deal.account, deal.stage):
        with pytest.raises(ProtectedError), transaction.atomic():
            record.delete()
