"""Goals, calls and pictures of the pipeline in the back office: to be looked at, for nothing of them ever changes."""

from django.contrib import admin

from forecasts.models import DealAsOf, ForecastCall, Goal, Snapshot, SumAsOf
from kernel.admin import ReadOnly


@admin.register(Goal)
class GoalAdmin(ReadOnly):
    list_display = ["period", "metric", "user", "team", "target", "by", "at"]
    list_filter = ["metric"]
    ordering = ["-id"]


@admin.register(ForecastCall)
class ForecastCallAdmin(ReadOnly):
    list_display = ["period", "user", "team", "amount", "commit", "note", "by", "at"]
    ordering = ["-id"]


@admin.register(Snapshot)
class SnapshotAdmin(ReadOnly):
    list_display = ["taken_on", "taken_at", "is_final", "base", "deals"]
    ordering = ["-taken_on"]


@admin.register(DealAsOf)
class DealAsOfAdmin(ReadOnly):
    """People, teams and stages by key: what was may name somebody who is gone."""

    list_display = [
        "number", "name", "from_on", "until_on", "status", "forecast", "amount", "currency", "close_on", "owner_id",
        "team_id",
    ]  # fmt: skip
    list_select_related = False
    list_filter = ["status", "forecast"]
    search_fields = ["number"]
    ordering = ["-id"]


@admin.register(SumAsOf)
class SumAsOfAdmin(ReadOnly):
    """People and teams by key, amounts in ten-thousandths: what forecasts of the past are told from."""

    list_display = [
        "month", "from_on", "until_on", "status", "forecast", "deals", "amount", "currency", "rate", "owner_id",
        "team_id",
    ]  # fmt: skip
    list_select_related = False
    list_filter = ["status", "forecast"]
    ordering = ["-id"]
