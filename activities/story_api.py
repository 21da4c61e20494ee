"""Timelines through the API."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from activities.news_api import ABOUT, about_of
from activities.story import SHOWN, Entry, read
from kernel.story import said


class StoryEntryBody(serializers.Serializer[Any]):
    """One thing that happened."""

    id = serializers.CharField(help_text="Its anchor on the page, without `e-`.")
    at = serializers.DateTimeField(help_text="When.")
    actor = serializers.CharField(help_text="Who.")
    what = serializers.CharField(help_text="What was done, in words.")
    title = serializers.CharField(help_text="Subject of a call, name of a file and so on; may be empty.")
    note = serializers.CharField(help_text="What was said; may be empty.")
    result = serializers.CharField(help_text="What came of it; may be empty.")
    from_status = serializers.CharField(help_text="Status before, for steps.")
    to_status = serializers.CharField(help_text="Status after, for steps.")
    changes = serializers.DictField(help_text="Changed fields: name to [old, new].")


class StoryBody(serializers.Serializer[Any]):
    """A page of the timeline."""

    older = serializers.CharField(help_text="`before` of the page that follows; empty on the last one.")
    results = StoryEntryBody(many=True, help_text="What happened, the newest first.")


class StoryView(APIView):
    """What happened with a record."""

    @extend_schema(
        operation_id="timeline_retrieve", responses=StoryBody,
        parameters=[
            ABOUT,
            OpenApiParameter("show", str, enum=[key for key in SHOWN if key], description="Only entries of this sort."),
            OpenApiParameter("before", str, description="The place where older entries begin."),
        ],
    )  # fmt: skip
    def get(self, request: Request) -> Response:
        """History, activities, files and what the ERP said, as one story."""
        show = request.query_params.get("show", "")
        if show not in SHOWN:
            raise ValidationError({"show": [ErrorDetail(_("There is no such filter value."), "invalid")]})
        found = read(
            [about_of(request)],
            user=request.user,
            show=show,
            before=request.query_params.get("before", "")[:80],
        )
        return Response({"older": found.older, "results": [told(one) for one in found.entries]})


def told(one: Entry) -> dict[str, Any]:
    return {
        "id": one.pk, "at": one.at, "actor": str(one.actor), "what": said(one.verb), "title": one.title,
        "note": one.note, "result": one.result, "from_status": one.from_status, "to_status": one.to_status,
        "changes": one.changes,
    }  # fmt: skip
