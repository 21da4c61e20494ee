"""Two people at one hierarchy: they cannot close a circle between them. On PostgreSQL, with real threads."""

import pytest

from customers.actions import change_account
from customers.book_actions import AddressSaid, set_addresses
from customers.models import Account
from tests.factories import AccountFactory, UserFactory
from tests.races.test_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_two_changes_at_once_do_not_close_a_circle():
    boss = UserFactory(role="administrator")
    for _turn in range(5):
        pair = [AccountFactory(), AccountFactory()]

        outcome = at_once(lambda n, pair=pair: change_account(pair[n], by=boss, parent=pair[1 - n]), times=2)

        parents = [Account.objects.get(pk=one.pk).parent_id for one in pair]
        assert outcome["done"] == 1, outcome
        assert set(outcome) <= {"done", "parent_circle", "busy"}
        assert parents.count(None) == 1


def test_many_who_say_the_addresses_at_once_leave_one_default():
    boss = UserFactory(role="administrator")
    account = AccountFactory()

    def say(number):
        set_addresses(account, [AddressSaid("bill_to", city=f"Town {number}", is_default=True)], by=boss)

    assert at_once(say, times=6) == {"done": 6}
    assert account.addresses.filter(is_default=True).count() == 1
