"""Who a lead may already be: matching accounts and contacts, with a score and the reason in words."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import Account, Contact
from kernel.models import fold
from leads.models import Lead
from people.access import visible
from people.models import User

CERTAIN = 0.9  # from here on a match is preselected, and making another one needs a reason
CANDIDATES = 50
LEGAL_FORMS = frozenset(
    [
        "gmbh",
        "ag",
        "kg",
        "kgaa",
        "ohg",
        "ug",
        "se",
        "ek",
        "mbh",
        "co",
        "inc",
        "llc",
        "llp",
        "ltd",
        "limited",
        "corp",
        "corporation",
        "company",
        "plc",
        "sa",
        "sas",
        "sarl",
        "srl",
        "spa",
        "bv",
        "nv",
        "oy",
        "ab",
        "as",
        "aps",
        "pty",
        "holding",
        "group",
        "the",
        "und",
        "and",
    ]
)
FREE_MAIL = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "yahoo.com",
        "icloud.com",
        "me.com",
        "gmx.de",
        "gmx.net",
        "web.de",
        "t-online.de",
        "aol.com",
        "proton.me",
        "protonmail.com",
    ]
)


@dataclass(frozen=True)
class Match:
    """Somebody we know who may be the lead."""

    record: Any
    score: float
    reasons: tuple[Any, ...]

    @property
    def percent(self) -> int:
        return round(self.score * 100)

    @property
    def is_certain(self) -> bool:
        return self.score >= CERTAIN


@dataclass(frozen=True)
class Sign:
    """One thing two records may have in common, and how much it says."""

    weight: float
    reason: Any
    holds: Callable[[Lead, Any], bool]


ACCOUNT_SIGNS = (
    Sign(0.9, _("same company name"), lambda lead, account: same_company(lead.company, account.name)),
    Sign(0.8, _("same e-mail"), lambda lead, account: same_text(lead.email, account.email)),
    Sign(0.75, _("same domain"), lambda lead, account: bool(domains(lead) & domains(account))),
    Sign(0.6, _("same phone"), lambda lead, account: bool(phones(lead) & phones(account))),
)
CONTACT_SIGNS = (
    Sign(0.95, _("same e-mail"), lambda lead, contact: same_text(lead.email, contact.email)),
    Sign(0.6, _("same phone"), lambda lead, contact: bool(phones(lead) & phones(contact))),
    Sign(0.5, _("same name"), lambda lead, contact: same_person(lead, contact)),
    Sign(
        0.5, _("same name and company"),
        lambda lead, contact: same_person(lead, contact)
        and contact.account is not None
        and same_company(lead.company, contact.account.name),
    ),
)  # fmt: skip


def matching_accounts(lead: Lead, user: User) -> list[Match]:
    """Companies the lead may belong to, the likeliest first, in one query."""
    asked = [phone_ends("phone", lead)]
    if words := company_words(lead.company):
        asked.append(all_words(words))
    if lead.email:
        asked.append(Q(email__iexact=lead.email))
    for domain in domains(lead):
        asked.append(Q(email__iendswith=f"@{domain}") | Q(website__icontains=domain))
    return judged(lead, Account.objects.filter(is_active=True), asked, ACCOUNT_SIGNS, user)


def matching_contacts(lead: Lead, user: User) -> list[Match]:
    """People the lead may be, the likeliest first, in one query."""
    asked = [phone_ends("phone", lead) | phone_ends("mobile", lead)]
    if lead.email:
        asked.append(Q(email__iexact=lead.email))
    if lead.last_name:
        asked.append(Q(last_name__iexact=lead.last_name, first_name__iexact=lead.first_name))
    contacts = Contact.objects.filter(is_active=True).select_related("account")
    return judged(lead, contacts, asked, CONTACT_SIGNS, user)


def judged(
    lead: Lead, records: QuerySet[Any], asked: Iterable[Q], signs: tuple[Sign, ...], user: User
) -> list[Match]:
    """The records that answer any of the questions, with what speaks for each."""
    questions = [question for question in asked if question]
    if not questions:
        return []
    candidates = visible(user, records.filter(reduce(or_, questions))).order_by("-id")[:CANDIDATES]
    found = []
    for record in candidates:
        if held := [sign for sign in signs if sign.holds(lead, record)]:
            doubt = 1.0
            for sign in held:
                doubt *= 1 - sign.weight
            found.append(Match(record, round(1 - doubt, 2), tuple(sign.reason for sign in held)))
    return sorted(found, key=lambda match: (-match.score, match.record.pk))


def certain(matches: list[Match]) -> list[Match]:
    """The matches that leave little doubt."""
    return [match for match in matches if match.is_certain]


def company_words(name: str) -> list[str]:
    """The words of a company's name that tell it from others, sorted out of punctuation and legal forms."""
    words = re.findall(r"\w+", fold(name).replace(".", ""))
    return [word for word in words if word not in LEGAL_FORMS] or words


def same_company(one: str, other: str) -> bool:
    return bool(one) and bool(other) and sorted(company_words(one)) == sorted(company_words(other))


def same_text(one: str, other: str) -> bool:
    return bool(one) and one.strip().casefold() == other.strip().casefold()


def same_person(lead: Lead, contact: Contact) -> bool:
    return bool(lead.last_name) and fold(f"{lead.first_name} {lead.last_name}") == fold(
        f"{contact.first_name} {contact.last_name}"
    )


def domains(record: Any) -> set[str]:
    """The internet domains that belong to the record's company, without mail services anybody can use."""
    site = re.sub(r"^(https?://)?(www\.)?", "", record.website.strip().lower()).split("/")[0]
    mail = record.email.rpartition("@")[2].strip().lower()
    return {domain for domain in (site, mail) if "." in domain} - FREE_MAIL


def phones(record: Any) -> set[str]:
    """Phone numbers as comparable digits: the last nine, where prefixes no longer differ."""
    numbers = (re.sub(r"\D", "", getattr(record, name, "")) for name in ("phone", "mobile"))
    return {digits[-9:] for digits in numbers if len(digits) >= 6}


def phone_ends(column: str, lead: Lead) -> Q:
    """Rows whose number ends like one of the lead's: few enough to compare digit by digit."""
    return reduce(or_, (Q(**{f"{column}__endswith": digits[-2:]}) for digits in phones(lead)), Q())


def all_words(words: list[str]) -> Q:
    found = Q()
    for word in words:
        found &= Q(search_text__contains=word)
    return found
