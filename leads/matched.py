"""How leads are told to be the same, and what merging them must not break. Part of the model."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from duplicates.matchable import Matchable
from duplicates.rules import SAME_PEOPLE
from duplicates.values import MatchValues
from kernel.errors import Blocker


class MatchedLead(Matchable):
    """A lead as matching and merging see it."""

    rule_among = SAME_PEOPLE
    compared_with = ("customers.account", "customers.contact")
    match_fields = frozenset([
        "first_name", "last_name", "company", "email", "phone", "mobile", "website", "street", "postcode", "city",
        "country",
    ])  # fmt: skip

    class Meta:
        abstract = True

    def match_values(self) -> MatchValues:
        lead: Any = self
        return MatchValues(
            emails=(lead.email,), phones=(lead.phone, lead.mobile), websites=(lead.website,),
            companies=(lead.company,), persons=(f"{lead.first_name} {lead.last_name}",),
            street=lead.street, postcode=lead.postcode, city=lead.city, country=lead.country,
        )  # fmt: skip

    def merge_blockers(self, losers: Sequence[Any]) -> list[Blocker]:
        """What was qualified stays qualified, and no opportunity hangs on a lead that was given up."""
        survivor: Any = self
        found = []
        for loser in losers:
            if loser.status == "qualified" and survivor.status != "qualified":
                text = _("%(lead)s is qualified: let it be the one that stays") % {"lead": loser}
                found.append(Blocker("other_is_qualified", text, record=str(loser)))
            elif survivor.status == "disqualified" and loser.opportunities.exists():
                text = _("an opportunity hangs on %(lead)s, and this lead was given up") % {"lead": loser}
                found.append(Blocker("has_opportunity", text, record=str(loser)))
        return found
