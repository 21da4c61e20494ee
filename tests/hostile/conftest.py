"""A small organization, an administrator at its pages, and everything it has written down."""

import pytest
from django.apps import apps

from tests.security.world import World, build

FLEETING = ("sessions", "axes")


@pytest.fixture
def world(db) -> World:
    found = build()
    found.sign_in()
    return found


@pytest.fixture
def boss(world):
    return world.client("administrator")


@pytest.fixture
def books():
    """Every row of every table, to be compared before and after."""

    def read() -> dict[str, list[tuple[str, ...]]]:
        return {
            model._meta.label: [
                tuple(map(str, row)) for row in model._base_manager.order_by("pk").values_list()
            ]
            for model in apps.get_models()
            if model._meta.app_label not in FLEETING
        }

    return read
