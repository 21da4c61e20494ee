"""What administrators decide about loss reasons and competitors: one function, one transaction each."""

from typing import Any, TypeVar

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel import history
from kernel.errors import DomainError
from kernel.writing import assign, locked
from opportunities.models import Competitor, LossReason, Opportunity
from opportunities.settings_actions import next_position, refuse_second_name, swapped
from people.access import require
from people.models import User

LOSS_REASON = frozenset({"name", "status_reason"})
COMPETITOR = frozenset({"name", "website", "strengths", "weaknesses"})

Row = TypeVar("Row", LossReason, Competitor)


@transaction.atomic
def save_loss_reason(reason: LossReason, *, by: User, **values: Any) -> LossReason:
    """Write a reason for losing deals, and under which of the two fixed ones it falls."""
    if values.get("status_reason", reason.status_reason) not in Opportunity.REASONS["lost"]:
        raise DomainError(
            _("It falls under canceled or out-sold."), code="unknown_reason", field="status_reason"
        )
    if reason.pk is None:
        reason.position = next_position(LossReason.objects.all())
    return _write(reason, values, LOSS_REASON, by)


@transaction.atomic
def move_loss_reason(reason: LossReason, *, by: User, up: bool) -> None:
    """Offer it earlier or later."""
    require(by, "change", reason)
    rows = list(LossReason.objects.select_for_update().filter(is_active=True))
    if swapped(rows, reason, up=up):
        for position, row in enumerate(rows, 1):
            row.position = position
        LossReason.objects.bulk_update(rows, ["position"])
        history.record(reason, "moved_up" if up else "moved_down", by=by)


@transaction.atomic
def save_competitor(competitor: Competitor, *, by: User, **values: Any) -> Competitor:
    """Write what is known of a competitor."""
    return _write(competitor, values, COMPETITOR, by)


@transaction.atomic
def retire(row: Row, *, by: User) -> Row:
    """Offer it no longer; what was said with it stays."""
    return _use(row, by=by, is_active=False)


@transaction.atomic
def restore(row: Row, *, by: User) -> Row:
    """Offer it again."""
    return _use(row, by=by, is_active=True)


def _use(row: Row, *, by: User, is_active: bool) -> Row:
    require(by, "change", row)
    kept = locked(row)
    if kept.is_active != is_active:
        kept.is_active = is_active
        kept.save()
        history.record(kept, "restored" if is_active else "retired", by=by)
    return kept


def _write(row: Row, values: dict[str, Any], allowed: frozenset[str], by: User) -> Row:
    """Make or change the row, and remember it."""
    is_new = row.pk is None
    require(by, "add" if is_new else "change", row)
    kept = row if is_new else locked(row)
    changes = assign(kept, values, allowed=allowed)
    refuse_second_name(kept, type(row)._default_manager.all())
    kept.save()
    if is_new or changes:
        history.record(kept, "created" if is_new else "changed", by=by, changes=changes)
    return kept
