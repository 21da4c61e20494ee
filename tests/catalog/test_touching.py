"""One cell typed comes to the same as pricing the whole document, whatever kind of document it is."""

import random
from decimal import Decimal

import pytest
from django.http import QueryDict

from catalog.documents import AMOUNT_COLUMNS
from catalog.line_edits import LineEdit
from catalog.lines import LineChange, changes_from, lines_of, write_lines
from catalog.models import BundleMember, DiscountList, DiscountTier, PriceListItem
from kernel.errors import DomainError
from kernel.pricing import Profile
from orders.actions import set_order_lines
from quotes.actions import set_quote_lines
from quotes.actions.drafting import pricing_day
from quotes.models import Quote
from tests.document_factories import OrderFactory, QuoteFactory
from tests.factories import (
    CurrencyFactory,
    ExchangeRateFactory,
    PriceListFactory,
    ProductFactory,
    TaxCodeFactory,
    UserFactory,
)
from tests.pages import queries

pytestmark = pytest.mark.django_db
DICE = random.Random(7)
HEADERS = [
    {},
    {"freight": Decimal("12.50")},
    {"discount_percent": Decimal("3.5")},
    {"discount_amount": Decimal("7.77"), "freight": Decimal("5")},
    {"discount_percent": Decimal("50"), "discount_amount": Decimal("1")},
]


@pytest.fixture
def rep():
    return UserFactory()


@pytest.fixture
def shelf():
    """Three products on a price list, one cheaper by the dozen, taxed at two rates."""
    taxes = [TaxCodeFactory(rate=19), TaxCodeFactory(rate=7)]
    products = [ProductFactory(tax_code=DICE.choice(taxes), decimals=2) for _each in range(3)]
    prices = PriceListFactory(
        items={product: str(DICE.randint(1, 9999) / Decimal(100)) for product in products}
    )
    dozen = DiscountList.objects.create(name="Dozen", kind="percent")
    DiscountTier.objects.create(discount_list=dozen, low=12, value=Decimal("4.5"))
    PriceListItem.objects.filter(product=products[0]).update(discount_list=dozen)
    return products, prices, taxes


def some_line(products, taxes):
    kind = DICE.choice(["item"] * 6 + ["optional", "section", "note"])
    if kind in ("section", "note"):
        return LineChange(kind=kind, description="Words", quantity=Decimal(0))
    figures = {"quantity": Decimal(DICE.randint(1, 2500)) / 100, "kind": kind}
    if DICE.random() < 0.4:
        figures["discount_percent"] = Decimal(DICE.randint(1, 4000)) / 100
    if DICE.random() < 0.3:
        return LineChange(
            description="Own words", unit_price=Decimal(DICE.randint(1, 99999)) / 100, tax_code=DICE.choice(taxes),
            **figures,
        )  # fmt: skip
    return LineChange(product=DICE.choice(products), **figures)


def typed(document, line, cell, value):
    data = QueryDict(mutable=True)
    data.update({"do": "cell", "line": str(line.key), "cell": cell, "value": value})
    return LineEdit(data).wanted(document)


def everything(quote):
    """Every stored figure of the quote and its lines."""
    quote.refresh_from_db()
    header = {name: getattr(quote, name) for name in AMOUNT_COLUMNS}
    return header, [
        [getattr(line, name) for name in line.COPIED if name != "price_basis"] for line in lines_of(quote)
    ]


