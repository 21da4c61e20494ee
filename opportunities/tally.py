"""What open deals are worth, by stage, owner and team, exactly and without counting deals: read from the tally."""

from collections.abc import Collection, Hashable, Mapping
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
    """What the open deals that the user sees are worth in each stage of the pipeline; empty stages are left out."""
    part = Q()
    if pipeline is not None:
        part &= Q(stage_id__in=Stage.objects.filter(pipeline=pipeline).values("pk"))
    if owner is not None:
        part &= Q(owner_id=owner.pk)
    if team is not None:
        part &= Q(team_id=team.pk)
    found: dict[Any, Worth] = _told_worth(user, ("stage_id",), part, rates)
    return {stage: worth for (stage,), worth in found.items()}


def told_worth(
    user: Any, *by: str, teams: Collection[int] | None = None, rates: Rates
) -> dict[tuple[Hashable, ...], Worth]:
    """What the open deals that the user sees are worth by "stage_id", "owner_id" or "team_id", of some teams or of all.

    Where there are none, nothing is said of them.
    """
    return _told_worth(user, by, Q() if teams is None else Q(team_id__in=teams), rates)


def _told_worth(user: Any, by: tuple[str, ...], part: Q, rates: Rates) -> dict[tuple[Hashable, ...], Worth]:
    """The same as ``open_worth`` of these deals by these columns, but no deal is read.

    Only where the day has no rate for a currency its deals are, for their own rates.
    """
    codes = rates.codes or dict(Currency.objects.values_list("pk", "code"))
    unrated = {pk for pk, code in codes.items() if not rates.knows(code)}
    found: dict[tuple[Hashable, ...], Worth] = {}
    is_partial = False
    told = _seen(user, Tally.objects.order_by()).filter(part).values(*by, "currency_id")
    for row in told.annotate(n=Sum("deals"), worth=exact_sum("amount"), percent_sum=exact_sum("percents")):
        key = tuple(row[name] for name in by)
        if row["currency_id"] in unrated:
            is_partial = True
        elif row["n"]:
            found[key] = found.get(key, Worth()) + _valued(row, rates.by_code[codes[row["currency_id"]]])
    if is_partial:
        deals = Opportunity.objects.filter(part, status=Opportunity.Status.OPEN, currency__in=unrated)
        for key, worth in open_worth(visible(user, deals), *by, rates=rates).items():
            found[key] = found.get(key, Worth()) + worth
    return found


def _valued(row: Mapping[str, Any], rate: Decimal) -> Worth:
    return Worth(row["n"], meant(row["worth"]) * rate, meant(row["percent_sum"]) * PERCENT * rate)


def exact_sum(column: Any) -> Sum:
    """A sum that loses nothing: as decimals SQLite would show fifteen digits of it only."""
    return (
        Sum(column, output_field=EXACT)
        if connection.vendor == "postgresql"
        else Sum(column, output_field=WHOLE)
    )


def in_whole(column: str) -> Any:
    """An amount in ten-thousandths: a whole number on SQLite too."""
    whole: Any = F(column) * 10_000
    return whole if connection.vendor == "postgresql" else Cast(Round(whole), WHOLE)


def meant(found: Decimal | int) -> Decimal:
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
    found = rows.annotate(n=Sum("deals"), worth=exact_sum("amount"), percent_sum=exact_sum("percents"))
    return _told(found)


def sums_counted() -> Sums:
    """The same, counted from the deals."""
    whole = in_whole("estimated_revenue")
    rows = Opportunity.objects.filter(status=Opportunity.Status.OPEN).order_by().values_list(*KEY)
    found = rows.annotate(
        n=Count("pk"), worth=exact_sum(whole), percent_sum=exact_sum(whole * F("probability"))
    )
    return _told(found)


def _told(rows: Any) -> Sums:
    sums = {row[:4]: (row[4], meant(row[5]), meant(row[6])) for row in rows}
    return {key: parts for key, parts in sums.items() if any(parts)}
