"""Customers, colleagues and workers at the same moment. On PostgreSQL, with real threads."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core import mail as outbox
from django.utils import timezone

from catalog.lines import lines_of
from kernel import postman
from kernel.models import HistoryEntry, OutgoingMail
from orders.actions.customers_yes import Signature, accept_as_customer
from orders.models import Order
from quotes.actions import close_quote, revise_quote
from quotes.actions.sharing import Letter, cancel_sending, decline_as_customer, note_view, send_by_mail
from quotes.customer_sheet import seal_of, total_with
from quotes.models import Acceptance, CustomerLink, Quote
from tests.races.test_races import CROWD, at_once
from tests.sharing.offers import link_to, offer, option

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def fresh(link: CustomerLink) -> CustomerLink:
    return CustomerLink.objects.select_related("quote").get(pk=link.pk)


def yes(quote: Quote, *options) -> Signature:
    return Signature(
        name="Bea Buyer", email="bea@borg.example", seal=seal_of(quote, lines_of(quote)),
        seen_total=total_with(quote, options), chosen=options,
    )  # fmt: skip


def test_a_crowd_that_accepts_makes_one_order_and_everybody_gets_the_receipt():
    quote = offer(deal=True)
    link, said = link_to(quote), yes(quote, option(quote, "Installation"))

    outcome = at_once(lambda _n: accept_as_customer(fresh(link), said))

    assert outcome == {"done": CROWD}
    assert (Order.objects.get().total, Acceptance.objects.count()) == (Decimal("178.50"), 1)
    assert HistoryEntry.objects.filter(verb="accepted").count() == 1


@pytest.mark.parametrize("end", ["revise", "close", "decline"])
def test_accepting_and_ending_exclude_each_other(end):
    quote = offer()
    link, said = link_to(quote), yes(quote)
    ends = {
        "revise": lambda: revise_quote(quote, by=quote.owner),
        "close": lambda: close_quote(quote, by=quote.owner, reason="canceled"),
        "decline": lambda: decline_as_customer(fresh(link)),
    }

    at_once(lambda n: accept_as_customer(fresh(link), said) if n % 2 else ends[end]())

    quote.refresh_from_db()
    orders = Order.objects.count()
    assert (quote.status, orders, Acceptance.objects.count()) in {("won", 1, 1), ("closed", 0, 0)}


def test_of_two_offers_accepted_at_once_one_wins():
    first = offer(deal=True)
    second = offer(rep=first.owner)
    Quote.objects.filter(pk=second.pk).update(opportunity=first.opportunity)
    second.refresh_from_db()
    links, said = [link_to(first), link_to(second)], [yes(first), yes(second)]

    at_once(lambda n: accept_as_customer(fresh(links[n % 2]), said[n % 2]))

    assert Order.objects.count() == 1
    assert sorted(Quote.objects.values_list("status", flat=True)) == ["closed", "won"]


def test_every_look_is_counted_and_one_is_told():
    quote = offer()
    link = link_to(quote)

    at_once(lambda _n: note_view(fresh(link)))

    link.refresh_from_db()
    assert link.views == CROWD
    assert HistoryEntry.objects.filter(verb="viewed").count() == 1


def test_a_letter_is_sent_or_taken_back_never_both():
    quote = offer()
    written = send_by_mail(quote, Letter("bea@borg.example", "S", "M", attach_pdf=False), by=quote.owner)
    OutgoingMail.objects.update(due_at=timezone.now() - dt.timedelta(seconds=1))

    at_once(
        lambda n: postman.send(str(written.public_id)) if n % 2 else cancel_sending(quote, by=quote.owner)
    )

    written.refresh_from_db()
    quote.refresh_from_db()
    sent = len(outbox.outbox)
    assert (written.state, sent, quote.status_reason) in {("sent", 1, "open"), ("canceled", 0, "in_progress")}
