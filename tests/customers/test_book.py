"""What a customer has several of: addresses, e-mails and phones, further companies; written whole, by those who may."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from customers.actions import change_account
from customers.book_actions import AddressSaid, Tie, set_addresses, set_affiliations, set_points
from customers.models import Account, BookAddress, ContactPoint
from customers.points import Point, points_of
from kernel import history
from kernel.errors import Conflict, DomainError
from kernel.models import HistoryEntry, OutboxMessage
from orders.actions import create_order
from quotes.actions import create_quote
from tests.factories import AccountFactory, ContactFactory, CurrencyFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller():
    return UserFactory()


def reach(customer):
    return [(one.kind, one.value, one.label, one.is_primary) for one in points_of(customer)]


# --- e-mails and phones --------------------------------------------------------------------------------------------


def test_the_primary_ones_are_the_columns_and_the_others_stand_beside_them(seller):
    account = AccountFactory(owner=seller, email="old@example.com")

    account = set_points(
        account,
        [Point("email", "a@example.com", "Sales"), Point("email", "b@example.com", is_primary=True),
         Point("phone", "+49 30 1", "Desk"), Point("mobile", "0170 2")],
        by=seller,
    )  # fmt: skip

    assert (account.email, account.phone, account.version) == ("b@example.com", "+49 30 1", 2)
    assert reach(account) == [
        ("email", "b@example.com", "", True), ("email", "a@example.com", "Sales", False),
        ("phone", "+49 30 1", "Desk", True), ("mobile", "0170 2", "", False),
    ]  # fmt: skip
    assert history.of(account).get().changes["points"] == [
        "old@example.com", "b@example.com, a@example.com, +49 30 1, 0170 2",
    ]  # fmt: skip
    assert OutboxMessage.objects.get().topic == "account.changed"


def test_without_a_mark_the_one_that_is_primary_stays_so_and_what_is_not_named_goes(seller):
    contact = ContactFactory(owner=seller, email="a@example.com", mobile="0170 1")

    contact = set_points(
        contact, [Point("email", "x@example.com"), Point("email", "a@example.com")], by=seller
    )

    assert (contact.email, contact.mobile) == ("a@example.com", "")
    assert not contact.points.filter(kind="mobile").exists()


def test_saying_the_same_again_changes_nothing(seller):
    account = set_points(
        AccountFactory(owner=seller), [Point("email", "a@example.com", "Sales", True)], by=seller
    )

    again = set_points(account, [Point("email", "a@example.com", "Sales", True)], by=seller)

    assert again.version == account.version
    assert HistoryEntry.objects.count() == 1


def test_a_primary_address_typed_over_leaves_no_old_one_behind(seller):
    account = set_points(
        AccountFactory(owner=seller), [Point("email", "typo@example.com", "Sales", True)], by=seller
    )

    account = change_account(account, by=seller, email="right@example.com")

    assert reach(account) == [("email", "right@example.com", "Sales", True)]


def test_further_addresses_are_found_by_search(seller):
    account = set_points(
        AccountFactory(owner=seller), [Point("email", "a@example.com"), Point("phone", "0711 99")], by=seller
    )
    account = set_points(
        account, [*[Point("email", "a@example.com")], Point("email", "deep@example.com")], by=seller
    )

    assert list(Account.objects.matching("deep@example.com")) == [account]


@pytest.mark.parametrize(
    ("points", "field"),
    [
        ([Point("email", "no address")], "points.0.value"),
        ([Point("phone", "x")], "points.0.value"),
        ([Point("fax", "1")], "points.0.kind"),
        ([Point("phone", "1"), Point("phone", "1")], "points.1.value"),
        ([Point("phone", "1", is_primary=True), Point("phone", "2", is_primary=True)], "points.1.is_primary"),
        ([Point("phone", "1" * 41)], "points.0.value"),
        ([Point("phone", "1\0")], "points.0.value"),
    ],
)  # fmt: skip
def test_a_row_that_does_not_fit_is_named_and_nothing_is_kept(seller, points, field):
    account = AccountFactory(owner=seller, email="a@example.com")

    with pytest.raises(DomainError) as refused:
        set_points(account, points, by=seller)

    assert refused.value.field == field
    assert Account.objects.get().version == 1
    assert not ContactPoint.objects.exists()


def test_only_those_who_may_change_the_customer_write_its_book(seller):
    account = AccountFactory(owner=seller)
    contact = ContactFactory(owner=seller)

    for act in (
        lambda by: set_points(account, [Point("phone", "1")], by=by),
        lambda by: set_addresses(account, [AddressSaid("bill_to", city="Kiel")], by=by),
        lambda by: set_affiliations(contact, [], by=by),
    ):
        with pytest.raises(PermissionDenied):
            act(UserFactory())
    assert not HistoryEntry.objects.exists()


def test_a_late_list_is_refused(seller):
    account = AccountFactory(owner=seller)
    change_account(account, by=seller, name="New")

    with pytest.raises(Conflict):
        set_points(account, [Point("phone", "1")], by=seller, version=1)


# --- addresses -----------------------------------------------------------------------------------------------------


def test_new_documents_start_with_the_default_addresses(seller):
    euro = CurrencyFactory()
    account = AccountFactory(owner=seller, name="Borg", city="Berlin")
    set_addresses(
        account,
        [AddressSaid("bill_to", name="Accounting", street="Box 1", city="Bonn", country="DE", is_default=True),
         AddressSaid("ship_to", city="Kiel", country="DE", is_default=True), AddressSaid("ship_to", city="Ulm")],
        by=seller,
    )  # fmt: skip

    for document in (
        create_quote(by=seller, account=account, currency=euro, name="Q"),
        create_order(by=seller, account=account, currency=euro, name="O"),
    ):
        assert (document.bill_to_name, document.bill_to_street, document.bill_to_city) == (
            "Accounting",
            "Box 1",
            "Bonn",
        )
        assert (document.ship_to_name, document.ship_to_city) == ("Borg", "Kiel")


def test_without_a_default_the_customers_own_address_counts_and_what_is_said_comes_first(seller):
    euro = CurrencyFactory()
    account = AccountFactory(owner=seller, city="Berlin")
    set_addresses(account, [AddressSaid("ship_to", city="Ulm", is_default=True)], by=seller)

    quote = create_quote(
        by=seller, account=account, currency=euro, name="Q", ship_to_name="Us", ship_to_city="Rome"
    )

    assert (quote.bill_to_city, quote.ship_to_city) == ("Berlin", "Rome")


@pytest.mark.parametrize(
    ("addresses", "field"),
    [
        ([AddressSaid("bill_to", is_default=True), AddressSaid("bill_to", city="x", is_default=True)],
         "addresses.1.is_default"),
        ([AddressSaid("other", is_default=True)], "addresses.0.is_default"),
        ([AddressSaid("office")], "addresses.0.kind"),
        ([AddressSaid("bill_to", country="DEU")], "addresses.0.country"),
    ],
)  # fmt: skip
def test_an_address_that_does_not_fit_is_named(seller, addresses, field):
    with pytest.raises(DomainError) as refused:
        set_addresses(AccountFactory(owner=seller), addresses, by=seller)

    assert refused.value.field == field
    assert not BookAddress.objects.exists()


def test_addresses_that_are_not_named_go_and_the_others_stay_as_they_are(seller):
    account = AccountFactory(owner=seller)
    set_addresses(
        account, [AddressSaid("bill_to", city="Bonn"), AddressSaid("ship_to", city="Kiel")], by=seller
    )
    kept = account.addresses.get(city="Kiel")

    set_addresses(account, [AddressSaid("ship_to", city="Kiel")], by=seller)

    assert account.addresses.get() == kept
    assert history.of(account).first().changes["addresses"] == ["Bonn; Kiel", "Kiel"]


def test_the_database_knows_one_default_of_a_kind_and_one_owner_of_a_row(seller):
    account, contact = AccountFactory(), ContactFactory()
    BookAddress.objects.create(account=account, kind="bill_to", is_default=True)

    for columns in (
        {"account": account, "kind": "bill_to", "is_default": True},
        {"account": account, "contact": contact, "kind": "other"},
        {"kind": "other"},
        {"account": account, "kind": "other", "is_default": True},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            BookAddress.objects.create(**columns)


# --- further companies ---------------------------------------------------------------------------------------------


def test_a_person_has_to_do_with_further_companies(seller):
    contact = ContactFactory(owner=seller, account=AccountFactory(owner=seller))
    other = AccountFactory(owner=seller, name="Other")

    set_affiliations(contact, [Tie(other, "Influencer", "Board")], by=seller)
    set_affiliations(contact, [Tie(other, "Decision maker")], by=seller)

    assert contact.affiliations.get().role == "Decision maker"
    assert history.of(contact)[0].changes["affiliations"] == [
        "Other (Influencer) Board",
        "Other (Decision maker)",
    ]


def test_ones_own_company_an_unseen_one_and_the_same_twice_are_refused(seller):
    home = AccountFactory(owner=seller)
    contact = ContactFactory(owner=seller, account=home)
    other, unseen = AccountFactory(owner=seller), AccountFactory(owner=UserFactory())

    for ties, code in (
        ([Tie(home)], "own_account"), ([Tie(unseen)], "not_found"), ([Tie(other), Tie(other)], "twice"),
    ):  # fmt: skip
        with pytest.raises(DomainError) as refused:
            set_affiliations(contact, ties, by=seller)
        assert refused.value.code == code
    assert not contact.affiliations.exists()


def test_what_one_cannot_see_is_not_taken_out_by_leaving_it_away(seller):
    contact = ContactFactory(owner=seller)
    unseen = AccountFactory(owner=UserFactory())
    contact.affiliations.create(account=unseen)

    set_affiliations(contact, [], by=seller)

    assert contact.affiliations.get().account == unseen
