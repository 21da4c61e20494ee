"""The invoice on paper."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from invoices.models import Invoice
from invoices.printing import PRINTED_WITH, invoice_pdf
from kernel.http import HtmxRequest
from kernel.paper import pdf_response
from people.access import visible


@require_GET
def pdf(request: HtmxRequest, ref: str) -> HttpResponse:
    """The invoice as a PDF, to be looked at in the browser."""
    found = visible(request.user, Invoice.objects.by_ref(ref)).select_related(*PRINTED_WITH)
    invoice = get_object_or_404(found)
    return pdf_response(invoice_pdf(invoice), invoice.ref)
