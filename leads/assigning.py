"""Who gets a lead that comes in without an owner: the first rule whose conditions hold and whose target can take it."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from kernel import history
from kernel.models import fold
from leads.models import AssignmentRule, Lead
from people.models import Role, User

Target = AssignmentRule.Target


def place(lead: Lead) -> AssignmentRule | None:
    """Give the lead in memory to whom the rules say, and tell which one it was; part of the action that makes it."""
    rules = AssignmentRule.objects.filter(is_active=True).select_related("user", "user__team", "team")
    return next((rule for rule in rules if holds(rule, lead) and give(rule, lead)), None)


def give(rule: AssignmentRule, lead: Lead) -> bool:
    """Give the lead to the rule's target; False when nobody is there to take it."""
    if rule.target == Target.TEAM:
        lead.owner, lead.team = None, rule.team
        return True
    owner = rule.user if rule.target == Target.USER else next_in_turn(rule)
    if owner is None or not owner.is_active:
        return False
    lead.owner, lead.team = owner, owner.team
    return True


def next_in_turn(rule: AssignmentRule) -> User | None:
    """Whose turn it is. The rule's row is held until the transaction ends, so two leads never get the same turn."""
    held = AssignmentRule.objects.select_for_update().get(pk=rule.pk)
    members = list(members_of(held))
    if not members:
        return None
    last = held.last_given_to_id or 0
    chosen = next((one for one in members if one.pk > last), members[0])
    held.last_given_to = chosen
    held.save(update_fields=["last_given_to"])
    return chosen


def hold_turns() -> None:
    """For an action that places many leads: hold all turns, in a fixed order, so that no two wait for each other."""
    turns = AssignmentRule.objects.filter(is_active=True, target=Target.ROUND_ROBIN)
    list(turns.order_by("pk").select_for_update())


def members_of(rule: AssignmentRule) -> Iterable[User]:
    """The salespeople of the team and the teams below it who get leads now, in a fixed order."""
    if rule.team is None:
        return []
    away = rule.left_out.values("pk")
    return (
        User.objects.filter(
            team__path__startswith=rule.team.path, role=Role.SALESPERSON, is_active=True, is_service=False
        )
        .exclude(pk__in=away)
        .select_related("team")
        .order_by("pk")
    )


def told(rule: AssignmentRule, lead: Lead, by: User) -> None:
    """The history says which rule gave it to whom."""
    changes = {name: [None, str(new)] for name in ("owner", "team") if (new := getattr(lead, name))}
    note = _("By the rule “%(rule)s”: %(how)s") % {"rule": rule.name, "how": rule.get_target_display()}
    history.record(lead, "assigned", by=by, note=note, changes=changes)


# --- conditions -------------------------------------------------------------------------------------------


def holds(rule: AssignmentRule, lead: Lead) -> bool:
    """Whether every condition of the rule is true of the lead; an empty one is."""
    return (
        (not rule.sources or lead.source in rule.sources)
        and one_of(rule.countries, lead.country)
        and one_of(rule.regions, lead.region)
        and (not rule.postcodes or any(in_area(area, lead.postcode) for area in rule.postcodes))
        and (not rule.industries or any(fold(word) in fold(lead.industry) for word in rule.industries))
        and worth(rule, lead.estimated_value)
        and custom_is(rule, lead.custom or {})
    )


def one_of(wanted: list[str], value: str) -> bool:
    return not wanted or fold(value).strip() in {fold(each).strip() for each in wanted}


def in_area(area: str, postcode: str) -> bool:
    """Whether a postcode begins as the area says: ``70``, or ``70-74`` for all from 70 to 74."""
    code = postcode.replace(" ", "").upper()
    low, _dash, high = (part.strip().replace(" ", "").upper() for part in area.partition("-"))
    if not high:
        return bool(low) and code.startswith(low)
    return bool(code) and low <= code[: len(low)] and code[: len(high)] <= high


def worth(rule: AssignmentRule, value: Decimal | None) -> bool:
    """Whether the estimated value lies in the rule's range; a lead without one lies in none."""
    if rule.value_from is None and rule.value_up_to is None:
        return True
    if value is None:
        return False
    return (rule.value_from is None or value >= rule.value_from) and (
        rule.value_up_to is None or value <= rule.value_up_to
    )


def custom_is(rule: AssignmentRule, custom: dict[str, Any]) -> bool:
    if not rule.custom_name:
        return True
    value = custom.get(rule.custom_name)
    values = value if isinstance(value, list) else [value]
    return fold(rule.custom_value) in {fold(str("" if each is None else each)) for each in values}
