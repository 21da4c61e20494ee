"""Addresses of imports."""

from django.urls import path

from imports import views

app_name = "imports"
urlpatterns = [
    path("imports/", views.index, name="list"),
    path("imports/new/<slug:records>/", views.new, name="new"),
    path("imports/template/<slug:records>/", views.template, name="template"),
    path("imports/<uuid:ref>/", views.detail, name="detail"),
    path("imports/<uuid:ref>/file/", views.file, name="file"),
    path("imports/<uuid:ref>/match/", views.match, name="match"),
    path("imports/<uuid:ref>/check/", views.check, name="check"),
    path("imports/<uuid:ref>/correct/", views.correct, name="correct"),
    path("imports/<uuid:ref>/run/", views.run, name="run"),
    path("imports/<uuid:ref>/cancel/", views.cancel, name="cancel"),
    path("imports/<uuid:ref>/undo/", views.undo, name="undo"),
    path("imports/<uuid:ref>/delete/", views.delete, name="delete"),
    path("imports/<uuid:ref>/result/<slug:what>/", views.result, name="result"),
]
