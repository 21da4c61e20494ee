"""Addresses of duplicates and merges."""

from django.urls import path

from duplicates import merge_views, views

app_name = "duplicates"
urlpatterns = [
    path("", views.index, name="list"),
    path("sweep/", views.sweep, name="sweep"),
    path("hints/<slug:kind>/", views.hints, name="hints"),
    path("rules/", views.rules, name="rules"),
    path("rules/<slug:kind>/<slug:against>/", views.rule, name="rule"),
    path("rules/<slug:kind>/<slug:against>/usual/", views.usual_rule, name="usual-rule"),
    path("merge/", merge_views.merge, name="merge"),
    path("merges/<uuid:public_id>/", merge_views.merged, name="merged"),
    path("merges/<uuid:public_id>/unmerge/", merge_views.unmerge, name="unmerge"),
    path("<uuid:public_id>/ignore/", views.ignore, name="ignore"),
    path("<uuid:public_id>/reopen/", views.reopen, name="reopen"),
]
