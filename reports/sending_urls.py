"""Addresses of what is sent regularly, of printed reports and of dashboards; they come before those of reports."""

from django.urls import path

from reports import subscription_views as views

SENDING = [
    path("reports/subscriptions/", views.index, name="subscriptions"),
    path("reports/subscriptions/new/", views.new, name="subscription-new"),
    path("reports/subscriptions/<uuid:public_id>/", views.detail, name="subscription"),
    path("reports/subscriptions/<uuid:public_id>/edit/", views.edit, name="subscription-edit"),
    path("reports/subscriptions/<uuid:public_id>/pause/", views.pause, name="subscription-pause"),
    path("reports/subscriptions/<uuid:public_id>/resume/", views.resume, name="subscription-resume"),
    path("reports/subscriptions/<uuid:public_id>/send/", views.send_now, name="subscription-send"),
    path("reports/subscriptions/<uuid:public_id>/delete/", views.delete, name="subscription-delete"),
    path("reports/subscriptions/<uuid:public_id>/leave/", views.leave, name="subscription-leave"),
    path("reports/subscriptions/<uuid:public_id>/join/", views.join, name="subscription-join"),
]
