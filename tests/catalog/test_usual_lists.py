"""Which price list a document gets when none is given: the account's, its employer's, the territory's, the default."""

import datetime as dt
import re
from decimal import Decimal
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from catalog.actions import PriceChange, change_price_list, change_prices, create_price_list
from catalog.models import Territory
from catalog.usual_lists import usual_list
from customers.terms import said_of_usual
from invoices.models import Invoice
from kernel.errors import DomainError
from opportunities.models import Opportunity
from orders.models import Order
from quotes.models import Quote
from tests.api.conftest import client_of
from tests.document_factories import QuoteFactory
from tests.factories import (
    AccountFactory,
    ContactFactory,
    CurrencyFactory,
    PriceListFactory,
    ProductFactory,
    StageFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 6, 15)


@pytest.fixture
def euro():
    return CurrencyFactory()


@pytest.fixture
def lists(euro):
    """One of each kind: own, territory's, default."""
    north = Territory.objects.create(name="North")
    made = {
        "own": PriceListFactory(name="Own"),
        "territory": PriceListFactory(name="Of the north"),
        "default": PriceListFactory(name="Standard", is_default=True),
    }
    made["territory"].territories.add(north)
    return made


@pytest.fixture
def account(lists):
    return AccountFactory(price_list=lists["own"], territory=Territory.objects.get())


def usual(account, on=TODAY, **more):
    found = usual_list(account, CurrencyFactory(), on, **more)
    return found.code, str(found.price_list)


def test_the_accounts_own_list_comes_first_then_the_territorys_then_the_default(lists, account):
    assert usual(account) == ("own", "Own")
    account.price_list = None
    assert usual(account) == ("territory", "Of the north")
    account.territory = None
    assert usual(account) == ("default", "Standard")
    assert usual(None) == ("default", "Standard")


def test_the_employer_of_a_contact_lends_its_list_and_its_territory(lists, account):
    person = ContactFactory(account=account)

    assert usual(None, contact=person) == ("parent", "Own")
    account.price_list = None
    assert usual(None, contact=person) == ("territory", "Of the north")
    assert usual(AccountFactory(), contact=person) == ("default", "Standard")


@pytest.mark.parametrize(
    "columns",
    [
        {"is_active": False},
        {"valid_to": TODAY - dt.timedelta(days=1)},
        {"valid_from": TODAY + dt.timedelta(days=1)},
        {"currency": "USD"},
    ],
)
def test_a_list_that_does_not_hold_on_the_day_gives_way_to_the_next(lists, account, columns):
    for name, value in columns.items():
        setattr(lists["own"], name, CurrencyFactory(code=value) if name == "currency" else value)
    lists["own"].save()

    assert usual(account) == ("territory", "Of the north")


def test_a_list_holds_on_its_first_and_its_last_day(lists, account):
    lists["own"].valid_from = lists["own"].valid_to = TODAY
    lists["own"].save()

    assert usual(account) == ("own", "Own")
    assert usual(account, TODAY + dt.timedelta(days=1)) == ("territory", "Of the north")


def test_nothing_holds_nothing_is_chosen_and_it_is_said(euro):
    found = usual_list(AccountFactory(), euro, TODAY)

    assert (found.price_list, found.because) == (None, "no list holds, so list prices count")


def test_the_list_that_takes_over_has_everybody_who_had_the_old_one(
    lists, account, django_assert_num_queries
):
    manager = UserFactory(role="sales_manager")
    start = timezone.localdate() + dt.timedelta(days=30)
    for name in ("own", "default", "territory"):
        price = ProductFactory()
        lists[name].items.create(product=price, unit=price.unit, method="amount", amount=10)
        change_prices(
            lists[name], PriceChange(Decimal(3), starts_on=start), by=manager, name=f"{name} next year"
        )
    account.refresh_from_db()

    before = start - dt.timedelta(days=1)
    assert (usual(account, before), usual(account, start)) == (("own", "Own"), ("own", "own next year"))
    account.price_list = None
    assert usual(account, start) == ("territory", "territory next year")
    with django_assert_num_queries(1):
        found = usual_list(None, CurrencyFactory.build(pk=lists["own"].currency_id), start)
    assert str(found.price_list) == "default next year"


