"""A column of a board."""

from dataclasses import dataclass, field

from opportunities.board_bars import Part
from opportunities.board_cards import Card
from opportunities.measures import Worth
from opportunities.models import Stage

WON, LOST = "won", "lost"
CLOSED = (WON, LOST)


@dataclass
class Column:
    """A stage as the board draws it; its sums are those of the whole column, its cards only the first ones."""

    key: str
    name: str
    url: str = ""  # the list of exactly its deals
    stage: Stage | None = None
    worth: Worth = field(default_factory=Worth)
    bar: list[Part] = field(default_factory=list)
    cards: list[Card] = field(default_factory=list)
    more_url: str = ""
    fold_url: str = ""
    is_folded: bool = False
    number: int = 0  # the key that jumps to it

    @property
    def is_closed(self) -> bool:
        return self.key in CLOSED
