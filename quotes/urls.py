"""Addresses of quotes; a step's address is the quote's own with the step's name behind it."""

from django.urls import path

from catalog.why_views import why_page
from quotes import approval_views, paper_views, revision_views, sharing_views, views

app_name = "quotes"
urlpatterns = [
    path("quotes/", views.index, name="list"),
    path("quotes/new/", views.new, name="new"),
    path("quotes/approvals/", approval_views.index, name="approvals"),
    path("quotes/<str:ref>/", views.detail, name="detail"),
    path("quotes/<str:ref>/edit/", views.edit, name="edit"),
    path("quotes/<str:ref>/why/", why_page(views.quote_of), name="why"),
    path("quotes/<str:ref>/lines/", views.lines, name="lines"),
    path("quotes/<str:ref>/pdf/", paper_views.pdf, name="pdf"),
    path("quotes/<str:ref>/compare/", revision_views.compare, name="compare"),
    path("quotes/<str:ref>/compare/<str:other>/", revision_views.compare_with, name="compare-with"),
    path("quotes/<str:ref>/ask-approval/", approval_views.ask, name="ask-approval"),
    path("quotes/<str:ref>/approve/", approval_views.approve, name="approve"),
    path("quotes/<str:ref>/reject/", approval_views.reject, name="reject"),
    path("quotes/<str:ref>/activate/", views.activate, name="activate"),
    path("quotes/<str:ref>/send/", sharing_views.send, name="send"),
    path("quotes/<str:ref>/cancel-sending/", sharing_views.cancel_sending, name="cancel-sending"),
    path("quotes/<str:ref>/preview/", sharing_views.preview, name="preview"),
    path("quotes/<str:ref>/link/", sharing_views.make_link, name="link-new"),
    path("quotes/<str:ref>/link/revoke/", sharing_views.revoke_link, name="link-revoke"),
    path("quotes/<str:ref>/revise/", views.revise, name="revise"),
    path("quotes/<str:ref>/close/", views.close, name="close"),
    path("quotes/<str:ref>/copy/", views.copy, name="copy"),
    path("quotes/<str:ref>/get-products/", revision_views.get_products, name="get-products"),
    path("opportunities/<str:ref>/quote/", views.from_opportunity, name="from-opportunity"),
    path("opportunities/<str:ref>/lose/", views.lose_opportunity, name="lose-opportunity"),
]
