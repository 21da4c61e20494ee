"""The rows of a file that a check has gone over, in a few bytes each: which of them a later row may be.

A check writes nothing, so the database cannot say that row 900 is row 17 once more. Kept are fingerprints of the keys
that tell people apart, in one flat table; what it finds is read from the file again before anything is said.
"""

from array import array
from collections.abc import Callable, Iterable
from typing import Any

ROW_BITS = 24  # sixteen million rows
ROW_MASK = (1 << ROW_BITS) - 1
FULL = 0.6
STRONG = frozenset({"email", "tax", "phone"})


class SeenRows:
    """Fingerprint to row, first come first kept; ``keys_of_row`` reads a row again."""

    def __init__(self, keys_of_row: Callable[[int], tuple[int, Iterable[Any]] | None]) -> None:
        self.keys_of_row = keys_of_row
        self.size = 1 << 12
        self.slots = array("Q", bytes(8 * self.size))
        self.count = 0
        self.offsets = array("Q")  # of each row that was kept, by its place here
        self.numbers = array("L")

    def add(
        self, number: int, offset: int, row_hash: int, keys: Iterable[tuple[str, str]], key: str = ""
    ) -> None:
        """Remember a row that would have made a record."""
        place = len(self.offsets) + 1
        self.offsets.append(offset)
        self.numbers.append(number)
        self.put(fingerprint(("row", row_hash)), place)
        if key:
            self.put(fingerprint(("key", key)), place)
        for one in strong(keys):
            self.put(fingerprint(one), place)

    def put(self, mark: int, place: int) -> None:
        if self.count > self.size * FULL:
            self.grow()
        slots, mask, tag = self.slots, self.size - 1, mark >> ROW_BITS
        at = mark & mask
        while entry := slots[at]:
            if entry >> ROW_BITS == tag:
                return
            at = (at + 1) & mask
        slots[at] = tag << ROW_BITS | place
        self.count += 1

    def find(self, mark: int) -> int:
        """The place of the first row with this fingerprint; 0 for none."""
        slots, mask, tag = self.slots, self.size - 1, mark >> ROW_BITS
        at = mark & mask
        while entry := slots[at]:
            if entry >> ROW_BITS == tag:
                return entry & ROW_MASK
            at = (at + 1) & mask
        return 0

    def grow(self) -> None:
        """Twice the table; what is kept of a mark tells where it belongs."""
        old = self.slots
        self.size *= 2
        self.slots, self.count = array("Q", bytes(8 * self.size)), 0
        slots, mask = self.slots, self.size - 1
        for entry in old:
            if entry:
                at = home(entry >> ROW_BITS) & mask
                while slots[at]:
                    at = (at + 1) & mask
                slots[at] = entry
                self.count += 1

    def same_row(self, row_hash: int) -> int:
        """The row that says the same, letter for letter."""
        place = self.find(fingerprint(("row", row_hash)))
        return self.numbers[place - 1] if place else 0

    def same_key(self, key: str) -> int:
        place = self.find(fingerprint(("key", key)))
        return self.numbers[place - 1] if place else 0

    def candidates(self, keys: Iterable[tuple[str, str]]) -> list[tuple[int, Any]]:
        """Rows that share a telling key, with all their keys, read from the file again."""
        places = sorted({place for one in strong(keys) if (place := self.find(fingerprint(one)))})
        found = []
        for place in places[:5]:
            again = self.keys_of_row(self.offsets[place - 1])
            if again is not None:
                found.append((self.numbers[place - 1], again[1]))
        return found


def strong(keys: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """The keys that two rows which are certainly one have in common at least one of."""
    every = list(keys)
    found = [one for one in every if one[0] in STRONG]
    person = next((value for kind, value in every if kind == "person"), "")
    company = next((value for kind, value in every if kind == "name"), "")
    if company:
        found.append(("both", f"{person}|{company}"))
    return found


def fingerprint(one: tuple[Any, Any]) -> int:
    """Forty bits that tell, and below them where the table keeps it."""
    tag = hash(one) & ((1 << 40) - 1) or 1
    return tag << ROW_BITS | home(tag)


def home(tag: int) -> int:
    return (tag * 2654435761 >> 7) & ROW_MASK
