"""Addresses of accounts and contacts."""

from django.urls import path

from customers import book_views, price_views, record_views, switch_views, views

app_name = "customers"
urlpatterns = [
    path("prices/", price_views.prices, name="prices"),
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/new/", views.account_new, name="account-new"),
    path("accounts/<str:ref>/", record_views.account, name="account"),
    path("accounts/<str:ref>/edit/", views.account_edit, name="account-edit"),
    path("accounts/<str:ref>/addresses/", book_views.account_addresses, name="account-addresses"),
    path("accounts/<str:ref>/reach/", book_views.account_points, name="account-points"),
    path("accounts/<str:ref>/deactivate/", switch_views.account_deactivate, name="account-deactivate"),
    path("accounts/<str:ref>/activate/", switch_views.account_activate, name="account-activate"),
    path("contacts/", views.contacts, name="contacts"),
    path("contacts/new/", views.contact_new, name="contact-new"),
    path("contacts/<str:ref>/", record_views.contact, name="contact"),
    path("contacts/<str:ref>/edit/", views.contact_edit, name="contact-edit"),
    path("contacts/<str:ref>/addresses/", book_views.contact_addresses, name="contact-addresses"),
    path("contacts/<str:ref>/reach/", book_views.contact_points, name="contact-points"),
    path("contacts/<str:ref>/companies/", book_views.contact_companies, name="contact-companies"),
    path("contacts/<str:ref>/deactivate/", switch_views.contact_deactivate, name="contact-deactivate"),
    path("contacts/<str:ref>/activate/", switch_views.contact_activate, name="contact-activate"),
    path("_p/accounts/options/", views.account_options, name="account-options"),
    path("_p/contacts/options/", views.contact_options, name="contact-options"),
]
