"""A small sales force with deals in three currencies, on a day in the middle of a quarter."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from tests.forecasts.world import World, build, fill


@pytest.fixture
def today() -> Iterator[Any]:
    with time_machine.travel(dt.datetime(2026, 11, 20, 15, tzinfo=dt.UTC), tick=False) as clock:
        yield clock


@pytest.fixture
def world(db: None, today: Any) -> World:
    made = build()
    fill(made)
    return made
