"""A report taken away: as a PDF to look at or print, as CSV to count on."""

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from kernel.http import HtmxRequest
from kernel.paper import pdf_response
from reports.contents import Content
from reports.printing import csv_download, pdf_of, stem
from reports.registry import report_named
from reports.report_contents import content_of_report


def content_asked(request: HtmxRequest, slug: str) -> Content:
    """What the report's page shows this person now."""
    report = report_named(slug)
    if report is None or not report.is_for(request.user):
        raise Http404
    return content_of_report(request.user, slug, request.GET.urlencode())


@require_GET
def pdf(request: HtmxRequest, slug: str) -> HttpResponse:
    """The report on paper."""
    content = content_asked(request, slug)
    return pdf_response(pdf_of(content), stem(content))


@require_GET
def csv(request: HtmxRequest, slug: str) -> HttpResponse:
    """The tables of the report; several in a ZIP."""
    file = csv_download(content_asked(request, slug))
    shown = content_disposition_header(as_attachment=True, filename=file.name)
    headers = {
        "Content-Disposition": shown or "attachment", "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }  # fmt: skip
    return HttpResponse(file.content, content_type=file.media_type, headers=headers)
