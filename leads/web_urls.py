"""Addresses that visitors of web sites know; nobody logs in here."""

from django.urls import path

from leads import web_views

app_name = "web"
urlpatterns = [
    path("f/<slug:key>/", web_views.hosted, name="form"),
    path("f/<slug:key>/thanks/", web_views.thanks, name="thanks"),
    path("web-to-lead/<slug:key>/", web_views.web_to_lead, name="web-to-lead"),
]
