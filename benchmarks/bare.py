"""The floors of pages: the least that Django does to show the same rows, with its own template engine."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from leads.models import Lead
from quotes.models import Quote, QuoteLine

LEAD_COLUMNS = (
    "number", "topic", "first_name", "last_name", "company", "email", "phone", "source", "rating", "status",
    "estimated_value", "created_at",
)  # fmt: skip
QUOTE_COLUMNS = (
    "number", "revision", "name", "bill_to_name", "bill_to_city", "status", "status_reason", "pre_freight_amount",
    "total_tax", "total", "expires_on", "created_at",
)  # fmt: skip


def leads(request: HttpRequest) -> HttpResponse:
    """The newest 50 leads as a table of 12 columns: one query, no navigation."""
    rows = Lead.objects.only(*LEAD_COLUMNS).order_by("-id")[:50]
    return render(request, "bare/leads.html", {"rows": rows}, using="django")


def quotes(request: HttpRequest) -> HttpResponse:
    """The newest 50 quotes as a table of 12 columns: one query, no navigation."""
    rows = Quote.objects.only(*QUOTE_COLUMNS).order_by("-id")[:50]
    return render(request, "bare/quotes.html", {"rows": rows}, using="django")


def lines(request: HttpRequest, quote: int) -> HttpResponse:
    """The lines of a quote as editable rows: two queries, no navigation, no totals."""
    found = Quote.objects.get(pk=quote)
    rows = QuoteLine.objects.filter(quote=found).select_related("product", "unit", "tax_code")
    return render(request, "bare/lines.html", {"quote": found, "rows": rows}, using="django")
