"""Rules as sentences."""

from typing import Any

from django.utils.translation import gettext as _

from kernel.forms import plain
from leads.models import AssignmentRule, Lead, ScoreRule
from leads.scoring import CHOICE, FACTS, NEEDS_WORDS, fact_of


def test_in_words(rule: ScoreRule) -> str:
    """What has to be true: “purchase timeframe is one of: Immediate”."""
    fact = fact_of(rule.fact)
    said = f"{fact.label if fact else rule.fact} {rule.get_test_display()}"
    if rule.test in ("given", "missing") or not rule.value:
        return said
    return f"{said}: {values_in_words(rule)}" if rule.test in NEEDS_WORDS else f"{said} {rule.value}"


def values_in_words(rule: ScoreRule) -> str:
    """The values as the lead's page calls them."""
    known = FACTS.get(rule.fact)
    if known is None or known.kind != CHOICE:
        return rule.value
    labels: dict[Any, Any] = dict(Lead._meta.get_field(rule.fact).flatchoices)  # type: ignore[union-attr]
    return ", ".join(str(labels.get(part.strip(), part.strip())) for part in rule.value.split(","))


def conditions_in_words(rule: AssignmentRule) -> list[str]:
    """Each condition as a sentence; none: every lead."""
    sources = [str(Lead.Source(value).label) for value in rule.sources if value in Lead.Source.values]
    listed = (
        (_("Source"), sources), (_("Country"), rule.countries), (_("Region"), rule.regions),
        (_("Postcode"), rule.postcodes), (_("Industry"), rule.industries),
    )  # fmt: skip
    found = [f"{label}: {', '.join(values)}" for label, values in listed if values]
    if rule.value_from is not None:
        found.append(_("Value from %s") % plain(rule.value_from))
    if rule.value_up_to is not None:
        found.append(_("Value up to %s") % plain(rule.value_up_to))
    if rule.custom_name:
        found.append(f"{rule.custom_name}: {rule.custom_value or '–'}")
    return found
