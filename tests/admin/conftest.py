import pytest
from django.test import Client

from tests.factories import UserFactory


@pytest.fixture
def admin_user(db):
    return UserFactory(role="administrator", is_staff=True, username="the.admin")


@pytest.fixture
def office(admin_user) -> Client:
    """A browser in which an administrator is signed in."""
    client = Client()
    client.force_login(admin_user)
    return client
