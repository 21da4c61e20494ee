import pytest

from tests.factories import UserFactory


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def boss():
    return UserFactory(role="sales_manager")


@pytest.fixture
def seller():
    return UserFactory()
