"""What stands in each column of a board, exactly and without counting deals: read from the tally."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import BigIntegerField, Count, DecimalField, F, Q, QuerySet, Sum
from django.db.models.functions import Cast, Round

from catalog.models import Currency
from catalog.valuing import Rates
from opportunities.measures import Worth, open_worth
from opportunities.models import Opportunity, Pipeline, Stage, Tally
from people.access import Scope, grant_for, kind_of, visible

PERCENT = Decimal("0.01")
WHOLE: BigIntegerField[Any, Any] = BigIntegerField()
EXACT: DecimalField[Any, Any] = DecimalField(max_digits=25, decimal_places=0)


def column_worth(
    user: Any, pipeline: Pipeline | None, *, owner: Any = None, team: Any = None, rates: Rates
) -> dict[int, Worth]:
    """What the open deals that the user sees are worth in each stage of the pipeline; empty stages are left out.

    The same as ``open_worth`` of these deals by ``stage_id``, but no deal is read; only where the day has no rate for a
    currency, its deals are, for their own rates.
    """
    codes = dict(Currency.objects.values_list("pk", "code"))
    unrated = {pk for pk, code in codes.items() if not rates.knows(code)}
    told = _of(_seen(user, Tally.objects.order_by()), pipeline, owner, team).values("stage_id", "currency_id")
    found: dict[Any, Worth] = {}
    is_partial = False
    for row in told.annotate(n=Sum("deals"), worth=_exact_sum("amount"), percent_sum=_exact_sum("percents")):
        if row["currency_id"] in unrated:
            is_partial = True
        elif row["n"]:
            worth = _valued(row, rates.by_code[codes[row["currency_id"]]])
            found[row["stage_id"]] = found.get(row["stage_id"], Worth()) + worth
    if is_partial:
        deals = visible(
            user, Opportunity.objects.filter(status=Opportunity.Status.OPEN, currency__in=unrated)
        )
        for (stage,), worth in open_worth(_of(deals, pipeline, owner, team), "stage_id", rates=rates).items():
            found[stage] = found.get(stage, Worth()) + worth
    return found


def _of(rows: QuerySet[Any], pipeline: Pipeline | None, owner: Any, team: Any) -> QuerySet[Any]:
    """The part of deals or of their sums that is asked for."""
    if pipeline is not None:
        rows = rows.filter(stage_id__in=Stage.objects.filter(pipeline=pipeline).values("pk"))
    if owner is not None:
        rows = rows.filter(owner_id=owner.pk)
    return rows.filter(team_id=team.pk) if team is not None else rows


def _valued(row: Mapping[str, Any], rate: Decimal) -> Worth:
    return Worth(row["n"], _meant(row["worth"]) * rate, _meant(row["percent_sum"]) * PERCENT * rate)


def _exact_sum(column: Any) -> Sum:
    """A sum that loses nothing: as decimals SQLite would show fifteen digits of it only."""
    return (
        Sum(column, output_field=EXACT)
        if connection.vendor == "postgresql"
        else Sum(column, output_field=WHOLE)
    )


def _meant(found: Decimal | int) -> Decimal:
    """The amount that so many ten-thousandths are."""
    return Decimal(found).scaleb(-4)


def _seen(user: Any, rows: QuerySet[Tally]) -> QuerySet[Tally]:
    """The part of the sums that is made of deals that the user sees: ``people.access.visible``, said of sums."""
    grant = grant_for(user, kind_of(Opportunity))
    if not grant.allows("view") or grant.scope == Scope.NONE:
        return rows.none()
    if grant.scope == Scope.ALL:
        return rows
    team = Q(team_id__in=user.team_ids)
    return rows.filter(Q(owner_id=user.pk) | (team if grant.scope == Scope.TEAM else team & Q(owner_id=None)))


# --- for the books --------------------------------------------------------------------------------------------

Sums = dict[tuple[int | None, ...], tuple[int, Decimal, Decimal]]
KEY = ("stage_id", "owner_id", "team_id", "currency_id")


def sums_told() -> Sums:
    """What the tally says, by stage, owner, team and currency: deals, amount, amount times percent."""
    rows = Tally.objects.order_by().values_list(*KEY)
    found = rows.annotate(n=Sum("deals"), worth=_exact_sum("amount"), percent_sum=_exact_sum("percents"))
    return _told(found)


def sums_counted() -> Sums:
    """The same, counted from the deals."""
    whole: Any = F("estimated_revenue") * 10_000
    if connection.vendor != "postgresql":
        whole = Cast(Round(whole), WHOLE)
    rows = Opportunity.objects.filter(status=Opportunity.Status.OPEN).order_by().values_list(*KEY)
    found = rows.annotate(
        n=Count("pk"), worth=_exact_sum(whole), percent_sum=_exact_sum(whole * F("probability"))
    )
    return _told(found)


def _told(rows: Any) -> Sums:
    sums = {row[:4]: (row[4], _meant(row[5]), _meant(row[6])) for row in rows}
    return {key: parts for key, parts in sums.items() if any(parts)}
