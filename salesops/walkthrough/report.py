"""Saying what happened, step by step, and whether it is what had to happen."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TextIO

WIDTHS = (22, 18, 24)


@dataclass(frozen=True)
class Seen:
    """A record as the product shows it: number, state, and whatever else can be checked."""

    number: str
    status: str
    reason: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def state(self) -> str:
        return f"{self.status} / {self.reason}"


class Report:
    """The lines a person reads, and the account of what was as expected."""

    def __init__(self, out: TextIO) -> None:
        self.out = out
        self.started = time.monotonic()
        self.states = self.amounts = self.wrong = 0

    def say(self, text: str = "") -> None:
        self.out.write(text + "\n")
        self.out.flush()

    def clock(self) -> float:
        return time.monotonic() - self.started

    def begin(self) -> None:
        """The heads of the columns; the story's time runs from here."""
        self.started = time.monotonic()
        self.say()
        self.row("time", "step", "record", "state", "amount")
        self.say("-" * 92)

    def step(self, what: str, seen: Seen, state: str, *, shown: str = "", **expected: Any) -> None:
        """One step taken: print what came of it and compare state and facts with what had to come."""
        amount = f"{seen.facts[shown]:,.2f}" if shown else ""
        self.row(f"{self.clock():.2f} s", what, seen.number, seen.state, amount)
        self.states += 1
        if not seen.number:
            self.mismatch("number", "a number", "none")
        if seen.state != state:
            self.mismatch("state", state, seen.state)
        for name, value in expected.items():
            self.amounts += isinstance(value, Decimal)
            if seen.facts.get(name) != value:
                self.mismatch(name, value, seen.facts.get(name))

    def row(self, *cells: str) -> None:
        moment, *words, amount = cells
        columns = "  ".join(f"{word:<{width}}" for word, width in zip(words, WIDTHS, strict=True))
        self.say(f"{moment:>8}  {columns}  {amount:>12}".rstrip())

    def mismatch(self, name: str, expected: Any, found: Any) -> None:
        self.wrong += 1
        self.say(f"{'':>8}  WRONG: {name.replace('_', ' ')} is {found}, expected {expected}")

    def verdict(self) -> bool:
        """The last line; whether everything was as expected."""
        took = f"{self.clock():.1f} s"
        self.say()
        if self.wrong:
            self.say(f"FAILED: {self.wrong} of the things checked were not as expected ({took}).")
        else:
            self.say(f"All {self.states} states and {self.amounts} amounts are as expected ({took}).")
        return not self.wrong
