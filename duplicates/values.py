"""What a record is compared by, and the one normal form of each value: however it was typed, the same is the same."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import phonenumbers
from stdnum import get_cc_module

from duplicates.models import MatchKey
from duplicates.words import FREE_MAIL, LEGAL_FORMS, PLUS_MAIL
from kernel.models import fold

Kind = MatchKey.Kind
Key = tuple[str, str]  # kind and normalized value
# As plain texts: a member of an enumeration takes several times as long to hash and compare.
EMAIL, PHONE, DOMAIN, TAX = (str(Kind(kind)) for kind in ("email", "phone", "domain", "tax"))
NAME, PERSON, ADDRESS, SOUND = (str(Kind(kind)) for kind in ("name", "person", "address", "sound"))

SHORTEST_PHONE = 6
PHONE_TAIL = 10  # where country codes and trunk prefixes no longer differ
STREETS = {
    "strasse": "str",
    "street": "st",
    "avenue": "ave",
    "road": "rd",
    "platz": "pl",
    "boulevard": "blvd",
}
SOUNDS = str.maketrans("cqzvwdbgyj", "kksfftpkii")
MUTE = re.compile(r"[aeiouh\s_]")
TWICE = re.compile(r"([^\d])\1+")
WORD = re.compile(r"\w+")
SCHEME = re.compile(r"^[a-z]*:?//")
HOST_ENDS = re.compile(r"[/?#:\s]")
EXTENSION = re.compile(r"(?i)ext|durchwahl|[x#;,]")
NO_DIGIT = re.compile(r"[^0-9]+")
SHORT_STREET = re.compile(r"(?<=\w)str\b\.?")
COUNTRY_CODES = frozenset(map(str, phonenumbers.COUNTRY_CODE_TO_REGION_CODE))
SHORTEST_SOUND, LONGEST_SOUND = 4, 16


@dataclass(frozen=True, slots=True)
class MatchValues:
    """The values of a record that tell who it is, as they were typed."""

    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    websites: tuple[str, ...] = ()
    tax_numbers: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""


def keys_of(values: MatchValues, *, region: str = "") -> frozenset[Key]:
    """All keys of a record; ``region`` is where phone numbers without a country come from."""
    region, country = code_of(values.country) or code_of(region), code_of(values.country)
    found: list[Key] = []
    for email in filter(None, values.emails):
        found += ((EMAIL, email_key(email)), (DOMAIN, domain_key(email.rpartition("@")[2])))
    found += [(PHONE, phone_key(phone, region)) for phone in values.phones if phone]
    found += [(DOMAIN, domain_key(website)) for website in values.websites if website]
    found += [(TAX, tax_key(number, country)) for number in values.tax_numbers if number]
    for name in filter(None, values.companies):
        found += ((NAME, " ".join(words := company_words(name))), (SOUND, _marked("c", sound_of(words))))
    for name in filter(None, values.persons):
        found += ((PERSON, " ".join(words := person_words(name))), (SOUND, _marked("p", sound_of(words))))
    if values.street:
        found.append((ADDRESS, address_key(values)))
    cut = [(kind, value.replace("\0", "")[: MatchKey.LONGEST]) for kind, value in found]
    return frozenset([key for key in cut if key[1]])


def _marked(mark: str, sound: str) -> str:
    return f"{mark}:{sound}" if sound else ""


def code_of(country: str) -> str:
    """A country's two letters; empty for anything else."""
    return country.upper() if len(country) == 2 and country.isascii() and country.isalpha() else ""


# --- the normal forms ----------------------------------------------------------------------------------------


def email_key(email: str) -> str:
    """The mailbox that an address reaches: case never matters, dots and tags where the service ignores them."""
    local, at, host = email.strip().lower().rpartition("@")
    if not at or not local:
        return ""
    host = "gmail.com" if host == "googlemail.com" else host
    if host in PLUS_MAIL:
        local = local.partition("+")[0]
    if host == "gmail.com":
        local = local.replace(".", "")
    return f"{local}@{host}"


@lru_cache(maxsize=4096)
def domain_key(address: str) -> str:
    """The internet domain of a company, without mail services that anybody can use."""
    host = SCHEME.sub("", address.strip().lower())
    host = HOST_ENDS.split(host, maxsplit=1)[0].rpartition("@")[2].removeprefix("www.").strip(".")
    return host if "." in host and host not in FREE_MAIL else ""


