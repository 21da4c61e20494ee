"""Lines as people move them: a bundle goes with its members, a block a time."""

from collections.abc import Collection, Sequence
from uuid import UUID

from catalog.changes import LineChange
from catalog.documents import LineKind

Block = list[LineChange]


def blocks_of(changes: Sequence[LineChange]) -> list[Block]:
    """Each line with the members of a bundle right below it."""
    found: list[Block] = []
    for change in changes:
        if change.kind == LineKind.INCLUDED and found:
            found[-1].append(change)
        else:
            found.append([change])
    return found


def flat(blocks: Sequence[Block]) -> list[LineChange]:
    return [change for block in blocks for change in block]


def holds(block: Block, keys: Collection[UUID | None]) -> bool:
    """Whether one of the lines meant is in the block."""
    return any(change.key in keys for change in block)


def meant(changes: Sequence[LineChange], keys: Collection[UUID | None]) -> list[LineChange]:
    """The lines of these keys, bundles with their members, in order."""
    found: list[LineChange] = []
    for block in blocks_of(changes):
        found += block if block[0].key in keys else [change for change in block if change.key in keys]
    return found


def behind(changes: Sequence[LineChange], key: UUID | None) -> int:
    """The place behind the block of that line; the end where there is no such line."""
    at = 0
    for block in blocks_of(changes):
        at += len(block)
        if key is not None and holds(block, {key}):
            return at
    return len(changes)


def moved(changes: Sequence[LineChange], keys: Collection[UUID | None], where: str) -> list[LineChange]:
    """The lines with some of them elsewhere: ``up``, ``down``, ``top``, ``bottom`` or a position counted from one."""
    blocks = blocks_of(changes)
    chosen = [block for block in blocks if holds(block, keys)]
    rest = [block for block in blocks if not holds(block, keys)]
    first = next(at for at, block in enumerate(blocks) if block is chosen[0])
    last = next(at for at, block in enumerate(blocks) if block is chosen[-1])
    above = sum(1 for block in blocks[:first] if not holds(block, keys))
    above_last = sum(1 for block in blocks[:last] if not holds(block, keys))
    places = {"up": above - 1, "down": above_last + 1, "top": 0, "bottom": len(rest)}
    at = places[where] if where in places else place_of(rest, int(where) if where.isdecimal() else above + 1)
    at = min(max(at, 0), len(rest))
    return flat([*rest[:at], *chosen, *rest[at:]])


def place_of(rest: Sequence[Block], position: int) -> int:
    """Before which of the other blocks a line must stand to be the ``position``-th."""
    lines = 0
    for at, block in enumerate(rest):
        if lines + 1 >= position:
            return at
        lines += len(block)
    return len(rest)
