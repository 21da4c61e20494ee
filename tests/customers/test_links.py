"""Companies and people are linked only by those for whom both exist."""

import pytest

from customers.actions import change_account, create_account, create_contact
from kernel.errors import DomainError
from tests.factories import AccountFactory, ContactFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_nobody_links_what_another_team_keeps():
    rep, other = UserFactory(), UserFactory()
    mine, theirs, person = AccountFactory(owner=rep), AccountFactory(owner=other), ContactFactory(owner=other)

    for field, act in {
        "account": lambda: create_contact(by=rep, last_name="Hopper", account=theirs),
        "parent": lambda: create_account(by=rep, name="Daughter", parent=theirs),
        "primary_contact": lambda: change_account(mine, by=rep, primary_contact=person),
    }.items():
        with pytest.raises(DomainError) as refused:
            act()
        assert (refused.value.code, refused.value.field) == ("not_found", field)
