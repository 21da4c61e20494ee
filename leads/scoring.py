"""How promising a lead is, from 0 to 100, and which rules say so. Pure: rules and lead in, score and reasons out."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from duplicates.values import domain_key
from kernel.models import fold
from leads.models import Lead, ScoreRule

HIGHEST = 100
CUSTOM = "custom."

TEXT, CHOICE, NUMBER, YES, MOMENT = "text", "choice", "number", "yes", "moment"
Test = ScoreRule.Test
# Which tests make sense for which kind of fact.
TESTS: dict[str, tuple[str, ...]] = {
    TEXT: (Test.GIVEN, Test.MISSING, Test.IS, Test.CONTAINS),
    CHOICE: (Test.GIVEN, Test.MISSING, Test.IS),
    NUMBER: (Test.GIVEN, Test.MISSING, Test.AT_LEAST),
    YES: (Test.GIVEN, Test.MISSING),
    MOMENT: (Test.GIVEN, Test.MISSING, Test.WITHIN, Test.LONGER_AGO),
}
NEEDS_NUMBER = frozenset({Test.AT_LEAST, Test.WITHIN, Test.LONGER_AGO})
NEEDS_WORDS = frozenset({Test.IS, Test.CONTAINS})


@dataclass(frozen=True)
class Fact:
    """Something that can be known of a lead."""

    label: Any
    kind: str
    read: Callable[[Lead], Any]


def column(name: str, kind: str = TEXT, label: Any = None) -> Fact:
    words = label or Lead._meta.get_field(name).verbose_name  # type: ignore[union-attr]
    return Fact(words, kind, lambda lead: getattr(lead, name))


def work_email(lead: Lead) -> str:
    """The address, if a company gave it and not a mail service."""
    return lead.email if lead.email and domain_key(lead.email) else ""


FACTS: dict[str, Fact] = {
    "work_email": Fact(_("work e-mail"), TEXT, work_email),
    "email": column("email"),
    "phone": Fact(_("phone or mobile"), TEXT, lambda lead: lead.phone or lead.mobile),
    "company": column("company"),
    "job_title": column("job_title"),
    "website": column("website"),
    "industry": column("industry"),
    "city": column("city"),
    "region": column("region"),
    "country": column("country"),
    "customer": Fact(
        _("existing account or contact"), YES, lambda lead: bool(lead.account_id or lead.contact_id)
    ),
    "decision_maker": column("decision_maker", YES),
    "budget_amount": column("budget_amount", NUMBER),
    "budget_status": column("budget_status", CHOICE),
    "timeframe": column("timeframe", CHOICE),
    "purchase_process": column("purchase_process", CHOICE),
    "estimated_value": column("estimated_value", NUMBER),
    "source": column("source", CHOICE),
    "rating": column("rating", CHOICE),
    "campaign": column("campaign"),
    "need": column("need"),
    "last_contacted_at": column("last_contacted_at", MOMENT),
    "consent_at": column("consent_at", MOMENT),
    "created_at": Fact(_("day it came in"), MOMENT, lambda lead: lead.created_at or timezone.now()),
}
MOVING = frozenset({Test.WITHIN, Test.LONGER_AGO})  # these come true or untrue by the clock alone


def rules_now() -> list[ScoreRule]:
    """The rules in use, in one query."""
    return list(ScoreRule.objects.filter(is_active=True))


def score(lead: Lead, rules: Iterable[ScoreRule] | None = None) -> bool:
    """Rate the lead in memory; whether that is news. The calling action saves it."""
    held = [rule for rule in (rules_now() if rules is None else rules) if holds(rule, lead)]
    total = max(0, min(HIGHEST, sum(rule.points for rule in held)))
    reasons = [{"rule": rule.pk, "name": rule.name, "points": rule.points} for rule in held]
    news = lead.scored_at is None or (lead.score, lead.score_reasons) != (total, reasons)
    lead.score, lead.score_reasons, lead.scored_at = total, reasons, timezone.now()
    return news


def holds(rule: ScoreRule, lead: Lead) -> bool:
    """Whether what the rule says is true of the lead; a rule about something nobody knows any more never is."""
    fact = fact_of(rule.fact)
    if fact is None:
        return False
    value = fact.read(lead)
    given = value is not None and value is not False and value != ""
    if rule.test in (Test.GIVEN, Test.MISSING):
        return given == (rule.test == Test.GIVEN)
    return given and compared(rule, value)


def fact_of(name: str) -> Fact | None:
    """What a rule speaks of; a custom field is ``custom.<name>``."""
    if name.startswith(CUSTOM):
        key = name.removeprefix(CUSTOM)
        return Fact(key, TEXT, lambda lead: (lead.custom or {}).get(key))
    return FACTS.get(name)


def compared(rule: ScoreRule, value: Any) -> bool:
    """Whether a value that is given passes the test."""
    if rule.test in NEEDS_WORDS:
        text = fold(str(value)).strip()
        asked = words_of(rule.value)
        return text in asked if rule.test == Test.IS else any(word in text for word in asked)
    limit = number_of(rule.value)
    if limit is None:
        return False
    if rule.test == Test.AT_LEAST:
        number = number_of(str(value))
        return number is not None and number >= limit
    return moment_passes(rule.test, value, limit)


def moment_passes(test: str, value: Any, days: Decimal) -> bool:
    if not isinstance(value, dt.datetime):
        return False
    back = timezone.now() - value
    recent = back <= dt.timedelta(days=int(days))
    return recent if test == Test.WITHIN else not recent


@lru_cache(maxsize=512)
def words_of(text: str) -> tuple[str, ...]:
    """The values of a rule, as they are compared: separated by commas, case and accents ignored."""
    return tuple(word for part in text.split(",") if (word := fold(part).strip()))


def number_of(text: str) -> Decimal | None:
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def missed(lead: Lead, rules: Sequence[ScoreRule]) -> list[ScoreRule]:
    """What would raise the score if it were so, the most first."""
    chances = [rule for rule in rules if rule.points > 0 and not holds(rule, lead)]
    return sorted(chances, key=lambda rule: -rule.points)
