"""Publishing what counts as a duplicate."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duplicates.models import DuplicateRule
from duplicates.rules import SIGNS
from kernel import history
from kernel.errors import DomainError
from people.access import require
from people.models import User


@transaction.atomic
def publish_rule(
    record_type: str, against: str, *, by: User, name: str, signs: Mapping[str, float], threshold: Decimal,
    response: str = DuplicateRule.Response.ASK,
) -> DuplicateRule:  # fmt: skip
    """Let this rule decide from now on; the one before it is kept, out of use."""
    require(by, "change", DuplicateRule)
    if unknown := sorted(set(signs) - set(SIGNS)):
        raise DomainError(
            _("There is no such sign: %(signs)s") % {"signs": ", ".join(unknown)}, code="unknown_sign"
        )
    if any(not 0 <= weight < 1 for weight in signs.values()) or not any(signs.values()):
        raise DomainError(
            _("Weights lie between 0 and 1, and one at least says something."), code="wrong_weight"
        )
    _take_out_of_use(record_type, against)
    rule = DuplicateRule.objects.create(
        record_type=record_type, against=against, name=name, threshold=threshold, response=response, is_active=True,
        signs={sign: weight for sign, weight in signs.items() if weight},
    )  # fmt: skip
    history.record(rule, "published", by=by, note=name)
    return rule


@transaction.atomic
def retire_rule(rule: DuplicateRule, *, by: User) -> None:
    """The usual rule decides again."""
    require(by, "change", DuplicateRule)
    _take_out_of_use(rule.record_type, rule.against)
    history.record(rule, "retired", by=by, note=rule.name)


def _take_out_of_use(record_type: str, against: str) -> None:
    rules = DuplicateRule.objects.select_for_update().filter(record_type=record_type, against=against)
    for rule in rules.filter(is_active=True):
        rule.is_active = False
        rule.save()
