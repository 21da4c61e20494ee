"""The quote on paper."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from kernel.http import HtmxRequest
from kernel.paper import pdf_response
from people.access import visible
from quotes.models import Quote
from quotes.printing import PRINTED_WITH, quote_pdf


@require_GET
def pdf(request: HtmxRequest, ref: str) -> HttpResponse:
    """The quote as a PDF, to be looked at in the browser."""
    found = visible(request.user, Quote.objects.by_ref(ref)).select_related(*PRINTED_WITH)
    quote = get_object_or_404(found)
    return pdf_response(quote_pdf(quote), quote.ref)
