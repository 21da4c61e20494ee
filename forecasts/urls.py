"""Addresses of the forecast."""

from django.urls import path

from forecasts import call_views, change_views, goal_views, views

app_name = "forecasts"
urlpatterns = [
    path("forecast/", views.forecast, name="forecast"),
    path("forecast/export/", views.export, name="export"),
    path("forecast/deals/<str:ref>/", views.adjust, name="adjust"),
    path("forecast/call/", call_views.call, name="call"),
    path("forecast/changes/", change_views.changes, name="changes"),
    path("forecast/goals/", goal_views.goals, name="goals"),
]
