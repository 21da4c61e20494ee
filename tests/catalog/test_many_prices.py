"""Many prices at once: what is shown before, what is done, and taking it back."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.actions import (
    Price,
    PriceChange,
    change_price_list,
    change_prices,
    set_prices,
    undo_price_change,
)
from catalog.actions.mass import changed_item
from catalog.models import PriceList, PriceListItem, ProductFamily
from catalog.price_preview import preview
from catalog.prices import check_price_list
from kernel.errors import Conflict, DomainError
from kernel.models import HistoryEntry
from kernel.pricing import PriceMethod, list_item_price
from tests.api.conftest import client_of
from tests.document_factories import QuoteFactory, QuoteLineFactory
from tests.factories import CurrencyFactory, PriceListFactory, ProductFactory, UserFactory
from tests.pages import queries

pytestmark = pytest.mark.django_db

UP_TO_99 = {"rounding": "up", "rounding_option": "ends_in", "rounding_amount": Decimal("0.99")}


@pytest.fixture
def manager():
    CurrencyFactory()
    return UserFactory(role="sales_manager")


@pytest.fixture
def tools():
    return ProductFamily.objects.create(name="Tools")


@pytest.fixture
def prices(manager, tools):
    first, second = ProductFactory(sku="A", family=tools), ProductFactory(sku="B")
    return PriceListFactory(name="Retail", items={first: "100", second: "19.90"})


def amounts(price_list):
    return [item.amount for item in price_list.items.order_by("product__sku")]


def later():
    return timezone.localdate() + dt.timedelta(days=30)


# --- now ----------------------------------------------------------------------------


def test_prices_change_at_once_with_one_entry_that_says_from_what_to_what(manager, prices):
    change_prices(prices, PriceChange(Decimal(3)), by=manager)

    assert amounts(prices) == [Decimal(103), Decimal("20.50")]
    entry = HistoryEntry.objects.get(verb="prices_raised")
    assert (entry.note, entry.changes) == ("+3 %", {"A": ["100", "103"], "B": ["19.9", "20.5"]})


def test_only_the_family_and_what_is_below_it_changes_rounded_as_asked(manager, prices, tools):
    below = ProductFamily.objects.create(name="Mills", parent=tools)
    third = ProductFactory(sku="C", family=below)
    prices.items.create(product=third, unit=third.unit, method="amount", amount=10)

    change_prices(prices, PriceChange(Decimal(3), family=tools, **UP_TO_99), by=manager)

    assert amounts(prices) == [Decimal("103.99"), Decimal("19.90"), Decimal("10.99")]


@pytest.mark.parametrize(
    ("method", "percent", "expected"),
    [
        ("percent_of_list", "90", "99"),
        ("markup_current", "50", "65"),
        ("margin_current", "50", "54.5455"),
        ("markup_standard", "0", "10"),
        ("margin_standard", "20", "27.2727"),
    ],
)
def test_prices_that_are_worked_out_keep_their_method_and_rise_by_as_much(manager, method, percent, expected):
    product = ProductFactory(list_price=200, current_cost=100, standard_cost=100)
    prices = PriceListFactory()
    item = prices.items.create(product=product, unit=product.unit, method=method, percent=Decimal(percent))
    reference = Decimal(200 if method == "percent_of_list" else 100)
    before = list_item_price(PriceMethod(method), Decimal(percent), reference=reference)

    change_prices(prices, PriceChange(Decimal(10)), by=manager)

    item.refresh_from_db()
    assert (item.method, item.percent) == (method, Decimal(expected))
    after = list_item_price(PriceMethod(method), item.percent, reference=reference)
    assert abs(after - before * Decimal("1.1")) < Decimal("0.001")


@given(
    amount=st.decimals("0.01", "99999", places=2),
    percent=st.decimals("-90", "500", places=2).filter(bool),
    digits=st.sampled_from([0, 2, 3]),
)
@settings(max_examples=200, deadline=None)
def test_a_changed_amount_is_the_nearest_the_currency_or_the_old_price_can_say(amount, percent, digits):
    item = PriceListItem(method="amount", amount=amount)

    changed = changed_item(item, PriceChange(percent), digits).amount

    exact = amount * (100 + percent) / 100
    finest = max(digits, -amount.normalize().as_tuple().exponent)
    assert abs(changed - exact) <= Decimal(1).scaleb(-finest) / 2
    assert changed >= 0
    assert item.amount == amount


# --- from a later day -----------------------------------------------------------------


def test_from_a_later_day_on_a_new_list_takes_over_and_todays_prices_stay(manager, prices):
    start = later()

    made = change_prices(prices, PriceChange(Decimal(3), starts_on=start), by=manager)

    prices.refresh_from_db()
    assert made.pk != prices.pk
    assert (amounts(prices), amounts(made)) == (
        [Decimal(100), Decimal("19.9")],
        [Decimal(103), Decimal("20.5")],
    )
    assert (prices.valid_to, made.valid_from) == (start - dt.timedelta(days=1), start)
    assert (made.follows, made.currency, made.valid_to) == (prices, prices.currency, None)
    assert (prices.holds_on(start), made.holds_on(start)) == (False, True)
    verbs = list(HistoryEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["succeeded", "created"]


def test_a_draft_with_the_old_list_is_told_which_one_takes_its_place(manager, prices):
    made = change_prices(prices, PriceChange(Decimal(3), starts_on=later()), by=manager, name="Retail 2")
    prices.refresh_from_db()

    with pytest.raises(DomainError) as refused:
        check_price_list(prices, on=later())

    assert refused.value.code == "price_list_not_valid"
    assert "Retail 2 takes its place" in str(refused.value)
    check_price_list(made, on=later())


def test_a_copied_price_keeps_its_rounding_tiers_and_quantities(manager, prices):
    item = prices.items.get(product__sku="A")
    product = item.product
    set_prices(
        prices, [Price(product, product.unit, amount=Decimal(100), selling="whole", **UP_TO_99)], by=manager
    )

    made = change_prices(prices, PriceChange(Decimal(3), starts_on=later()), by=manager)

    copy = made.items.get(product__sku="A")
    assert (copy.selling, copy.rounding, copy.rounding_amount) == ("whole", "up", Decimal("0.99"))


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"valid_to": dt.date(2000, 1, 1)}, "list_ends_before"),
        ({"valid_from": dt.date(2999, 1, 1)}, "list_begins_later"),
    ],
)
def test_a_list_takes_over_only_while_the_old_one_holds(manager, prices, columns, code):
    PriceList.objects.filter(pk=prices.pk).update(**columns)

    with pytest.raises(DomainError) as refused:
        change_prices(prices, PriceChange(Decimal(3), starts_on=later()), by=manager)

    assert (refused.value.code, refused.value.field) == (code, "starts_on")
    assert PriceList.objects.count() == 1


def test_only_one_list_takes_over(manager, prices):
    change_prices(prices, PriceChange(Decimal(3), starts_on=later()), by=manager)

    with pytest.raises(DomainError) as refused:
        change_prices(prices, PriceChange(Decimal(4), starts_on=later()), by=manager)

    assert refused.value.code == "followed_already"


# --- what is refused ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (PriceChange(Decimal(0)), "bad_percent"),
        (PriceChange(Decimal(-100)), "bad_percent"),
        (PriceChange(Decimal(1001)), "bad_percent"),
        (PriceChange(Decimal(3), rounding="up"), "bad_rounding"),
        (
            PriceChange(Decimal(3), rounding="up", rounding_option="multiple_of", rounding_amount=Decimal(0)),
            "bad_rounding",
        ),
    ],
)  # fmt: skip
def test_a_change_without_measure_is_refused_and_nothing_changes(manager, prices, change, code):
    with pytest.raises(DomainError) as refused:
        change_prices(prices, change, by=manager)

    assert refused.value.code == code
    assert amounts(prices) == [Decimal(100), Decimal("19.9")]


def test_a_family_without_prices_and_an_old_version_are_refused(manager, prices):
    empty = ProductFamily.objects.create(name="Empty")

    with pytest.raises(DomainError) as nothing:
        change_prices(prices, PriceChange(Decimal(3), family=empty), by=manager)
    with pytest.raises(Conflict):
        change_prices(prices, PriceChange(Decimal(3)), by=manager, version=prices.version + 1)
    with pytest.raises(PermissionDenied):
        change_prices(prices, PriceChange(Decimal(3)), by=UserFactory())

    assert nothing.value.code == "nothing_to_change"


# --- taking it back -------------------------------------------------------------------


def test_a_change_is_taken_back_to_the_last_cent(manager, prices):
    change_prices(prices, PriceChange(Decimal("3.33"), **UP_TO_99), by=manager)

    undo_price_change(prices, by=manager)

    assert amounts(prices) == [Decimal(100), Decimal("19.9")]
    assert HistoryEntry.objects.filter(verb="prices_put_back").count() == 1
    with pytest.raises(DomainError):
        undo_price_change(prices, by=manager)


def test_what_was_changed_again_since_is_not_taken_back(manager, prices):
    change_prices(prices, PriceChange(Decimal(3)), by=manager)
    PriceListItem.objects.filter(product__sku="A").update(amount=7)

    with pytest.raises(DomainError) as refused:
        undo_price_change(prices, by=manager)

    assert refused.value.code == "changed_since"
    assert amounts(prices) == [Decimal(7), Decimal("20.5")]


def test_a_list_that_was_to_take_over_is_withdrawn_while_nobody_relies_on_it(manager, prices):
    made = change_prices(prices, PriceChange(Decimal(3), starts_on=later()), by=manager)

    undo_price_change(prices, by=manager)

    prices.refresh_from_db()
    assert prices.valid_to is None
    assert not PriceList.objects.filter(pk=made.pk).exists()
    again = change_prices(prices, PriceChange(Decimal(3), starts_on=later()), by=manager)
    QuoteFactory(price_list=again)
    with pytest.raises(DomainError) as refused:
        undo_price_change(prices, by=manager)
    assert refused.value.code == "nothing_to_undo"


# --- what is shown before ---------------------------------------------------------------


def test_the_preview_says_every_price_before_and_after_and_changes_nothing(manager, prices):
    lost = ProductFactory(sku="C", current_cost=None)
    prices.items.create(product=lost, unit=lost.unit, method="markup_current", percent=10)

    shown = preview(prices, PriceChange(Decimal(3)))

    assert [(row.sku, row.before, row.after, row.difference) for row in shown.rows] == [
        ("A", "100.00", "103.00", "+3.0 %"),
        ("B", "19.90", "20.50", "+3.0 %"),
    ]
    assert (shown.count, shown.unknown, shown.unchanged) == (2, 1, 0)
    assert amounts(prices)[:2] == [Decimal(100), Decimal("19.9")]


def test_the_page_previews_by_get_names_the_open_quotes_and_applies_by_post(manager, prices):
    product = prices.items.get(product__sku="A").product
    head = {"price_list": prices, "owner": manager, "team": manager.team, "lines": 0}
    draft, offer = QuoteFactory(**head), QuoteFactory(**head, status="active")
    for quote, quantity in ((draft, 2), (offer, 3)):
        QuoteLineFactory(
            quote=quote, product=product, unit=product.unit, quantity=quantity, unit_price=100,
            price_is_overridden=False,
        )  # fmt: skip
    by_hand = QuoteFactory(**head)
    QuoteLineFactory(quote=by_hand, product=product, unit=product.unit, price_is_overridden=True)
    browser = Client()
    browser.force_login(manager)
    where = f"/price-lists/{prices.ref}/change/"

    blank = browser.get(where)
    shown = browser.get(f"{where}?percent=3").text
    done = browser.post(where, {"percent": "3", "version": prices.version})

    assert blank.status_code == 200
    assert "1 draft quote follows when it is priced again: €6.00 before discounts." in shown
    assert "1 active quote stays as it was offered: it would be €9.00 apart." in shown
    assert "Change 2 prices now" in shown
    assert done.url == prices.get_absolute_url()
    assert amounts(prices) == [Decimal(103), Decimal("20.5")]
    assert "Take the last change back" in browser.get(prices.get_absolute_url()).text
    assert browser.post(f"/price-lists/{prices.ref}/undo/").status_code == 302
    assert amounts(prices) == [Decimal(100), Decimal("19.9")]


def test_a_wrong_change_is_said_on_the_page_and_nothing_changes(manager, prices):
    browser = Client()
    browser.force_login(manager)

    for query in ("percent=0", "percent=dear", "percent=3&rounding=up"):
        answer = browser.get(f"/price-lists/{prices.ref}/change/?{query}")
        assert answer.status_code == 422, query
    assert amounts(prices) == [Decimal(100), Decimal("19.9")]


def test_a_preview_of_ninety_prices_asks_as_often_as_one_of_one(manager, prices):
    browser = Client()
    browser.force_login(manager)
    small, large = (
        PriceListFactory(items={ProductFactory(): "1"}),
        PriceListFactory(items={ProductFactory(): "1" for _number in range(90)}),
    )

    one = queries(lambda: browser.get(f"/price-lists/{small.ref}/change/?percent=3"))
    many = queries(lambda: browser.get(f"/price-lists/{large.ref}/change/?percent=3"))

    assert len(many) == len(one) <= 16, many


def test_machines_change_many_prices_and_take_it_back(manager, prices):
    api, where = client_of(manager), f"/api/v1/price-lists/{prices.public_id}/"

    now = api.post(f"{where}change-prices/", {"percent": "3", "family": "Tools"})
    back = api.post(f"{where}undo-prices/", {})
    new = api.post(f"{where}change-prices/", {"percent": "3", "starts_on": later().isoformat()})

    assert (now.status_code, back.status_code, new.status_code) == (200, 200, 200), (
        now.data,
        back.data,
        new.data,
    )
    assert new.data["follows"] == str(prices.public_id)
    assert amounts(prices) == [Decimal(100), Decimal("19.9")]


def test_the_frame_of_a_list_can_be_changed_beside(manager, prices):
    change_prices(prices, PriceChange(Decimal(3)), by=manager)
    change_price_list(prices, by=manager, name="Retail 2")

    with pytest.raises(DomainError):  # the last thing that happened is not the change of prices any more
        undo_price_change(prices, by=manager)
