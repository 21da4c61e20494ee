"""Addresses of accounts and contacts."""

from django.urls import path

from customers import price_views, views

app_name = "customers"
urlpatterns = [
    path("prices/", price_views.prices, name="prices"),
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/new/", views.account_new, name="account-new"),
    path("accounts/<str:ref>/", views.account, name="account"),
    path("accounts/<str:ref>/edit/", views.account_edit, name="account-edit"),
    path("accounts/<str:ref>/deactivate/", views.account_deactivate, name="account-deactivate"),
    path("accounts/<str:ref>/activate/", views.account_activate, name="account-activate"),
    path("contacts/", views.contacts, name="contacts"),
    path("contacts/new/", views.contact_new, name="contact-new"),
    path("contacts/<str:ref>/", views.contact, name="contact"),
    path("contacts/<str:ref>/edit/", views.contact_edit, name="contact-edit"),
    path("contacts/<str:ref>/deactivate/", views.contact_deactivate, name="contact-deactivate"),
    path("contacts/<str:ref>/activate/", views.contact_activate, name="contact-activate"),
    path("_p/accounts/options/", views.account_options, name="account-options"),
    path("_p/contacts/options/", views.contact_options, name="contact-options"),
]
