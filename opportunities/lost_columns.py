"""Why deals were lost and to whom, as columns of their list: told by the close that holds, a record of its own."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from kernel.tables.columns import Column, Virtual
from opportunities.models import Competitor, LossReason, OpportunityClose

CLOSES = OpportunityClose.objects.filter(opportunity=OuterRef("pk"), is_canceled=False)


def choices(model: Any, user: Any) -> Iterable[tuple[str, Any]]:
    """What the filter offers."""
    return [(str(one.pk), one.name) for one in model.objects.order_by("name")]


def asked(name: str, operator: str, value: str, user: Any) -> Q:
    """The deals whose close names one of these, or none at all."""
    if operator in ("empty", "filled"):
        named = Exists(CLOSES.filter(**{f"{name}__isnull": False}))
        return Q(named) if operator == "filled" else ~Q(named)
    keys = [int(one) for one in value.split(",") if one.isascii() and one.isdigit() and len(one) < 19]
    found = Q(Exists(CLOSES.filter(**{f"{name}__in": keys})))
    return ~found if operator == "not" else found


def look_up_closes(rows: Sequence[Any]) -> None:
    """Why the deals of a page of a list were lost, in one query."""
    found = OpportunityClose.objects.filter(opportunity__in=[row.pk for row in rows], is_canceled=False)
    closes = {one.opportunity_id: one for one in found.select_related("loss_reason", "lost_to")}
    for row in rows:
        row.__dict__["close_that_holds"] = closes.get(row.pk)


def told(name: str, row: Any) -> str:
    """The reason or the competitor of one of them, in words."""
    return str(getattr(row.__dict__.get("close_that_holds"), name, None) or "")


def _column(name: str, label: Any, model: Any) -> Column:
    virtual = Virtual(
        Subquery(CLOSES.values(f"{name}__name")[:1]), CharField(), "record", partial(choices, model),
        partial(asked, name),
    )  # fmt: skip
    source = partial(told, name)
    return Column(name, label, shown=False, virtual=virtual, source=source, prepare=look_up_closes)


LOST = (_column("loss_reason", _("Lost because"), LossReason), _column("lost_to", _("Lost to"), Competitor))
