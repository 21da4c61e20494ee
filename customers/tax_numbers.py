"""Whether a tax number can be right, by its shape and its check digits; nobody is asked and nothing is refused."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from stdnum import get_cc_module
from stdnum.exceptions import ValidationError

PREFIXED = re.compile(r"[A-Za-z]{2}(?=[0-9A-Za-z])")
OTHERWISE = {"EL": "GR", "XI": "GB"}  # prefixes that are not the country's code
KINDS = ("vat", "businessid", "ein", "tin")


@dataclass(frozen=True, slots=True)
class TaxCheck:
    """What can be said of a tax number: right, wrong, or (``is_valid`` is None) nothing for this country."""

    is_valid: bool | None
    text: str


def check_tax_number(number: str, country: str) -> TaxCheck | None:
    """The check for the country of the number's prefix, else for the customer's; None without a number."""
    number = number.strip()
    if not number:
        return None
    for code in countries(number, country):
        for kind in KINDS:
            if module := get_cc_module(code.lower(), kind):
                return tried(module, number, code)
    return TaxCheck(None, _("not checked: no rule is known for this country"))


def countries(number: str, country: str) -> list[str]:
    """Where the number may come from: its own prefix first."""
    prefix = PREFIXED.match(number)
    named = [prefix[0].upper()] if prefix else []
    return [
        OTHERWISE.get(code, code) for code in [*named, country.upper()] if code.isalpha() and len(code) == 2
    ]


def tried(module: object, number: str, code: str) -> TaxCheck:
    """What the rules of one country say."""
    try:
        module.validate(number)  # type: ignore[attr-defined]
    except ValidationError:
        return TaxCheck(False, _("not a valid number for %(country)s") % {"country": code})
    return TaxCheck(True, _("valid for %(country)s by its check digits") % {"country": code})
