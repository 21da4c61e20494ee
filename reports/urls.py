"""The roof's own pages."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.find, name="search"),
]
