"""Addresses of activities."""

from django.urls import path

from activities import views

app_name = "activities"
urlpatterns = [
    path("activities/", views.index, name="list"),
    path("activities/new/", views.new, name="new"),
    path("activities/<str:ref>/", views.detail, name="detail"),
    path("activities/<str:ref>/complete/", views.complete, name="complete"),
    path("activities/<str:ref>/cancel/", views.cancel, name="cancel"),
]
