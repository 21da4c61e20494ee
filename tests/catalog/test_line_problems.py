"""What the price list cannot price is refused where the lines are written, by line and field."""

import datetime as dt
from decimal import Decimal

import pytest

from catalog.lines import LineChange, write_lines
from catalog.models import PriceListItem
from kernel.errors import DomainError
from tests.document_factories import QuoteFactory
from tests.factories import OpportunityFactory, PriceListFactory, ProductFactory

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 1)


@pytest.fixture
def opportunity():
    return OpportunityFactory(price_list=PriceListFactory())


def on_list(opportunity, product, **columns):
    PriceListItem.objects.create(
        price_list=opportunity.price_list, product=product, unit=product.unit, **columns
    )
    return product


def test_a_price_that_cannot_be_worked_out_is_refused_until_one_is_given_by_hand(opportunity):
    product = on_list(opportunity, ProductFactory(current_cost=None), method="margin_current", percent=20)
    write_in = LineChange(description="Assembly", unit_price=Decimal(5))

    with pytest.raises(DomainError) as refused:
        write_lines(opportunity, [write_in, LineChange(product=product)], on=TODAY)

    assert (refused.value.code, refused.value.field) == ("no_cost", "lines.1.unit_price")
    assert "Line 2" in str(refused.value)
    assert not opportunity.lines.exists()
    write_lines(opportunity, [write_in, LineChange(product=product, unit_price=Decimal(80))], on=TODAY)
    assert [line.unit_price for line in opportunity.lines.all()] == [Decimal(5), Decimal(80)]


def test_a_part_of_what_is_sold_whole_is_refused_even_at_a_price_given_by_hand(opportunity):
    product = on_list(opportunity, ProductFactory(decimals=2), method="amount", amount=10, selling="whole")

    with pytest.raises(DomainError) as refused:
        write_lines(
            opportunity,
            [LineChange(product=product, quantity=Decimal("1.5"), unit_price=Decimal(9))],
            on=TODAY,
        )

    assert (refused.value.code, refused.value.field) == ("whole_quantity_only", "lines.0.quantity")


def test_a_line_named_twice_or_with_more_digits_than_are_kept_is_refused():
    quote = QuoteFactory()
    line = quote.lines.get()

    def problems(*changes):
        with pytest.raises(DomainError) as refused:
            write_lines(quote, changes, on=dt.date(2026, 1, 1))
        return [(blocker.code, blocker.field) for blocker in refused.value.blockers]

    twice = LineChange(key=line.key, product=line.product, quantity=Decimal(1))
    assert problems(twice, twice) == [("line_named_twice", "lines.1.key")]
    assert problems(LineChange(description="x", unit_price=Decimal("1.23456"))) == [
        ("does_not_fit", "lines.0.unit_price")
    ]
    assert problems(
        LineChange(description="x", quantity=Decimal("1E+10"), discount_amount=Decimal("NaN"))
    ) == [
        ("does_not_fit", "lines.0.quantity"),
        ("does_not_fit", "lines.0.discount_amount"),
    ]
