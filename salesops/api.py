"""The API: which kind of record stands under which name."""

from django.urls import include, path, re_path
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView

from orders.api import AcceptingSteps, OrderViewSet
from quotes.api import QuoteViewSet


class Nowhere(APIView):
    """An address the API does not have, answered in the API's own words."""

    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        raise NotFound

    def get(self, request: Request) -> Response:
        raise NotFound


class Quotes(AcceptingSteps, QuoteViewSet):
    """Offers to sell at stated prices."""


router = SimpleRouter(use_regex_path=False)
router.register("quotes", Quotes, basename="quote")
router.register("orders", OrderViewSet, basename="order")

urlpatterns = [
    path("", include((router.urls, "api"))),
    re_path(r"^.*$", Nowhere.as_view(), name="api-nowhere"),
]
