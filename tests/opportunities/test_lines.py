"""The lines of a deal: priced from the list, taxed, summed, and followed by a calculated revenue."""

import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from catalog.lines import LineChange, changes_from, lines_of
from kernel import history
from kernel.errors import Conflict, DomainError, TransitionRefused
from opportunities.actions import change_opportunity, set_opportunity_lines
from opportunities.models import Opportunity, OpportunityLine
from tests.factories import (
    AccountFactory,
    OpportunityFactory,
    PriceListFactory,
    ProductFactory,
    TaxCodeFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller():
    return UserFactory()


@pytest.fixture
def product():
    return ProductFactory(name="Spindle")


@pytest.fixture
def deal(seller, product):
    return OpportunityFactory(owner=seller, price_list=PriceListFactory(items={product: "90.00"}))


def test_a_product_takes_price_and_tax_from_the_catalog(deal, seller, product):
    changed = set_opportunity_lines(deal, [LineChange(product=product, quantity=Decimal(2))], by=seller)

    [line] = lines_of(changed)
    assert (line.description, line.unit_price, line.tax_rate) == ("Spindle", Decimal(90), Decimal(19))
    assert (changed.net_amount, changed.total_tax, changed.total) == (
        Decimal("180.00"), Decimal("34.20"), Decimal("214.20"),
    )  # fmt: skip
    assert history.of(deal).get().changes == {"total": ["0.0000", "214.20"]}


def test_a_write_in_has_the_price_that_was_typed(deal, seller):
    reduced = TaxCodeFactory(rate=7)
    line = LineChange(description="Book", unit_price=Decimal("10.00"), tax_code=reduced)

    changed = set_opportunity_lines(deal, [line], by=seller)

    assert (changed.net_amount, changed.total_tax) == (Decimal("10.00"), Decimal("0.70"))


def test_a_calculated_revenue_follows_the_lines_and_a_typed_one_does_not(deal, seller, product):
    lines = [LineChange(product=product)]
    typed = set_opportunity_lines(deal, lines, by=seller)
    assert (typed.estimated_revenue, typed.amount) == (0, 0)

    calculated = change_opportunity(typed, by=seller, revenue_mode="system_calculated")
    assert (calculated.estimated_revenue, calculated.amount) == (90, 90)

    more = set_opportunity_lines(calculated, [*lines, *lines], by=seller)
    assert more.amount == Opportunity.objects.get().estimated_revenue == 180


def test_a_discount_on_the_whole_deal_prices_the_lines_again(deal, seller, product):
    set_opportunity_lines(deal, [LineChange(product=product)], by=seller)

    changed = change_opportunity(deal, by=seller, discount_percent=Decimal(10))

    assert (changed.net_amount, changed.total) == (Decimal("81.00"), Decimal("96.39"))
    assert OpportunityLine.objects.get().header_discount == 9


def test_another_price_list_prices_the_lines_again_but_not_those_set_by_hand(deal, seller, product):
    by_hand = LineChange(product=product, unit_price=Decimal(50))
    set_opportunity_lines(deal, [LineChange(product=product), by_hand], by=seller)

    change_opportunity(deal, by=seller, price_list=PriceListFactory(items={product: "70.00"}))

    assert [line.unit_price for line in lines_of(deal)] == [70, 50]


def test_a_customer_free_of_tax_pays_none(deal, seller, product):
    exempt = AccountFactory(owner=seller, tax_treatment="exempt")
    set_opportunity_lines(deal, [LineChange(product=product)], by=seller)

    changed = change_opportunity(deal, by=seller, account=exempt)

    assert (changed.total_tax, changed.total) == (0, Decimal("90.00"))


def test_lines_keep_who_they_are_when_others_change(deal, seller, product):
    set_opportunity_lines(deal, [LineChange(product=product), LineChange(description="Transport")], by=seller)
    first, second = lines_of(deal)

    kept = changes_from([second])
    set_opportunity_lines(deal, [*kept, LineChange(description="Crane")], by=seller)

    assert [line.description for line in lines_of(deal)] == ["Transport", "Crane"]
    assert lines_of(deal)[0].key == second.key
    assert not OpportunityLine.objects.filter(key=first.key).exists()


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        (LineChange(), "lines.0.description", "no_description"),
        (LineChange(description="X", quantity=Decimal(0)), "lines.0.quantity", "quantity_not_positive"),
        (LineChange(description="X", quantity=Decimal("NaN")), "lines.0.quantity", "quantity_not_positive"),
        (LineChange(description="X", key=uuid.uuid4()), "lines.0.key", "unknown_line"),
        (
            LineChange(description="X", discount_percent=Decimal(1), discount_amount=Decimal(1)),
            "lines.0.discount_amount", "two_discounts",
        ),
    ],
)  # fmt: skip
def test_a_line_that_makes_no_sense_is_named_and_nothing_is_written(deal, seller, line, field, code):
    set_opportunity_lines(deal, [LineChange(description="Before")], by=seller)

    with pytest.raises(DomainError) as refused:
        set_opportunity_lines(deal, [line], by=seller)

    assert (refused.value.field, refused.value.code) == (field, code)
    assert [kept.description for kept in lines_of(deal)] == ["Before"]


def test_only_active_products_can_be_added(deal, seller):
    with pytest.raises(DomainError) as refused:
        set_opportunity_lines(deal, [LineChange(product=ProductFactory(status="draft"))], by=seller)

    assert refused.value.code == "product_not_active"


def test_a_closed_deal_keeps_its_lines(seller):
    deal = OpportunityFactory(owner=seller, status="lost", lines=1)

    with pytest.raises(TransitionRefused):
        set_opportunity_lines(deal, [], by=seller)

    assert deal.lines.count() == 1


def test_a_stranger_changes_no_lines(deal):
    with pytest.raises(PermissionDenied):
        set_opportunity_lines(deal, [LineChange(description="X")], by=UserFactory())


def test_a_stale_page_changes_no_lines(deal, seller):
    set_opportunity_lines(deal, [LineChange(description="First")], by=seller, version=1)

    with pytest.raises(Conflict):
        set_opportunity_lines(deal, [LineChange(description="Second")], by=seller, version=1)

    assert [line.description for line in lines_of(deal)] == ["First"]


def test_thirty_lines_take_no_more_statements_than_one(deal, seller, product, django_assert_max_num_queries):
    one = [LineChange(product=product)]
    with django_assert_max_num_queries(30) as first:
        set_opportunity_lines(deal, one, by=seller)

    other = OpportunityFactory(owner=seller, price_list=deal.price_list)
    with django_assert_max_num_queries(len(first)):
        set_opportunity_lines(other, one * 30, by=seller)
