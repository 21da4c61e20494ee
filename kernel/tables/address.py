"""The address of a list as it is, to be changed in one respect."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

VIEW, NO_VIEW = "view", "none"

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Address:
    """What a list is asked for, and the view it began with.

    While a view stands unchanged its name is the whole address; ``f=`` says that it was changed to ask for nothing.
    """

    path: str
    pairs: Pairs
    view: str = ""
    view_pairs: Pairs = ()
    has_default: bool = False

    def but(self, **changes: object) -> str:
        """The same list with some parameters changed; an empty value takes one away."""
        kept = [(name, value) for name, value in self.pairs if name not in changes]
        added = {name: str(value) for name, value in changes.items() if value != ""}
        replaced = [(name, added.pop(name, value)) for name, value in self._in_place(changes, kept)]
        return self.of([*replaced, *added.items()])

    def _in_place(self, changes: dict[str, object], kept: Pairs) -> Iterable[tuple[str, str]]:
        """What is changed stands where it stood, so that addresses do not shuffle."""
        if len(kept) == len(self.pairs):
            return kept
        seen: set[str] = set()
        found = []
        for name, value in self.pairs:
            if name not in changes:
                found.append((name, value))
            elif changes[name] != "" and name not in seen:
                seen.add(name)
                found.append((name, str(changes[name])))
        return found

    def without(self, name: str, value: str) -> str:
        """The same list without one of several parameters of a name."""
        left = list(self.pairs)
        left.remove((name, value))
        return self.of(left)

    def plus(self, name: str, value: str) -> str:
        """The same list with one more parameter of a name."""
        return self.of([*self.pairs, (name, value)])

    def of(self, pairs: Pairs) -> str:
        """The address that asks for exactly this."""
        query = urlencode(self.marked(pairs))
        return f"{self.path}?{query}" if query else self.path

    def marked(self, pairs: Pairs) -> list[tuple[str, str]]:
        """The parameters, with the view they come from."""
        place = [(name, value) for name, value in pairs if name in PLACE]
        asked = [(name, value) for name, value in pairs if name not in PLACE]
        if not self.view:
            return [*asked, *place] if asked or not self.has_default else [(VIEW, NO_VIEW), *place]
        if sorted(asked) == sorted(self.view_pairs):
            return [(VIEW, self.view), *place]
        return [(VIEW, self.view), *(asked or [("f", "")]), *place]


# Where one is in a list, which is no part of what is asked for.
PLACE = ("size", "after", "before", "count")