def test_every_document_made_by_a_machine_gets_the_usual_list_unless_it_says_none(lists, account):
    StageFactory()
    api = client_of(UserFactory(role="administrator"))
    body = {"name": "Deal", "account": account.number}

    for name, model in [
        ("quotes", Quote),
        ("orders", Order),
        ("invoices", Invoice),
        ("opportunities", Opportunity),
    ]:
        made = api.post(f"/api/v1/{name}/", body)
        assert made.status_code == 201, (name, made.data)
        assert model.objects.get().price_list == lists["own"], name
    none = api.post("/api/v1/quotes/", {**body, "price_list": None})
    assert none.data["price_list"] is None


def test_the_day_of_the_prices_decides_and_not_today(lists, account):
    lists["own"].valid_from = TODAY
    lists["own"].save()
    api = client_of(UserFactory(role="administrator"))
    body = {"name": "Deal", "account": account.number, "effective_from": "2026-01-01"}

    made = api.post("/api/v1/quotes/", body)

    assert made.data["price_list"] == str(lists["territory"].public_id)


def test_the_form_says_what_an_empty_list_means_and_why(lists, account):
    rep = UserFactory()
    account.owner, account.team = rep, rep.team
    account.save()
    quote = QuoteFactory(owner=rep, account=account)
    browser = Client()
    browser.force_login(rep)

    assert said_of_usual(quote) == "Left empty: Own, the account's own list."
    assert "Left empty: Own" in browser.get(f"/quotes/{quote.ref}/edit/").text
    assert "the territory&#39;s" in browser.get("/quotes/new/").text


def test_a_person_makes_a_list_the_usual_one_of_a_territory(lists):
    manager = UserFactory(role="sales_manager")
    north = Territory.objects.get()

    made = create_price_list(by=manager, name="New", currency=CurrencyFactory(), territories=[north])
    change_price_list(made, by=manager, territories=[])

    assert list(made.territories.all()) == []


def test_a_turned_period_is_refused(euro):
    manager = UserFactory(role="sales_manager")

    with pytest.raises(DomainError) as refused:
        create_price_list(
            by=manager, name="New", currency=euro, valid_from=TODAY, valid_to=TODAY - dt.timedelta(days=1)
        )

    assert (refused.value.code, refused.value.field) == ("turned_period", "valid_to")


def test_a_list_is_edited_on_its_page_with_its_territories(lists):
    south = Territory.objects.create(name="South")
    browser = Client()
    browser.force_login(UserFactory(role="sales_manager"))
    own = lists["own"]
    where = f"/price-lists/{own.ref}/edit/"

    shown = browser.get(where)
    saved = browser.post(
        where, {"name": "Own", "currency": own.currency_id, "is_active": "on", "territories": [south.pk],
                "valid_from": "2026-01-01", "version": own.version},
    )  # fmt: skip

    assert shown.status_code == 200
    assert "South" in shown.text
    assert saved.url == own.get_absolute_url()
    own.refresh_from_db()
    assert (list(own.territories.all()), own.valid_from) == ([south], dt.date(2026, 1, 1))
    assert "South" in browser.get(own.get_absolute_url()).text


def test_two_people_editing_a_list_keep_what_only_one_of_them_changed(lists):
    manager = UserFactory(role="sales_manager")
    browser = Client()
    browser.force_login(manager)
    own = lists["own"]
    form = browser.get(f"/price-lists/{own.ref}/edit/").text
    shown = unescape(re.search(r'name="shown" value="([^"]*)"', form).group(1))
    change_price_list(own, by=manager, valid_to=dt.date(2030, 1, 1))

    answer = browser.post(
        f"/price-lists/{own.ref}/edit/",
        {
            "name": "Renamed",
            "currency": own.currency_id,
            "is_active": "on",
            "version": own.version,
            "shown": shown,
        },
    )

    own.refresh_from_db()
    assert answer.status_code == 302
    assert (own.name, own.valid_to) == ("Renamed", dt.date(2030, 1, 1))
