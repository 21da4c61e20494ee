"""What became of a deal's amount: estimated, offered, ordered, invoiced, paid; each sum and each difference exact."""

import random
from decimal import Decimal
from itertools import pairwise

import pytest

from catalog.models import Currency
from invoices.models import Invoice
from opportunities.models import Opportunity
from orders.models import Order
from quotes.models import Quote
from reports.chain import Chain
from reports.deal_figures import figures

D = Decimal
EURO = Currency(pk=1, code="EUR", digits=2, is_base=True)
ZERO, NORMAL = D(0), D("1.19")


def cents(rng, most=10_000_00):
    return D(rng.randrange(most)) / 100


def amounts(net, freight=ZERO):
    return {"pre_freight_amount": net - freight, "freight": freight, "currency": EURO}


def deal_of(estimate, **values):
    return Opportunity(pk=7, number="OPP-7", name="D", currency=EURO, estimated_revenue=estimate, **values)


def quote(pk, net, status="active", **values):
    return Quote(pk=pk, number=f"QUO-{pk}", opportunity_id=7, status=status, **amounts(net), **values)


def order(pk, net, status="submitted"):
    return Order(pk=pk, number=f"ORD-{pk}", opportunity_id=7, status=status, **amounts(net))


def invoice(pk, net, *, paid=ZERO, status="active", number="INV", tax=NORMAL, **values):
    total = net * tax
    return Invoice(
        pk=pk, number=f"{number}-{pk}" if number else None, opportunity_id=7, status=status, total=total,
        amount_paid=paid, balance=total - paid, **amounts(net), **values,
    )  # fmt: skip


def told(deal, **chain):
    return {one.key: one for one in figures(deal, Chain(**chain))}


def test_a_deal_of_which_there_is_only_an_estimate_says_that():
    assert [(one.key, one.amount, one.words) for one in figures(deal_of(D(100)), Chain())] == [
        ("estimate", D(100), "")
    ]


def test_a_calculated_estimate_is_the_sum_of_the_lines():
    deal = deal_of(D(1), revenue_mode="system_calculated", pre_freight_amount=D(90), freight=D(10))

    assert told(deal)["estimate"].amount == 100


def test_more_and_less_are_said_in_words_with_a_sign_and_a_share():
    found = told(deal_of(D(1000)), quotes=[quote(1, D(1200))], orders=[order(1, D(900))])

    assert (found["quote"].words, found["quote"].icon) == ("€200.00 more (+20%)", "trending-up")
    assert (found["order"].words, found["order"].icon) == (
        "€300.00 less (\N{MINUS SIGN}25%)",
        "trending-down",
    )


def test_the_same_is_said_to_be_the_same():
    found = told(deal_of(D(1000)), quotes=[quote(1, D(1000))], orders=[order(1, D(1000))])

    assert [found[key].words for key in ("quote", "order")] == ["as estimated", "as quoted"]


def test_of_nothing_there_is_no_share():
    assert told(deal_of(D(0)), quotes=[quote(1, D(10))])["quote"].words == "€10.00 more"


def test_the_newest_active_quote_speaks_and_the_others_are_counted():
    quotes = [quote(1, D(1)), quote(2, D(2)), quote(3, D(3)), quote(4, D(4), status="draft"),
              quote(5, D(5), status="closed")]  # fmt: skip

    found = told(deal_of(D(3)), quotes=quotes)["quote"]

    assert (found.amount, found.more, found.sources[0].label) == (3, 2, "QUO-3")


def test_without_an_active_quote_the_one_that_was_won_speaks_and_else_a_draft():
    won, draft = quote(1, D(1), status="won"), quote(2, D(2), status="draft")

    assert told(deal_of(D(3)), quotes=[won, draft])["quote"].amount == 1
    assert str(told(deal_of(D(3)), quotes=[draft])["quote"].label) == "Draft quote, net"
    assert "quote" not in told(deal_of(D(3)), quotes=[quote(3, D(3), status="closed")])


def test_what_was_canceled_or_is_a_draft_or_belongs_to_another_deal_counts_nothing():
    other = order(3, D(50))
    other.opportunity_id = 8
    orders = [order(1, D(100)), order(2, D(70), status="canceled"), other]
    invoices = [invoice(1, D(40)), invoice(2, D(9), number=""), invoice(3, D(8), status="canceled")]

    found = told(deal_of(D(100)), orders=orders, invoices=invoices)

    assert (found["order"].amount, found["invoice"].amount) == (100, 40)
    assert [one.label for one in found["invoice"].sources] == ["INV-1"]


def test_money_that_is_open_given_back_or_all_there_is_said():
    for paid, words in (
        (D(19), "€100.00 still open"),
        (D(119), "nothing open"),
        (D(129), "€10.00 to give back"),
    ):
        found = told(deal_of(D(100)), invoices=[invoice(1, D(100), paid=paid)])
        assert (found["paid"].amount, found["paid"].words) == (paid, words)


@pytest.mark.parametrize("seed", range(60))
def test_sums_and_differences_hold_for_any_documents(seed):
    rng = random.Random(seed)
    estimate = cents(rng)
    quotes = [
        quote(n, cents(rng), rng.choice(["active", "draft", "won", "closed"]))
        for n in range(1, rng.randrange(1, 6))
    ]
    orders = [
        order(n, cents(rng), rng.choice(["submitted", "canceled"])) for n in range(1, rng.randrange(1, 5))
    ]
    invoices = [
        invoice(
            n, cents(rng) * rng.choice([1, 1, -1]), paid=cents(rng), status=rng.choice(["active", "canceled"])
        )
        for n in range(1, rng.randrange(1, 6))
    ]

    found = figures(deal_of(estimate), Chain(quotes=quotes, orders=orders, invoices=invoices))

    by_key = {one.key: one for one in found}
    live = [one for one in orders if one.status != "canceled"]
    billed = [one for one in invoices if one.status != "canceled"]
    assert by_key["estimate"].amount == estimate
    if live:
        assert by_key["order"].amount == sum(one.pre_freight_amount + one.freight for one in live)
    if billed:
        assert by_key["invoice"].amount == sum(one.net_amount for one in billed)
        assert by_key["paid"].amount + sum(one.balance for one in billed) == sum(one.total for one in billed)
    assert ("order" in by_key, "invoice" in by_key) == (bool(live), bool(billed))
    for before, after in pairwise(found):
        if after.key != "paid":
            difference = after.amount - before.amount
            assert after.tone == ("same" if difference == 0 else "up" if difference > 0 else "down")
            assert (f"{abs(difference):,.2f}" in after.words) == (difference != 0)
