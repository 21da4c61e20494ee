"""Who judges and writes the rows of a kind: most are records of their own, orders and prices hang together."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from imports.actions.orders import judge_orders, write_orders
from imports.actions.prices import judge_prices, write_prices
from imports.actions.writing import write as write_records
from imports.engine.judging import judge as judge_records
from imports.engine.planning import Plan
from imports.engine.work import Work

JUDGES: dict[str, Callable[..., None]] = {"orders": judge_orders, "prices": judge_prices}
WRITERS: dict[str, Callable[..., Mapping[str, int]]] = {"orders": write_orders, "prices": write_prices}


def judge(work: Work, plans: list[Plan], seen: Any = None) -> None:
    """Decide what every row of the chunk does."""
    JUDGES.get(work.kind.name, judge_records)(work, plans, seen)


def write(work: Work, plans: Sequence[Plan]) -> Mapping[str, int]:
    """Write what the plans say; how many rows did what."""
    return WRITERS.get(work.kind.name, write_records)(work, plans)
