"""Every step of a quote: it happens, it is refused with all reasons and changes nothing, it is forbidden."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from kernel.errors import ComponentOwnedElsewhere, Conflict, DomainError, TransitionRefused
from kernel.models import HistoryEntry, OutboxMessage
from orders.actions import accept_quote, win_opportunity
from orders.models import Order
from people.removing import remove_record
from people.service import service_user
from quotes.actions import (
    activate_quote,
    change_quote,
    close_quote,
    copy_quote,
    create_quote,
    expire_quote,
    get_products,
    lose_opportunity,
    quote_from_opportunity,
    revise_quote,
    send_quote,
    set_quote_lines,
)
from quotes.models import Quote
from quotes.tasks import expire_quotes
from tests.document_factories import OrderFactory, QuoteFactory, erp_keeps
from tests.factories import AccountFactory, OpportunityFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db
YESTERDAY = timezone.localdate() - dt.timedelta(days=1)


@pytest.fixture
def rep():
    return UserFactory()


@pytest.fixture
def stranger():
    return UserFactory(team=TeamFactory())


def status_of(quote):
    return Quote.objects.values_list("status", "status_reason").get(pk=quote.pk)


def verbs_of(record):
    entries = HistoryEntry.objects.filter(record_type=record._meta.label_lower, record_id=record.pk)
    return list(entries.order_by("id").values_list("verb", flat=True))


def test_activating_freezes_the_draft_and_tells_the_house(rep):
    quote = activate_quote(QuoteFactory(owner=rep), by=rep)

    assert status_of(quote) == ("active", "in_progress")
    assert verbs_of(quote) == ["activated"]
    assert OutboxMessage.objects.get().topic == "quote.activated"
    with pytest.raises(TransitionRefused):
        set_quote_lines(quote, [], by=rep)


def test_activating_is_refused_with_every_reason_at_once(rep):
    deal = OpportunityFactory(status="lost")
    quote = QuoteFactory(owner=rep, lines=0, expires_on=YESTERDAY, opportunity=deal)

    with pytest.raises(TransitionRefused) as refused:
        activate_quote(quote, by=rep)

    assert [blocker.code for blocker in refused.value.blockers] == [
        "no_lines",
        "expired",
        "opportunity_closed",
    ]
    assert status_of(quote) == ("draft", "in_progress")
    assert not HistoryEntry.objects.exists()
    assert not OutboxMessage.objects.exists()


STEPS = {
    "activate": ("draft", "in_progress", activate_quote, {}),
    "send": ("active", "in_progress", send_quote, {}),
    "revise": ("active", "open", revise_quote, {}),
    "close": ("active", "open", close_quote, {"reason": "lost"}),
    "accept": ("active", "open", accept_quote, {}),
}


@pytest.mark.parametrize("name", STEPS)
def test_nobody_takes_a_step_on_a_colleagues_quote(name, stranger):
    status, reason, action, details = STEPS[name]
    quote = QuoteFactory(status=status, status_reason=reason)

    with pytest.raises(PermissionDenied):
        action(quote, by=stranger, **details)

    assert status_of(quote) == (status, reason)
    assert not HistoryEntry.objects.exists()
    assert not Order.objects.exists()


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("status", ["won", "closed"])
def test_an_ended_quote_takes_no_step(name, status, rep):
    _status, _reason, action, details = STEPS[name]
    quote = QuoteFactory(owner=rep, status=status)
    before = status_of(quote)

    with pytest.raises(TransitionRefused) as refused:
        action(quote, by=rep, **details)

    assert refused.value.blockers[0].code == "wrong_status"
    assert status_of(quote) == before


def test_finance_reads_quotes_but_takes_no_step():
    quote = QuoteFactory(status="active")

    with pytest.raises(PermissionDenied):
        send_quote(quote, by=UserFactory(role="finance"))


def test_sending_notes_when_and_only_once(rep):
    quote = send_quote(QuoteFactory(owner=rep, status="active"), by=rep)

    assert status_of(quote) == ("active", "open")
    assert quote.sent_at is not None
    with pytest.raises(TransitionRefused) as refused:
        send_quote(quote, by=rep)
    assert refused.value.blockers[0].code == "already_sent"


def test_a_revision_keeps_number_and_lines_and_points_back(rep):
    quote = QuoteFactory(owner=rep, status="active", lines=3, discount_percent=10)

    draft = revise_quote(quote, by=rep)

    assert status_of(quote) == ("closed", "revised")
    assert (draft.number, draft.revision, draft.revises, draft.status) == (quote.number, 1, quote, "draft")
    assert draft.total == quote.total == Decimal("321.30")
    assert draft.ref == f"{quote.number}-r1"
    assert [line.columns() for line in draft.lines.all()] == [line.columns() for line in quote.lines.all()]


def test_a_copy_has_a_number_of_its_own(rep):
    quote = QuoteFactory(owner=rep, status="closed", status_reason="lost")

    draft = copy_quote(quote, by=rep)

    assert draft.number != quote.number
    assert (draft.revision, draft.revises, draft.status, draft.total) == (0, None, "draft", quote.total)


@pytest.mark.parametrize("reason", ["lost", "canceled"])
def test_closing_says_why(reason, rep):
    quote = close_quote(QuoteFactory(owner=rep, status="active"), by=rep, reason=reason, note="too dear")

    assert status_of(quote) == ("closed", reason)
    assert HistoryEntry.objects.get(verb="closed").note == "too dear"


@pytest.mark.parametrize("reason", ["", "won", "expired", "revised", "nonsense"])
def test_closing_takes_no_other_reason(reason, rep):
    quote = QuoteFactory(owner=rep, status="active")

    with pytest.raises(DomainError) as refused:
        close_quote(quote, by=rep, reason=reason)

    assert refused.value.field == "reason"
    assert status_of(quote)[0] == "active"


def test_the_clock_closes_what_has_expired_and_nothing_else():
    late = QuoteFactory(status="active", expires_on=YESTERDAY)
    today = QuoteFactory(status="active", expires_on=timezone.localdate())
    draft = QuoteFactory(status="draft", expires_on=YESTERDAY)

    assert expire_quotes() == 1

    assert status_of(late) == ("closed", "expired")
    assert status_of(today)[0] == "active"
    assert status_of(draft)[0] == "draft"
    assert HistoryEntry.objects.get().actor == service_user("expiry")


def test_people_cannot_expire_a_quote_by_hand(rep):
    with pytest.raises(PermissionDenied):
        expire_quote(QuoteFactory(owner=rep, status="active", expires_on=YESTERDAY), by=rep)


def test_an_expired_quote_cannot_be_accepted(rep):
    quote = QuoteFactory(owner=rep, status="active", expires_on=YESTERDAY)

    with pytest.raises(TransitionRefused) as refused:
        accept_quote(quote, by=rep)

    assert [blocker.code for blocker in refused.value.blockers] == ["expired"]
    assert not Order.objects.exists()


def test_accepting_makes_the_order_wins_the_deal_and_settles_the_siblings(rep):
    deal = OpportunityFactory(owner=rep)
    chosen = QuoteFactory(owner=rep, status="active", opportunity=deal, lines=2)
    sibling = QuoteFactory(owner=rep, status="active", opportunity=deal)
    draft = QuoteFactory(owner=rep, opportunity=deal)

    order = accept_quote(chosen, by=rep, customer_po="PO 7")

    assert (order.quote, order.opportunity, order.customer_po, order.prices_locked) == (
        chosen,
        deal,
        "PO 7",
        True,
    )
    assert (order.total, order.status) == (Decimal("238.00"), "active")
    assert [line.quote_line for line in order.lines.all()] == list(chosen.lines.all())
    assert status_of(chosen) == ("won", "won")
    assert status_of(sibling) == status_of(draft) == ("closed", "canceled")
    deal.refresh_from_db()
    assert (deal.status, deal.actual_revenue) == ("won", Decimal("200.00"))


def test_accepting_twice_makes_one_order(rep):
    quote = QuoteFactory(owner=rep, status="active")
    accept_quote(quote, by=rep)

    with pytest.raises(TransitionRefused):
        accept_quote(quote, by=rep)

    assert Order.objects.count() == 1


def test_the_database_knows_that_a_quote_has_one_valid_order():
    quote = QuoteFactory(status="won")
    OrderFactory(quote=quote, status="canceled")
    OrderFactory(quote=quote)

    with pytest.raises(IntegrityError), transaction.atomic():
        OrderFactory(quote=quote)


def test_winning_the_deal_with_a_quote_is_one_stroke(rep):
    deal = OpportunityFactory(owner=rep, estimated_revenue=999)
    quote = QuoteFactory(owner=rep, status="active", opportunity=deal)

    order = win_opportunity(deal, by=rep, quote=quote)

    deal.refresh_from_db()
    assert (order.quote, deal.status, deal.actual_revenue) == (quote, "won", Decimal("100.00"))
    assert deal.closes.get().outcome == "won"


def test_winning_without_a_quote_takes_the_estimate_and_closes_the_quotes(rep):
    deal = OpportunityFactory(owner=rep, estimated_revenue=999)
    quote = QuoteFactory(owner=rep, status="active", opportunity=deal)

    assert win_opportunity(deal, by=rep) is None

    deal.refresh_from_db()
    assert deal.actual_revenue == 999
    assert status_of(quote) == ("closed", "canceled")


def test_losing_the_deal_closes_its_quotes_as_lost(rep):
    deal = OpportunityFactory(owner=rep)
    quote = QuoteFactory(owner=rep, status="active", opportunity=deal)

    lose_opportunity(deal, by=rep, reason="out_sold", competitor="Borg", note="price")

    deal.refresh_from_db()
    assert (deal.status, deal.status_reason) == ("lost", "out_sold")
    assert deal.closes.get().competitor == "Borg"
    assert status_of(quote) == ("closed", "lost")


def test_a_refused_loss_leaves_deal_and_quotes_alone(rep):
    deal = OpportunityFactory(owner=rep)
    quote = QuoteFactory(owner=rep, status="active", opportunity=deal)
    OrderFactory(opportunity=deal)

    with pytest.raises(TransitionRefused) as refused:
        lose_opportunity(deal, by=rep, reason="canceled")

    assert [blocker.code for blocker in refused.value.blockers] == ["has_order"]
    assert status_of(quote) == ("active", "in_progress")
    assert not deal.closes.exists()


def test_products_of_the_deal_are_copied_with_their_lineage(rep):
    deal = OpportunityFactory(owner=rep, lines=2)

    quote = quote_from_opportunity(deal, by=rep)
    quote = get_products(quote, by=rep)

    assert [line.opportunity_line for line in quote.lines.all()] == [*deal.lines.all()] * 2
    assert [line.position for line in quote.lines.all()] == [1, 2, 3, 4]
    assert quote.total == 400


def test_a_closed_deal_gives_no_quote(rep):
    with pytest.raises(DomainError) as refused:
        quote_from_opportunity(OpportunityFactory(owner=rep, status="won"), by=rep)

    assert refused.value.code == "opportunity_closed"
    assert not Quote.objects.exists()


def test_a_draft_can_be_thrown_away_an_offer_cannot(rep):
    draft = QuoteFactory(owner=rep)
    remove_record(draft, by=rep)
    assert not Quote.objects.exists()

    with pytest.raises(TransitionRefused):
        remove_record(QuoteFactory(owner=rep, status="active"), by=rep)


def test_a_change_prices_the_draft_again_and_remembers_what_changed(rep):
    quote = change_quote(QuoteFactory(owner=rep), by=rep, discount_percent=Decimal(10))

    assert quote.total == Decimal("107.10")
    assert HistoryEntry.objects.get().changes == {"discount_percent": ["0.0000", "10"]}


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(rep):
    quote = QuoteFactory(owner=rep)
    change_quote(quote, by=rep, version=quote.version, name="Mine")

    with pytest.raises(Conflict):
        change_quote(quote, by=rep, version=quote.version, name="Theirs")

    assert Quote.objects.get().name == "Mine"


@pytest.mark.parametrize("field", ["status", "number", "total", "opportunity", "revision"])
def test_what_steps_and_the_engine_write_cannot_be_changed_by_hand(field, rep):
    quote = QuoteFactory(owner=rep)

    with pytest.raises(DomainError) as refused:
        change_quote(quote, by=rep, **{field: "x"})

    assert refused.value.code == "read_only_field"


def test_where_the_erp_makes_quotes_none_is_made_here(rep):
    erp_keeps("quotes")

    with pytest.raises(ComponentOwnedElsewhere) as refused:
        create_quote(by=rep, name="x", account=AccountFactory(), currency=QuoteFactory().currency)

    assert refused.value.code == "component_owned_by_erp"


@pytest.mark.parametrize(
    ("status", "reason"), [("draft", "won"), ("active", "lost"), ("won", "open"), ("closed", "in_progress")]
)
def test_the_database_refuses_a_reason_of_another_status(status, reason):
    with pytest.raises(IntegrityError), transaction.atomic():
        QuoteFactory(status=status, status_reason=reason)


def test_the_status_cannot_be_assigned():
    quote = QuoteFactory()

    with pytest.raises(AttributeError):
        quote.status = "won"