CELLS = {
    "quantity": lambda: str(Decimal(DICE.randint(1, 3000)) / 100),
    "price": lambda: DICE.choice(["", "12.34", "0", "999.99"]),
    "discount": lambda: DICE.choice(["", "5", "12.5%", "1.20 EUR"]),
    "product": lambda: DICE.choice(["Something else", "in words"]),
}


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("digits", [0, 2, 3])
def test_a_typed_cell_leaves_what_pricing_everything_again_leaves(rep, shelf, profile, header, digits):
    products, _prices, taxes = shelf
    money = CurrencyFactory(code=f"X{'ABCD'[digits]}Y", digits=digits)
    ExchangeRateFactory(currency=money)
    prices = PriceListFactory(currency=money, items={one: str(DICE.randint(100, 9999)) for one in products})
    quote = QuoteFactory(
        owner=rep, lines=0, currency=money, price_list=prices, rounding_profile=profile.value
    )
    first = LineChange(product=products[0], quantity=Decimal(3))
    set_quote_lines(
        quote, [first, *(some_line(products, taxes) for _line in range(DICE.randint(1, 7)))], by=rep
    )

    Quote.objects.filter(pk=quote.pk).update(**header)
    quote.refresh_from_db()
    write_lines(quote, changes_from, on=pricing_day(quote))
    quote.save()

    for _edit in range(6):
        line = DICE.choice([one for one in lines_of(quote) if not one.is_text])
        cell = DICE.choice(list(CELLS))
        try:
            set_quote_lines(quote, typed(quote, line, cell, CELLS[cell]().replace("EUR", money.code)), by=rep)
        except DomainError:
            continue  # a discount larger than what is left of the lines
        after = everything(quote)
        write_lines(quote, changes_from, on=pricing_day(quote))
        quote.save()

        assert everything(quote) == after


def test_a_larger_bundle_takes_its_members_along_when_its_quantity_is_typed(rep):
    bundle, member = ProductFactory(kind="bundle"), ProductFactory()
    BundleMember.objects.create(bundle=bundle, member=member, quantity=2)
    quote = QuoteFactory(owner=rep, lines=0, price_list=PriceListFactory(items={bundle: "100", member: "1"}))
    set_quote_lines(quote, [LineChange(product=bundle)], by=rep)

    set_quote_lines(quote, typed(quote, lines_of(quote)[0], "quantity", "3"), by=rep)

    assert [line.quantity for line in lines_of(quote)] == [3, 6]


def test_a_wrong_cell_is_refused_by_its_own_number_and_nothing_changes(rep, shelf):
    products, prices, _taxes = shelf
    quote = QuoteFactory(owner=rep, lines=0, price_list=prices)
    set_quote_lines(quote, [LineChange(product=one) for one in products], by=rep)
    before = everything(quote)

    with pytest.raises(DomainError) as refused:
        set_quote_lines(quote, typed(quote, lines_of(quote)[1], "quantity", "0"), by=rep)

    assert refused.value.field == "lines.1.quantity"
    assert everything(quote) == before


def test_a_locked_order_keeps_its_price_when_a_quantity_is_typed(rep, shelf):
    products, prices, _taxes = shelf
    order = OrderFactory(owner=rep, price_list=prices, lines__product=products[0], prices_locked=True)
    PriceListItem.objects.update(amount=1)
    line = lines_of(order)[0]

    set_order_lines(order, typed(order, line, "quantity", "4"), by=rep)
    with pytest.raises(DomainError) as refused:
        set_order_lines(order, typed(order, line, "price", "9"), by=rep)

    assert lines_of(order)[0].unit_price == 50
    assert refused.value.code == "prices_locked"


@pytest.mark.parametrize("header", [{}, {"discount_percent": 10}, {"rounding_profile": "per_document"}])
def test_a_typed_quantity_takes_as_many_statements_among_1000_lines_as_among_10(rep, header):
    counted = []
    for count in (10, 1000):
        quote = QuoteFactory(owner=rep, lines=1, price_list=PriceListFactory(), **header)
        like = quote.lines.get()
        type(like).objects.bulk_create(
            type(like)(quote=quote, **like.columns() | {"position": position})
            for position in range(2, count + 1)
        )
        quote.total = sum(line.total for line in quote.lines.all())
        quote.save()
        line = quote.lines.get(position=5)
        counted.append(
            len(queries(lambda q=quote, one=line: set_quote_lines(q, typed(q, one, "quantity", "7"), by=rep)))
        )

    assert counted[0] == counted[1] <= 8
