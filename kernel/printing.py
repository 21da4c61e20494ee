"""Printed documents: data in, a PDF out. Knows templates, fonts and languages, but no document by name."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import typst
from babel import Locale
from babel.core import UnknownLocaleError
from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "pdf"
WORDS = TEMPLATES / "words"
USUAL_LANGUAGE = "en"
ARCHIVE: Final = "a-3b"  # PDF/A: it looks the same in ten years; needs a glyph for every character
RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")
# Ours, and those of the machine in the order in which they stand in for what ours lacks.
TYPEFACE = "Source Sans Pro"
OTHER_SCRIPTS = (
    "Noto Sans",
    "Noto Sans Arabic",
    "Noto Sans Hebrew",
    "Noto Sans Devanagari",
    "Noto Sans Thai",
)
HAN = {
    "ja": "Noto Sans CJK JP", "ko": "Noto Sans CJK KR", "zh-hant": "Noto Sans CJK TC", "zh-tw": "Noto Sans CJK TC",
    "zh": "Noto Sans CJK SC",
}  # fmt: skip
HAN_TOO = ("WenQuanYi Micro Hei", "Droid Sans Fallback")
LAST_RESORT = (*HAN_TOO, "DejaVu Sans", "Liberation Sans")
LONGEST_TEXT = 20_000
# No column is narrower than a word of this length; scripts from Thai on have their own places to break a line.
LONG_WORD = re.compile("[^\\s\u0e00-\uffff]{29,}")
BREAKS = re.compile("(.{6})(?=.)")
ZERO_WIDTH_SPACE = "\N{ZERO WIDTH SPACE}"
# They turn the reading direction of what follows: a figure could be made to read as another one.
OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def render(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF that a template makes of the data: PDF/A where the fonts have every character, else plain PDF.

    Texts are data for the template, never markup, and the template can read nothing outside of its folder.
    """
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    # A compiler belongs to one call; what is costly (fonts, read templates) is shared below it, between threads too.
    compiler = typst.Compiler(str(TEMPLATES / template), root=str(TEMPLATES), font_paths=fonts())
    try:
        return made(compiler.compile(sys_inputs=inputs, format="pdf", pdf_standards=[ARCHIVE]))
    except typst.TypstError:
        # What PDF/A refuses are characters; anything else fails here again, and is a bug.
        return made(compiler.compile(sys_inputs=inputs, format="pdf"))


def pictures(template: str, data: Mapping[str, Any], *, ppi: float = 96) -> list[bytes]:
    """The pages as PNG pictures."""
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    compiler = typst.Compiler(str(TEMPLATES / template), root=str(TEMPLATES), font_paths=fonts())
    pages = compiler.compile(sys_inputs=inputs, format="png", ppi=ppi)
    return pages if isinstance(pages, list) else [made(pages)]


def made(compiled: Any) -> bytes:
    if not isinstance(compiled, bytes):
        raise TypeError(f"expected one file, got {type(compiled).__name__}")
    return compiled


# --- fonts --------------------------------------------------------------------------------------------------


@cache
def fonts() -> typst.Fonts:
    """Ours, then what the machine has for other scripts; looked up once a process."""
    found = find_spec("font_source_sans_pro")
    places = list(found.submodule_search_locations or ()) if found else []
    return typst.Fonts(font_paths=[Path(place) / "files" for place in places])


@cache
def typefaces(language: str) -> list[str]:
    """The fonts to set a text of this language in, of those that are there."""
    tag = language.lower().replace("_", "-")
    own = HAN.get(tag) or HAN.get(tag.partition("-")[0])
    wanted = [TYPEFACE, *OTHER_SCRIPTS, *([own] if own else []), *HAN.values(), *LAST_RESORT]
    there = set(fonts().families())
    return [name for name in dict.fromkeys(wanted) if name in there]


# --- languages ----------------------------------------------------------------------------------------------


@cache
def languages() -> list[str]:
    """The languages that documents can be printed in."""
    return sorted(found.stem for found in WORDS.glob("*.json"))


@cache
def can_be_set(language: str) -> bool:
    """Whether there is a font to print the words of this language in."""
    return language not in HAN or not {*HAN.values(), *HAN_TOO}.isdisjoint(fonts().families())


class Words:
    """The labels of documents in one language, and what setting it needs; English where we cannot speak it."""

    def __init__(self, language: str) -> None:
        self.locale = known_locale(language)
        spoken = self.locale.language
        self.language = spoken if spoken in languages() and can_be_set(spoken) else USUAL_LANGUAGE
        if self.language != spoken:
            self.locale = known_locale(USUAL_LANGUAGE)
        self.texts = words_of(self.language)

    def __call__(self, key: str, **values: object) -> str:
        return self.texts[key].format(**values) if values else self.texts[key]

    @property
    def tag(self) -> str:
        """As Django names the language, for what Babel formats."""
        return str(self.locale).lower().replace("_", "-")

    def country(self, code: str) -> str:
        """The name of a country by its code."""
        return str(self.locale.territories.get(code.upper(), code))

    def setting(self) -> dict[str, Any]:
        """Language, direction and fonts, for the template."""
        return {
            "lang": self.language,
            "rtl": self.language in RIGHT_TO_LEFT,
            "fonts": typefaces(str(self.locale)),
        }


@cache
def words_of(language: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads((WORDS / f"{language}.json").read_text(encoding="utf-8"))
    return texts


@cache
def known_locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        return Locale.parse(USUAL_LANGUAGE)


# --- texts --------------------------------------------------------------------------------------------------


def printable(text: object, *, lines: bool = False) -> str:
    """A text as it can stand on paper: no control characters, and long words may be broken."""
    plain = str(text)[:LONGEST_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    if not plain.isascii() or not plain.isprintable():
        kept = "\n" if lines else ""
        plain = "".join(paper_character(character, kept) for character in plain)
    return LONG_WORD.sub(breakable, plain.strip())


def printable_lines(texts: Sequence[object]) -> list[str]:
    """Those of the texts that say something."""
    return [shown for text in texts if (shown := printable(text or ""))]


def paper_character(character: str, kept: str) -> str:
    if character in kept or character.isalnum():
        return character
    if character.isspace():
        return character if character == "\N{NO-BREAK SPACE}" else " "
    unprinted = character in OVERRIDES or unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn")
    return "" if unprinted else character


def breakable(word: re.Match[str]) -> str:
    """The word with places where a line may end."""
    return BREAKS.sub(rf"\1{ZERO_WIDTH_SPACE}", word[0])
