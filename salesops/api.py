"""The API: which kind of record stands under which name, with the steps that apps above bring along."""

from django.urls import include, path, re_path
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from activities.api import ActivityViewSet
from activities.news_api import AttachmentViewSet, FollowView, NotificationViewSet
from activities.story_api import StoryView
from catalog.api import PriceListViewSet
from catalog.discount_api import DiscountListViewSet
from catalog.product_api import ProductViewSet
from catalog.reference_api import (
    CurrencyViewSet,
    ExchangeRateViewSet,
    FamilyViewSet,
    PaymentTermsViewSet,
    TaxCodeViewSet,
    UnitGroupViewSet,
    UnitViewSet,
)
from customers.api import AccountViewSet, ContactViewSet
from customers.price_api import PricesView
from duplicates.api import AsksFirst, DuplicateViewSet, MergeViewSet
from forecasts.api import CallViewSet, ForecastView, GoalViewSet, SnapshotViewSet
from imports.api import ImportViewSet
from invoices.api import AccountLedger, InvoiceViewSet, InvoicingSteps, PaymentViewSet
from leads.api import LeadViewSet
from opportunities.api import OpportunityViewSet, QualifyingSteps
from opportunities.settings_api import CompetitorViewSet, LossReasonViewSet, PipelineViewSet
from orders.api import AcceptingSteps, OrderViewSet, WinningSteps
from people.api import TokenViewSet, UserViewSet
from people.field_api import FieldViewSet
from people.job_api import JobViewSet
from people.removing_api import BinViewSet
from quotes.api import QuoteViewSet, QuotingSteps
from reports.api import ChainView, SearchView
from reports.customer_api import AccountStanding, CustomerFigures
from reports.question_api import ReportsView, ReportView


class Accounts(AsksFirst, AccountStanding, AccountLedger, AccountViewSet):
    """Customers that are organizations."""


class Contacts(AsksFirst, CustomerFigures, ContactViewSet):
    """Customers that are people."""


class Leads(AsksFirst, QualifyingSteps, LeadViewSet):
    """People and companies who may become customers."""


class Opportunities(WinningSteps, QuotingSteps, OpportunityViewSet):
    """Possible sales."""


class Quotes(AcceptingSteps, QuoteViewSet):
    """Offers to sell at stated prices."""


class Orders(InvoicingSteps, OrderViewSet):
    """Confirmed requests of customers."""


class Nowhere(APIView):
    """An address the API does not have, answered in the API's own words."""

    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound


router = SimpleRouter(use_regex_path=False)
router.register("accounts", Accounts, basename="account")
router.register("contacts", Contacts, basename="contact")
router.register("imports", ImportViewSet, basename="import")
router.register("jobs", JobViewSet, basename="job")
router.register("duplicates", DuplicateViewSet, basename="duplicate")
router.register("merges", MergeViewSet, basename="merge")
router.register("recycle-bin", BinViewSet, basename="removed")
router.register("leads", Leads, basename="lead")
router.register("opportunities", Opportunities, basename="opportunity")
router.register("quotes", Quotes, basename="quote")
router.register("orders", Orders, basename="order")
router.register("invoices", InvoiceViewSet, basename="invoice")
router.register("payments", PaymentViewSet, basename="payment")
router.register("activities", ActivityViewSet, basename="activity")
router.register("attachments", AttachmentViewSet, basename="attachment")
router.register("notifications", NotificationViewSet, basename="notification")
router.register("products", ProductViewSet, basename="product")
router.register("price-lists", PriceListViewSet, basename="price-list")
router.register("currencies", CurrencyViewSet, basename="currency")
router.register("exchange-rates", ExchangeRateViewSet, basename="exchange-rate")
router.register("units", UnitViewSet, basename="unit")
router.register("unit-groups", UnitGroupViewSet, basename="unit-group")
router.register("product-families", FamilyViewSet, basename="product-family")
router.register("discount-lists", DiscountListViewSet, basename="discount-list")
router.register("tax-codes", TaxCodeViewSet, basename="tax-code")
router.register("payment-terms", PaymentTermsViewSet, basename="payment-terms")
router.register("pipelines", PipelineViewSet, basename="pipeline")
router.register("loss-reasons", LossReasonViewSet, basename="loss-reason")
router.register("competitors", CompetitorViewSet, basename="competitor")
router.register("goals", GoalViewSet, basename="goal")
router.register("forecast-calls", CallViewSet, basename="forecast-call")
router.register("snapshots", SnapshotViewSet, basename="snapshot")
router.register("custom-fields", FieldViewSet, basename="custom-field")
router.register("users", UserViewSet, basename="user")
router.register("token", TokenViewSet, basename="token")

urlpatterns = [
    path("follow/", FollowView.as_view(), name="api-follow"),
    path("timeline/", StoryView.as_view(), name="api-timeline"),
    path("chain/", ChainView.as_view(), name="api-chain"),
    path("forecast/", ForecastView.as_view(), name="api-forecast"),
    path("search/", SearchView.as_view(), name="api-search"),
    path("reports/", ReportsView.as_view(), name="api-reports"),
    path("reports/<slug:slug>/", ReportView.as_view(), name="api-report"),
    path("prices/", PricesView.as_view(), name="api-prices"),
    path("", include((router.urls, "api"))),
    re_path(r"^", Nowhere.as_view(), name="api-nowhere"),
]
