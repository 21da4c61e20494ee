"""The forecast as it is in production: with the triggers that keep the past, which tests without migrations lack."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from forecasts import guards
from tests.forecasts.world import World, build, fill


@pytest.fixture(autouse=True)
def the_past_is_kept(request: pytest.FixtureRequest) -> Iterator[None]:
    marker = request.node.get_closest_marker("django_db")
    if marker is None:
        yield
        return
    request.getfixturevalue("transactional_db" if marker.kwargs.get("transaction") else "db")
    with transaction.atomic():
        guards.install(connection)
    yield
    if marker.kwargs.get("transaction"):
        with transaction.atomic():
            guards.remove(connection)


@pytest.fixture
def today() -> Iterator[Any]:
    """A day in the middle of the quarter that the tests are about; ``move_to`` goes on to another one."""
    with time_machine.travel(dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def house(db: None, today: Any) -> World:
    return build()


@pytest.fixture
def world(house: World) -> World:
    """The sales force with all its deals."""
    fill(house)
    return house
