"""What the tests of the API share: clients of people and of machines."""

import pytest
from rest_framework.test import APIClient

from people.models import Role
from tests.factories import CurrencyFactory, TeamFactory, UserFactory


def client_of(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def euro(db):
    return CurrencyFactory()


@pytest.fixture
def seller(db):
    return UserFactory(username="seller", team=TeamFactory(name="North"))


@pytest.fixture
def manager(seller):
    return UserFactory(username="manager", role=Role.SALES_MANAGER, team=seller.team)


@pytest.fixture
def finance(db):
    return UserFactory(username="finance", role=Role.FINANCE, team=None)


@pytest.fixture
def machine(db):
    return UserFactory(username="machine", role=Role.INTEGRATION, team=None)


@pytest.fixture
def administrator(db):
    return UserFactory(username="root", role=Role.ADMINISTRATOR, team=None)


@pytest.fixture
def api(seller):
    return client_of(seller)
