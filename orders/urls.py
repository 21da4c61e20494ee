"""Addresses of orders, and of the steps elsewhere that make one."""

from django.urls import path

from catalog.why_views import why_page
from orders import customer_page, deciding_views, paper_views, step_views, views
from orders.origins import origin_of

app_name = "orders"
urlpatterns = [
    path("orders/", views.index, name="list"),
    path("orders/new/", views.new, name="new"),
    path("orders/same-number/", views.same_number, name="same-number"),
    path("orders/<str:ref>/", views.detail, name="detail"),
    path("orders/<str:ref>/edit/", views.edit, name="edit"),
    path("orders/<str:ref>/why/", why_page(views.order_of, origin_of), name="why"),
    path("orders/<str:ref>/lines/", views.lines, name="lines"),
    path("orders/<str:ref>/pdf/", paper_views.pdf, name="pdf"),
    path("orders/<str:ref>/submit/", views.submit, name="submit"),
    path("orders/<str:ref>/hold/", views.hold, name="hold"),
    path("orders/<str:ref>/resume/", views.resume, name="resume"),
    path("orders/<str:ref>/lock/", views.lock, name="lock"),
    path("orders/<str:ref>/unlock/", views.unlock, name="unlock"),
    path("orders/<str:ref>/preflight/", step_views.preflight, name="preflight"),
    path("orders/<str:ref>/copy/", step_views.copy, name="copy"),
    path("orders/<str:ref>/override-credit/", step_views.override_credit, name="override-credit"),
    path("orders/<str:ref>/fulfill/", step_views.fulfill, name="fulfill"),
    path("orders/<str:ref>/promise/", step_views.promise, name="promise"),
    path("orders/<str:ref>/close-rest/", step_views.close_rest, name="close-rest"),
    path("orders/<str:ref>/cancel/", step_views.cancel, name="cancel"),
    path("orders/<str:ref>/request-change/", step_views.request_change, name="request-change"),
    path("orders/<str:ref>/change/accept/", step_views.accept_change, name="accept-change"),
    path("orders/<str:ref>/change/reject/", step_views.reject_change, name="reject-change"),
    path("orders/<str:ref>/change/withdraw/", step_views.withdraw_change, name="withdraw-change"),
    path("quotes/<str:ref>/accept/", deciding_views.accept_quote, name="accept-quote"),
    path("opportunities/<str:ref>/close/", deciding_views.close_opportunity, name="close-opportunity"),
    path("opportunities/<str:ref>/win/", deciding_views.win_opportunity, name="win-opportunity"),
    path("opportunities/<str:ref>/order/", deciding_views.from_opportunity, name="from-opportunity"),
    path("q/<str:token>/", customer_page.show, name="customer-quote"),
    path("q/<str:token>/accept/", customer_page.accept, name="customer-accept"),
    path("q/<str:token>/decline/", customer_page.decline, name="customer-decline"),
    path("q/<str:token>/ask/", customer_page.ask, name="customer-ask"),
    path("q/<str:token>/pdf/", customer_page.pdf, name="customer-pdf"),
    path("q/<str:token>/compare/", customer_page.compare, name="customer-compare"),
    path("q/<str:token>/logo/", customer_page.logo, name="customer-logo"),
]
