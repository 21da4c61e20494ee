"""Printed documents over HTTP: on pages and in the API."""

import json
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

PDF = "application/pdf"


def pdf_response(content: bytes, name: str) -> HttpResponse:
    """A PDF to be looked at in the browser, and kept by nobody in between."""
    shown = content_disposition_header(as_attachment=False, filename=f"{name}.pdf")
    headers = {"Content-Disposition": shown or "inline", "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=PDF, headers=headers)


class PdfRenderer(BaseRenderer):
    """Lets a client ask for a PDF by name; what is refused is still told as JSON."""

    media_type = PDF
    format = "pdf"
    charset = None
    render_style = "binary"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        return data if isinstance(data, bytes) else json.dumps(data, default=str).encode()


class Printed:
    """A kind of record that can be had as a PDF: ``printing`` makes it."""

    printing: "ClassVar[staticmethod[..., bytes]]"

    @extend_schema(
        responses={(200, PDF): OpenApiTypes.BINARY},
        parameters=[OpenApiParameter("format", exclude=True)],
        filters=False,
    )
    @action(detail=True, renderer_classes=[PdfRenderer, JSONRenderer], pagination_class=None)
    def pdf(self: Any, request: Request, **where: Any) -> HttpResponse:
        """The document as it is printed, in its own language."""
        record = self.one()
        return pdf_response(type(self).printing(record), record.ref)
