"""The roof's own pages."""

from django.urls import path

from reports import day_views, question_views, search_views, team_views, views
from reports.sending_urls import SENDING

app_name = "reports"
urlpatterns = [
    *SENDING,
    path("", views.home, name="home"),
    path("overview/", views.overview, name="overview"),
    path("team/", team_views.team, name="team"),
    path("team/deals/<slug:which>/", team_views.deals, name="team-deals"),
    path("my-day/", day_views.my_day, name="my-day"),
    path("my-day/quota/", day_views.quota, name="my-day-quota"),
    path("my-day/done/<str:ref>/", day_views.done, name="my-day-done"),
    path("my-day/plan/", day_views.plan, name="my-day-plan"),
    path("my-day/snooze/", day_views.snooze, name="my-day-snooze"),
    path("reports/", question_views.index, name="reports"),
    path("reports/<slug:slug>/", question_views.question, name="report"),
    path("search/", search_views.find, name="search"),
]
