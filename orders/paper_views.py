"""The order on paper."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from kernel.http import HtmxRequest
from kernel.paper import pdf_response
from orders.models import Order
from orders.printing import PRINTED_WITH, order_pdf
from people.access import visible


@require_GET
def pdf(request: HtmxRequest, ref: str) -> HttpResponse:
    """The order as a PDF, to be looked at in the browser."""
    found = visible(request.user, Order.objects.by_ref(ref)).select_related(*PRINTED_WITH)
    order = get_object_or_404(found)
    return pdf_response(order_pdf(order), order.ref)
