"""Addresses of leads, below /leads/; qualifying lives with the opportunities."""

from django.urls import path

from leads import views

app_name = "leads"
urlpatterns = [
    path("", views.index, name="list"),
    path("new/", views.new, name="new"),
    path("<str:ref>/", views.detail, name="detail"),
    path("<str:ref>/edit/", views.edit, name="edit"),
    path("<str:ref>/contact/", views.contact, name="contact"),
    path("<str:ref>/disqualify/", views.disqualify, name="disqualify"),
    path("<str:ref>/assign/", views.assign, name="assign"),
    path("<str:ref>/place/", views.place, name="place"),
    path("<str:ref>/take/", views.take, name="take"),
    path("<str:ref>/score/", views.why_score, name="score"),
]
