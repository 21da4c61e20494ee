"""Forecasts through the API: the figures, targets, calls and snapshots."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from forecasts import actions
from forecasts.asked import day_asked
from forecasts.bodies import PERIOD, CallBody, ForecastBody, GoalBody, SnapshotBody
from forecasts.figures import Forecast, Row
from forecasts.files import exactly
from forecasts.models import ForecastCall, Goal, Snapshot
from forecasts.selectors import calls_for, forecast, goals_for
from forecasts.shown import FIGURES, OMITTED, OVERDUE, UNDATED, amount_of
from kernel.api import Json, Keyset, Narrow, Narrowing, choice, exact, refuse_parameter
from kernel.periods import Period, period_named, period_of
from kernel.replay import once
from opportunities.models import Opportunity
from people.access import may, require
from people.models import Team, User

PARAMETERS = {
    "period": f"{PERIOD} The present quarter unless said.",
    "as_of": "A day such as 2026-01-31: the forecast as the newest snapshot up to that day knew it.",
    "team": "Name of a team: only it and the teams below it.",
    "metric": "Whose targets: revenue, orders or deals; revenue unless said.",
}


class ForecastView(APIView):
    """What will be won in a period."""

    @extend_schema(
        responses=ForecastBody,
        parameters=[OpenApiParameter(name, str, description=words) for name, words in PARAMETERS.items()],
    )
    def get(self, request: Request) -> Response:
        """The forecast of a period, now or as a snapshot knew it: the total, teams and people one may see."""
        user: Any = request.user
        require(user, "view", Opportunity)
        return Response(ForecastBody(told(forecast(user, **said(request.query_params)))).data)


def said(query: Mapping[str, str]) -> dict[str, Any]:
    """What the parameters ask for; raises the 400 that names a wrong one."""
    if unknown := set(query) - PARAMETERS.keys():
        raise refuse_parameter(min(unknown), _("There is no such parameter."), "unknown_parameter")
    found = {name: READERS[name](value) for name, value in query.items()}
    return {"period": period_of(timezone.localdate())} | found


def period_said(text: str) -> Period:
    if (found := period_named(text)) is None:
        raise refuse_parameter("period", _("Give a year, quarter or month: 2026, 2026-Q1, 2026-03."))
    return found


def day_said(text: str) -> dt.date:
    if (found := day_asked(text)) is None:
        raise refuse_parameter("as_of", _("Give a day such as 2026-01-31."))
    return found


def team_said(name: str) -> Team | int:
    """The team of that name; one that is not there has no rows, and neither has one out of sight."""
    found: Team | None = None if "\x00" in name else Team.objects.filter(name=name[:100]).first()
    return found or 0


def metric_said(name: str) -> str:
    if name not in Goal.Metric.values:
        raise refuse_parameter("metric", _("There is no such metric."))
    return name


READERS: Mapping[str, Callable[[str], Any]] = {
    "period": period_said, "as_of": day_said, "team": team_said, "metric": metric_said,
}  # fmt: skip


def told(found: Forecast) -> dict[str, Any]:
    """A forecast for machines."""
    people = dict(User.objects.values_list("pk", "username"))
    teams = dict(Team.objects.values_list("pk", "name"))
    return {
        "period": found.period.key, "starts_on": found.period.starts_on, "ends_on": found.period.ends_on,
        "as_of": found.day if found.taken_at else None, "is_final": found.is_final, "currency": found.base,
        "rates_on": found.day, "rates": {code: str(rate) for code, rate in sorted(found.rates.items())},
        "compared_with": found.compared_with, "rows": [row_told(row, people, teams) for row in found.total.walk()],
    }  # fmt: skip


def row_told(row: Row, people: Mapping[int, str], teams: Mapping[int, str]) -> dict[str, Any]:
    """One row, exactly."""
    made = row.call if row.call and row.call.amount is not None else None
    amounts = {name: exactly(amount_of(row.figures, name)) for name in (*FIGURES, OMITTED, OVERDUE, UNDATED)}
    return amounts | {
        "key": row.key, "kind": row.kind, "name": row.label, "depth": row.depth,
        "person": people.get(row.user_id) if row.user_id else None,
        "team": teams.get(row.team_id) if row.team_id else None,
        "target": exactly(row.target), "deals": row.figures.deals, "call": exactly(row.call_total),
        "call_note": made.note if made else "", "change": exactly(row.delta), "gap": exactly(row.gap),
        "unrated": sorted(row.figures.unrated),
    }  # fmt: skip


def of_person(column: str) -> Narrow:
    """Rows of one person."""
    return Narrow("Username, or `me`.", lambda rows, value, user: (
        rows.filter(**{column: user}) if value == "me" else rows.filter(**{f"{column}__username": value})
    ))  # fmt: skip


OF_WHOM = {
    "period": exact("period", PERIOD),
    "person": of_person("user"),
    "team": exact("team__name", "Name of the team."),
}


class Kept(GenericViewSet[Any]):
    """What is only added to: read it, add to it."""

    model: Any
    pagination_class = Keyset
    filter_backends = (Narrowing,)
    parser_classes = (Json,)
    ordering: Mapping[str, str] = {}

    def list(self, request: Request) -> Response:
        """What there is, the newest first."""
        if not may(request.user, "view", self.model):
            raise PermissionDenied(_("You may not do this."))
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def create(self, request: Request) -> Response:
        """Add one; it holds from now on."""
        require(request.user, "add", self.model)

        def make() -> Response:
            given = self.get_serializer(data=request.data)
            given.is_valid(raise_exception=True)
            made = self.make(dict(given.validated_data), by=request.user)
            return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

        return once(request, make)

    def make(self, values: dict[str, Any], *, by: Any) -> Any:
        raise NotImplementedError


class GoalViewSet(Kept):
    """Targets of people and teams: the newest of a person or team, period and metric holds."""

    model = Goal
    serializer_class = GoalBody
    queryset = Goal.objects.none()
    filters = OF_WHOM | {"metric": choice("metric", Goal.Metric.choices, "Metric")}

    def get_queryset(self) -> QuerySet[Goal]:
        return goals_for(self.request.user)  # type: ignore[arg-type]

    def make(self, values: dict[str, Any], *, by: Any) -> Goal:
        whose = values["user"] if values.get("user") else values["team"]
        metric = values.get("metric", Goal.Metric.REVENUE)
        if values["target"] is None:
            return actions.withdraw_goal(whose, values["period"], by=by, metric=metric)
        return actions.set_goal(whose, values["period"], values["target"], by=by, metric=metric)


class CallViewSet(Kept):
    """What people say will be won: the newest of a person or team and period holds."""

    model = ForecastCall
    serializer_class = CallBody
    queryset = ForecastCall.objects.none()
    filters = OF_WHOM

    def get_queryset(self) -> QuerySet[ForecastCall]:
        return calls_for(self.request.user)  # type: ignore[arg-type]

    def make(self, values: dict[str, Any], *, by: Any) -> ForecastCall:
        whose = values["user"] if values.get("user") else values["team"]
        if values["amount"] is None:
            return actions.reset_call(whose, values["period"], by=by, note=values["note"])
        return actions.make_call(whose, values["period"], values["amount"], by=by, note=values["note"])


class SnapshotViewSet(Kept):
    """Pictures of the pipeline, one a day."""

    model = Snapshot
    serializer_class = SnapshotBody
    queryset = Snapshot.objects.defer("tree")
    filters: Mapping[str, Narrow] = {}

    @extend_schema(request=None, responses={201: SnapshotBody})
    def create(self, request: Request) -> Response:
        """Take the picture of today now; until the day is over it may be taken anew."""
        require(request.user, "add", Snapshot)

        def take() -> Response:
            made = actions.ask_for_snapshot(by=request.user)  # type: ignore[arg-type]
            return Response(SnapshotBody(made).data, status=status.HTTP_201_CREATED)

        return once(request, take)
