"""The sheet that a picture is drawn on: shapes, words and marks, on a page by classes, in print by literal colors."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.utils.html import escape

SIZE = 12  # height of letters in units of the sheet, which are shown as pixels or nearly so
WIDE = 720
NARROW = 340
NARROWER = 560  # below this a row has its label above it
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
PARTS = 6  # as many colors and textures as there are
# What tells one part from another where colors do not: strokes in a square of eight.
TEXTURES = (
    "", "M-2 2l4 -4M0 8l8 -8M6 10l4 -4", "M2 2h1.6M6 6h1.6", "M0 2h8M0 6h8", "M0 0l8 8M0 8l8 -8", "M2 0v8M6 0v8",
)  # fmt: skip
FAINT = "M-2 6l4 4M0 0l8 8M6 -2l4 4"
MARKERS = ("circle", "square", "triangle", "diamond", "cross", "ring")
Point = tuple[float, float]


@dataclass(frozen=True)
class Placed:
    """Where a mark came to lie, as the tests measure it."""

    name: str
    x: float
    y: float
    width: float
    height: float


def room_for(words: str) -> float:
    """About how wide a text is."""
    return sum(SIZE * (1.0 if unicodedata.east_asian_width(one) in "WF" else 0.56) for one in words)


def fitted(words: str, room: float) -> str:
    """The text, or as much of it as the room holds."""
    if room_for(words) <= room:
        return words
    kept = words
    while kept and room_for(kept + ELLIPSIS) > room:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def digits(number: float) -> str:
    """A coordinate."""
    return f"{number:.2f}".rstrip("0").rstrip(".") if number else "0"


class Canvas:
    """Collects what is drawn; ``key`` makes the names of its textures its own, ``literal`` are the inks of print."""

    def __init__(
        self,
        width: float,
        *,
        key: str = "",
        literal: Mapping[str, str] | None = None,
        is_mirrored: bool = False,
    ) -> None:
        self.width, self.key, self.literal, self.is_mirrored = float(width), key, literal, is_mirrored
        self.drawn: list[str] = []
        self.placed: list[Placed] = []
        self.has_links = False
        self._name = ""

    @property
    def is_narrow(self) -> bool:
        return self.width < NARROWER

    def ink(self, name: str) -> str:
        """How a shape is colored: by its class, and in print by what that class would say."""
        if self.literal is None:
            return f'class="ch-{name}"'
        return self.literal[name]

    def fill(self, part: int, *, is_faint: bool = False) -> str:
        """The color and the texture of a part."""
        if is_faint:
            return f'{self.ink("mark")} fill="url(#{self.key}-faint)"'
        n = part % PARTS
        return f'{self.ink("mark")} fill="url(#{self.key}-{n + 1})"' if n else self.ink("c1")

    # --- shapes -----------------------------------------------------------------------------------------------

    def across(self, x: float) -> float:
        """Where the reader begins at the right, everything does."""
        return self.width - x if self.is_mirrored else x

    def rect(self, x: float, y: float, size: Point, fill: str) -> None:
        width, height = size
        left = self.across(x + width) if self.is_mirrored else x
        self.drawn.append(
            f'<rect x="{digits(left)}" y="{digits(y)}" width="{digits(width)}" height="{digits(height)}" {fill}/>'
        )
        self._place(x, y, width, height)

    def line(self, start: Point, end: Point, ink: str) -> None:
        (x1, y1), (x2, y2) = start, end
        self.drawn.append(
            f'<line x1="{digits(self.across(x1))}" y1="{digits(y1)}" x2="{digits(self.across(x2))}" '
            f'y2="{digits(y2)}" {self.ink(ink)}/>'
        )
        self._place(min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1))

    def path(self, points: Sequence[Point], ink: str) -> None:
        """A line through points."""
        way = " ".join(f"{digits(self.across(x))},{digits(y)}" for x, y in points)
        self.drawn.append(f'<polyline points="{way}" {self.ink(ink)}/>')

    def shape(self, kind: str, at: Point, radius: float, ink: str) -> None:
        """A sign that is known by its form: circle, square, triangle, diamond, cross or ring."""
        x, y = self.across(at[0]), at[1]
        r = radius
        if kind in ("circle", "ring"):
            self.drawn.append(f'<circle cx="{digits(x)}" cy="{digits(y)}" r="{digits(r)}" {self.ink(ink)}/>')
        else:
            way = {
                "square": [(-r, -r), (r, -r), (r, r), (-r, r)],
                "triangle": [(0, -r), (r, r), (-r, r)],
                "diamond": [(0, -r), (r, 0), (0, r), (-r, 0)],
                "cross": [(-r, -r), (0, -r / 2), (r, -r), (r / 2, 0), (r, r), (0, r / 2), (-r, r), (-r / 2, 0)],
            }[kind]  # fmt: skip
            points = " ".join(f"{digits(x + dx)},{digits(y + dy)}" for dx, dy in way)
            self.drawn.append(f'<polygon points="{points}" {self.ink(ink)}/>')
        self._place(at[0] - r, y - r, 2 * r, 2 * r)

    def text(
        self, at: Point, words: str, ink: str = "label", *, anchor: str = "start", room: float | None = None
    ) -> None:
        """Words at a place; where they do not fit they are cut short and said whole in their title."""
        shown = words if room is None else fitted(words, room)
        whole = f"<title>{escape(words)}</title>" if shown != words else ""
        self.drawn.append(
            f'<text x="{digits(self.across(at[0]))}" y="{digits(at[1])}" text-anchor="{anchor}" '
            f"{self.ink(ink)}>{whole}{escape(shown)}</text>"
        )

    # --- marks ------------------------------------------------------------------------------------------------

    @contextmanager
    def mark(self, name: str, url: str = "") -> Iterator[None]:
        """What is drawn inside is one figure: named, and a link to its records where there is one."""
        said = escape(name)
        is_link = bool(url) and self.literal is None
        if is_link:
            self.has_links = True
            self.drawn.append(f'<a href="{escape(url)}" aria-label="{said}">')
        else:
            self.drawn.append("<g>" if self.literal is not None else f'<g role="img" aria-label="{said}">')
        if self.literal is None:
            self.drawn.append(f"<title>{said}</title>")
        self._name = name
        yield
        self._name = ""
        self.drawn.append("</a>" if is_link else "</g>")

    def _place(self, x: float, y: float, width: float, height: float) -> None:
        if self._name:
            self.placed.append(Placed(self._name, x, y, width, height))

    # --- textures ---------------------------------------------------------------------------------------------

    def textures(self, parts: int) -> str:
        """The textures that the picture uses, named by its key."""
        made = [
            self._texture(f"{n + 1}", f"c{n + 1}", TEXTURES[n], "texture")
            for n in range(1, min(parts, PARTS))
        ]
        return "<defs>" + "".join([*made, self._texture("faint", "ground", FAINT, "hatch")]) + "</defs>"

    def _texture(self, name: str, ground: str, strokes: str, ink: str) -> str:
        return (
            f'<pattern id="{self.key}-{name}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" {self.ink(ground)}/><path d="{strokes}" {self.ink(ink)}/></pattern>'
        )
