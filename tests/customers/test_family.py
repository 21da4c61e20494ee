"""Companies above and below each other: no circles, a bottom, and everything below in one query."""

import pytest
from django.test import Client

from customers.actions import change_account, create_account
from customers.family import DEEPEST, family_of, ids_above, with_family
from customers.models import Account
from kernel.errors import DomainError
from tests.document_factories import OrderFactory
from tests.factories import AccountFactory, OpportunityFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller():
    return UserFactory()


def chain(owner, levels):
    made = []
    for _n in range(levels):
        made.append(AccountFactory(owner=owner, parent=made[-1] if made else None))
    return made


def test_everything_below_is_found_in_one_query(seller, django_assert_num_queries):
    top, middle, below = chain(seller, 3)
    beside = AccountFactory(owner=seller, parent=top)
    other = AccountFactory(owner=seller)
    deals = [OpportunityFactory(account=one, owner=seller) for one in (top, middle, below, beside, other)]

    with django_assert_num_queries(1):
        found = set(with_family(type(deals[0]).objects.all(), middle))

    assert found == set(deals[1:3])
    assert ids_above(below.pk) == [below.pk, middle.pk, top.pk]


def test_a_hierarchy_has_so_many_levels_and_no_more(seller):
    *_rest, bottom = chain(seller, DEEPEST)

    with pytest.raises(DomainError) as refused:
        create_account(by=seller, name="One too deep", parent=bottom)
    assert refused.value.code == "parent_too_deep"

    top = Account.objects.get(parent=None)
    head = AccountFactory(owner=seller)
    with pytest.raises(DomainError) as refused:
        change_account(top, by=seller, parent=head)
    assert refused.value.code == "parent_too_deep"


def test_a_circle_that_got_in_somehow_stops_the_query_and_not_the_page(seller):
    top, below = chain(seller, 2)
    Account.objects.filter(pk=top.pk).update(parent=below)

    assert {member.account for member in family_of(top, seller)} <= {top, below}
    assert with_family(OrderFactory._meta.model.objects.all(), top).count() == 0


def test_a_circle_is_refused_in_the_office_and_by_the_api_too(seller):
    top, below = chain(seller, 2)
    office = Client()
    office.force_login(UserFactory(role="administrator", is_staff=True, is_superuser=True))

    shown = office.get(f"/admin/customers/account/{top.pk}/change/")
    form = shown.context["adminform"].form
    said = {name: form.initial.get(name) or "" for name in form.fields} | {"parent": below.pk, "custom": "{}"}
    answer = office.post(f"/admin/customers/account/{top.pk}/change/", said)
    assert "stands below this account already" in answer.content.decode()

    api = Client()
    api.force_login(seller)
    answer = api.patch(
        f"/api/v1/accounts/{top.public_id}/", {"parent": below.number}, content_type="application/json"
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "parent_circle")
    assert Account.objects.get(pk=top.pk).parent is None
