"""How what people type is compared with what is kept: accents, case and the dress of phone numbers aside."""

import re

MOST_DIGITS = 9  # of a phone number: beyond them, country and area codes are written in too many ways
FEWEST_DIGITS = 6
PHONE = re.compile(r"[+(]?[\d\s()./-]+")


def phone_digits(text: str) -> str:
    """The bare digits of a text that is a phone number and nothing else, else nothing."""
    if not PHONE.fullmatch(text.strip()):
        return ""  # most texts stop being a number at their first letter
    digits = "".join(c for c in text if c.isascii() and c.isdigit())
    return digits if len(digits) >= FEWEST_DIGITS else ""


def phone_asked(text: str) -> str:
    """The end of a phone number somebody looks for: what is the same however it is written."""
    return phone_digits(text).lstrip("0")[-MOST_DIGITS:]
