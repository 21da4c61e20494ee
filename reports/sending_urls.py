"""Addresses of what is sent regularly, of printed reports and of dashboards; they come before those of reports."""

from django.urls import path

from reports import dashboard_views as boards
from reports import file_views
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
    path("reports/<slug:slug>/pdf/", file_views.pdf, name="report-pdf"),
    path("reports/<slug:slug>/csv/", file_views.csv, name="report-csv"),
    path("dashboards/", boards.index, name="dashboards"),
    path("dashboards/new/", boards.new, name="dashboard-new"),
    path("dashboards/put/", boards.put, name="dashboard-put"),
    path("dashboards/<uuid:public_id>/", boards.detail, name="dashboard"),
    path("dashboards/<uuid:public_id>/edit/", boards.edit, name="dashboard-edit"),
    path("dashboards/<uuid:public_id>/delete/", boards.delete, name="dashboard-delete"),
    path("dashboards/<uuid:public_id>/add/", boards.add, name="dashboard-add"),
    path("dashboards/<uuid:public_id>/home/", boards.make_home, name="dashboard-home"),
    path("dashboards/<uuid:public_id>/tiles/<uuid:tile_id>/", boards.tile, name="dashboard-tile"),
    path(
        "dashboards/<uuid:public_id>/tiles/<uuid:tile_id>/change/",
        boards.change_tile,
        name="dashboard-tile-change",
    ),
]