@lru_cache(maxsize=4096)
def phone_key(number: str, region: str = "") -> str:
    """The digits that dial the same line from anywhere: without country code, trunk prefix and extension."""
    text = EXTENSION.split(number.strip(), maxsplit=1)[0].replace("(0)", "")
    digits = NO_DIGIT.sub("", text)
    if text.startswith("+") or digits.startswith("00"):
        digits = _after_country_code(digits.removeprefix("00") if not text.startswith("+") else digits)
    else:
        digits = _after_trunk_prefix(digits, region)
    digits = digits.lstrip("0")
    return digits[-PHONE_TAIL:] if len(digits) >= SHORTEST_PHONE else ""


def _after_country_code(digits: str) -> str:
    for length in (1, 2, 3):
        if digits[:length].lstrip("0") in COUNTRY_CODES:
            return digits[length:]
    return digits


def _after_trunk_prefix(digits: str, region: str) -> str:
    code, prefix = _dialing(region)
    if prefix in ("", "0"):
        forgot_plus = code and not digits.startswith("0") and digits.startswith(code)
        return digits[len(code) :] if forgot_plus and len(digits) >= len(code) + 8 else digits
    return digits.removeprefix(prefix) if len(digits) > PHONE_TAIL else digits


@cache
def _dialing(region: str) -> tuple[str, str]:
    """Country code and trunk prefix of a country."""
    known: Any = phonenumbers.PhoneMetadata.metadata_for_region(region, None) if region.isalpha() else None
    return (str(known.country_code), known.national_prefix or "") if known else ("", "")


@lru_cache(maxsize=4096)
def tax_key(number: str, country: str = "") -> str:
    """A tax number with its country in front, without spaces, dots and words around it."""
    text = re.sub(r"(MWST|TVA|IVA|VAT)$", "", re.sub(r"[^0-9A-Z]", "", number.upper()))
    code = code_of(country) or code_of(text[:2])
    code = {"EL": "GR"}.get(code, code)
    if (module := _vat(code)) is not None:
        text = _compact(module, text)
    plain = re.sub(rf"^({code}E?|EL)(?=.{{5}})", "", text) if code else text
    return f"{code}{plain}" if len(plain) >= 5 else ""


@cache
def _vat(country: str) -> Any:
    return get_cc_module(country.lower(), "vat") if country else None


def _compact(module: Any, text: str) -> str:
    try:
        return str(module.compact(text)).upper()
    except Exception:
        return text  # a number of any shape is compared as it was typed


@lru_cache(maxsize=8192)
def company_words(name: str) -> tuple[str, ...]:
    """The words of a company's name that tell it from others, sorted, out of punctuation and legal forms."""
    words = WORD.findall(fold(name).replace(".", "").replace("'", ""))
    return tuple(sorted([word for word in words if word not in LEGAL_FORMS] or words))


@lru_cache(maxsize=8192)
def person_words(name: str) -> tuple[str, ...]:
    """The words of a person's name, sorted: first and last name are often swapped."""
    return tuple(sorted(WORD.findall(fold(name))))


def address_key(values: MatchValues) -> str:
    """Country, town and street in short words; empty unless it names a house."""
    town = values.postcode or values.city
    if not values.street.strip() or not town.strip():
        return ""
    return " ".join([values.country.lower(), *_town_words(town), *_street_words(values.street)]).strip()


@lru_cache(maxsize=4096)
def _town_words(town: str) -> tuple[str, ...]:
    return tuple(WORD.findall(fold(town)))


@lru_cache(maxsize=4096)
def _street_words(street: str) -> tuple[str, ...]:
    return tuple([_short(word) for word in WORD.findall(SHORT_STREET.sub("strasse", fold(street)))])


@lru_cache(maxsize=4096)
def _short(word: str) -> str:
    """A word of an address with its kind of street in short."""
    for long, short in STREETS.items():
        if word.endswith(long):
            word = word.removesuffix(long) + short
    return word


def sound_of(words: Iterable[str]) -> str:
    """A rough skeleton of a name that survives slips of the pen; empty when too little is left to tell names apart."""
    text = " ".join(words).replace("ph", "f").replace("ck", "k").replace("x", "ks").translate(SOUNDS)
    bones = TWICE.sub(r"\1", text[:1] + MUTE.sub("", text[1:]))
    return bones[:LONGEST_SOUND] if len(bones) >= SHORTEST_SOUND else ""
