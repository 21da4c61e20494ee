"""What an ERP knows of records that are to be merged: nothing may be in flight, and all bonds are kept."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from integrations.models import ExternalReference
from kernel.errors import Blocker

State = ExternalReference.State
UNCLEAR = (State.RESERVED, State.CREATING, State.AMBIGUOUS, State.CONFLICT)


def erp_blockers(survivor: Any, losers: Sequence[Any]) -> list[Blocker]:
    """Why records wait with merging: the ERP may just be making one, or has kept one and dropped the other."""
    records = {one.public_id: one for one in (survivor, *losers)}
    bonds = ExternalReference.objects.filter(local_type=survivor._meta.label_lower, local_id__in=records)
    found: list[Blocker] = []
    states: dict[int, set[str]] = defaultdict(set)
    for bond in bonds.exclude(state=State.UNLINKED):
        if bond.state in UNCLEAR:
            text = _("the ERP has not settled %(record)s yet: repair that first") % {
                "record": records[bond.local_id]
            }
            found.append(Blocker("erp_unclear", text, record=str(records[bond.local_id])))
        states[bond.connection_id].add(bond.state)
    if any(len(several) > 1 for several in states.values()) and not found:
        found.append(
            Blocker(
                "erp_states_differ", _("they stand differently in the ERP: one is in use there, one is not")
            )
        )
    return found
