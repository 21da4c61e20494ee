"""The roof's own pages."""

from django.urls import path

from reports import search_views, views

app_name = "reports"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", search_views.find, name="search"),
]
