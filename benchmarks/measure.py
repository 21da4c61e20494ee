"""Interleaved rounds: floor, ours, floor, ours; times, CPU and statements of each."""

import gc
import statistics
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.data import World
from benchmarks.server import Server
from benchmarks.statements import Statements

WARM_UP = 3


class Missing(Exception):
    """The row cannot be measured, because what it measures is not there."""


@dataclass(frozen=True)
class Pair:
    """What is called in each round; what prepares a call is not timed."""

    floor: Callable[[], Any]
    ours: Callable[[], Any]
    before_floor: Callable[[], Any] = lambda: None
    before_ours: Callable[[], Any] = lambda: None


@dataclass(frozen=True)
class Row:
    """One thing to measure, and what it may cost."""

    name: str
    title: str
    make: Callable[["Bench", int], Pair]
    ratio: float | None = None
    queries: int | None = None
    milliseconds: float | None = None
    cpu_ms: float | None = None
    extra_queries: int | None = None
    over_http: bool = False


@dataclass
class Bench:
    """What a row needs to prepare its calls."""

    world: World
    server: Server
    statements: Statements


@dataclass
class Figures:
    """What one side of a row took, call by call."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    statements: int | None = None

    def summary(self) -> dict[str, Any]:
        ordered = sorted(self.seconds)
        return {
            "median_ms": statistics.median(ordered) * 1000,
            "p95_ms": ordered[min(len(ordered) - 1, round(len(ordered) * 0.95))] * 1000,
            "cpu_ms": statistics.median(self.cpu) * 1000,
            "queries": self.statements,
        }


@dataclass
class Result:
    """A measured row: both sides, and which of its targets it misses."""

    name: str
    title: str
    rounds: int = 0
    floor: dict[str, Any] = field(default_factory=dict)
    ours: dict[str, Any] = field(default_factory=dict)
    ratio: float | None = None
    targets: dict[str, float] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)
    missing: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def measure(row: Row, bench: Bench, rounds: int) -> Result:
    """The row's result; a row that cannot be measured says why."""
    targets = {
        name: getattr(row, name) for name in ("ratio", "queries", "milliseconds", "cpu_ms", "extra_queries")
    }
    result = Result(
        row.name, row.title, targets={name: most for name, most in targets.items() if most is not None}
    )
    try:
        pair = row.make(bench, rounds + WARM_UP)
        floor, ours = _rounds(pair, bench, rounds, bench.server.cpu if row.over_http else time.process_time)
    except Missing as why:
        result.missing = str(why)
        return result
    result.rounds, result.floor, result.ours = rounds, floor.summary(), ours.summary()
    result.ratio = result.ours["median_ms"] / result.floor["median_ms"]
    result.misses = list(_misses(result))
    return result


def _rounds(pair: Pair, bench: Bench, rounds: int, clock: Callable[[], float]) -> tuple[Figures, Figures]:
    sides = (pair.before_floor, pair.floor, Figures()), (pair.before_ours, pair.ours, Figures())
    for warming in range(WARM_UP):
        for prepare, call, figures in sides:
            prepare()
            if warming == WARM_UP - 1:
                figures.statements = bench.statements.sent_by(call)
            else:
                call()
    gc.collect()
    for _round in range(rounds):
        for prepare, call, figures in sides:
            prepare()
            cpu, started = clock(), time.perf_counter()
            call()
            figures.seconds.append(time.perf_counter() - started)
            figures.cpu.append(clock() - cpu)
    return sides[0][2], sides[1][2]


def _misses(result: Result) -> Iterable[str]:
    ours, floor, targets = result.ours, result.floor, result.targets
    found = {
        "ratio": result.ratio,
        "milliseconds": ours["median_ms"],
        "cpu_ms": ours["cpu_ms"],
        "queries": ours["queries"],
        "extra_queries": None if ours["queries"] is None else ours["queries"] - floor["queries"],
    }
    for name, most in targets.items():
        if found[name] is not None and found[name] > most:
            yield f"{name.replace('_', ' ')} {found[name]:.4g} > {most:g}"
