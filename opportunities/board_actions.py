"""What can be done to a board itself; moving a deal is an action of the deal."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import history
from kernel.errors import DomainError
from opportunities.board_cards import FIELDS, MOST_FIELDS
from opportunities.models import Pipeline
from people.access import require
from people.models import User


@transaction.atomic
def choose_card_fields(pipeline: Pipeline, *, by: User, fields: Sequence[str]) -> Pipeline:
    """Say what the cards of this pipeline tell, in the order in which cards tell it."""
    require(by, "change", pipeline)
    if len(fields) > MOST_FIELDS or set(fields) - FIELDS.keys():
        raise DomainError(_("A card cannot tell this."), code="unknown_field", field="fields")
    locked = Pipeline.objects.select_for_update().get(pk=pipeline.pk)
    before, locked.card_fields = locked.card_fields, [name for name in FIELDS if name in fields]
    locked.save(update_fields=["card_fields"])
    history.record(locked, "changed", by=by, changes={"card_fields": [before, locked.card_fields]})
    return locked
