"""Addresses of invoices, and of the step of an order that makes one."""

from django.urls import path

from catalog.why_views import why_page
from invoices import views
from invoices.origins import origin_of

app_name = "invoices"
urlpatterns = [
    path("invoices/", views.index, name="list"),
    path("invoices/new/", views.new, name="new"),
    path("invoices/<str:ref>/", views.detail, name="detail"),
    path("invoices/<str:ref>/edit/", views.edit, name="edit"),
    path("invoices/<str:ref>/why/", why_page(views.invoice_of, origin_of), name="why"),
    path("invoices/<str:ref>/lines/", views.lines, name="lines"),
    path("invoices/<str:ref>/confirm/", views.confirm, name="confirm"),
    path("invoices/<str:ref>/pay/", views.pay, name="pay"),
    path("invoices/<str:ref>/credit/", views.credit, name="credit"),
    path("invoices/<str:ref>/cancel/", views.cancel, name="cancel"),
    path("orders/<str:ref>/invoice/", views.from_order, name="from-order"),
]
