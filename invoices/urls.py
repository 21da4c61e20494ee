"""Addresses of invoices, and of the step of an order that makes one."""

from django.urls import path

from catalog.why_views import why_page
from invoices import ledger_views, mail_views, paper_views, report_views, views
from invoices.origins import origin_of

app_name = "invoices"
urlpatterns = [
    path("invoices/", views.index, name="list"),
    path("invoices/new/", views.new, name="new"),
    path("invoices/ageing/", report_views.ageing, name="ageing"),
    path("invoices/reminders/", mail_views.reminders, name="reminders"),
    path("invoices/reminders/<int:pk>/leave-out/", mail_views.dismiss, name="leave-out"),
    path("invoices/<str:ref>/", views.detail, name="detail"),
    path("invoices/<str:ref>/edit/", views.edit, name="edit"),
    path("invoices/<str:ref>/why/", why_page(views.invoice_of, origin_of), name="why"),
    path("invoices/<str:ref>/lines/", views.lines, name="lines"),
    path("invoices/<str:ref>/pdf/", paper_views.pdf, name="pdf"),
    path("invoices/<str:ref>/confirm/", views.confirm, name="confirm"),
    path("invoices/<str:ref>/pay/", views.pay, name="pay"),
    path("invoices/<str:ref>/credit/", views.credit, name="credit"),
    path("invoices/<str:ref>/cancel/", views.cancel, name="cancel"),
    path("invoices/<str:ref>/book/", views.book, name="book"),
    path("invoices/<str:ref>/install/", views.install, name="install"),
    path("invoices/<str:ref>/send/", mail_views.send, name="send"),
    path("invoices/<str:ref>/remind/", mail_views.remind, name="remind"),
    path("invoices/<str:ref>/use-credit/", ledger_views.use_credit, name="use-credit"),
    path("invoices/<str:ref>/refund/", ledger_views.refund, name="refund"),
    path("invoices/<str:ref>/reissue/", ledger_views.reissue, name="reissue"),
    path("payments/", ledger_views.payments, name="payments"),
    path("payments/<str:ref>/", ledger_views.payment, name="payment"),
    path("payments/<str:ref>/use/", ledger_views.use_payment, name="use-payment"),
    path("payments/<str:ref>/refund/", ledger_views.refund_payment, name="refund-payment"),
    path("payments/<str:ref>/reverse/", ledger_views.reverse, name="reverse-payment"),
    path("accounts/<str:ref>/statement/", report_views.statement, name="statement"),
    path("accounts/<str:ref>/statement/pdf/", report_views.statement_pdf, name="statement-pdf"),
    path("accounts/<str:ref>/payment/", ledger_views.customer_payment, name="customer-payment"),
    path("accounts/<str:ref>/remind/", mail_views.remind_customer, name="remind-customer"),
    path("orders/<str:ref>/invoice/", views.from_order, name="from-order"),
]
