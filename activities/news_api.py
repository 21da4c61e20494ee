"""Files, followers and notifications through the API."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ErrorDetail, NotFound, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from activities import actions
from activities.api import Regarding, regarded
from activities.models import Attachment, Notification
from activities.selectors import follows, readable
from kernel.api import Json, Keyset, Narrow, Narrowing
from kernel.bodies import Refusing
from kernel.files import as_download
from kernel.replay import once

ABOUT = OpenApiParameter(
    "about", str, required=True, description="The record, as `kind:id` or `kind:number`."
)


def about_of(request: Request) -> Any:
    """The record that the request names; one out of sight is as good as absent."""
    text = request.query_params.get("about", "")
    if not text:
        raise ValidationError({"about": [ErrorDetail(_("Say which record is meant."), "required")]})
    if (record := regarded(text[:100], request.user)) is None:
        raise NotFound
    return record


# --- files -----------------------------------------------------------------------------------------------------


class AttachmentBody(serializers.ModelSerializer[Any]):
    """A file about a record."""

    id = serializers.UUIDField(source="public_id", read_only=True, help_text="Unique id of the file.")
    media_type = serializers.CharField(
        source="file.media_type", help_text="What kind of file it is, by its bytes."
    )
    size = serializers.IntegerField(source="file.size", help_text="How many bytes it has.")
    sha256 = serializers.CharField(source="file.sha256", help_text="Fingerprint of its bytes.")
    by = serializers.CharField(source="by.username", help_text="Username of who attached it.")

    class Meta:
        model = Attachment
        fields = ("id", "name", "media_type", "size", "sha256", "by", "at")
        extra_kwargs = {
            "name": {"help_text": "Name of the file."}, "at": {"help_text": "When it was attached."},
        }  # fmt: skip


class FilesBody(Refusing):
    """What is attached to which record."""

    about = Regarding(help_text="The record, as `kind:id` or `kind:number`.")
    files = serializers.ListField(
        child=serializers.FileField(), max_length=20, help_text="The files, as multipart form data."
    )


class AttachmentViewSet(GenericViewSet[Any]):
    """Files of records: whoever may see the record may have them, whoever may change it may bring and take off."""

    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    serializer_class = AttachmentBody
    pagination_class = Keyset
    filter_backends = (Narrowing,)
    filters: dict[str, Narrow] = {}
    queryset = Attachment.objects.none()
    parser_classes = (Json, MultiPartParser)

    def get_queryset(self) -> QuerySet[Attachment]:
        return Attachment.objects.select_related("file", "by", "record_type")

    def get_object(self) -> Attachment:
        found: Attachment = get_object_or_404(self.get_queryset(), public_id=self.kwargs["public_id"])
        record = found.record
        kind = f"{found.record_type.model}:{getattr(record, 'public_id', '')}"
        if record is None or regarded(kind, self.request.user) is None:
            raise NotFound
        return found

    @extend_schema(parameters=[ABOUT], responses=AttachmentBody(many=True))
    def list(self, request: Request) -> Response:
        """The files of one record, the newest first."""
        rows = self.get_queryset().filter(pk__in=Attachment.objects.about(about_of(request)).values("pk"))
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(AttachmentBody(page, many=True).data)

    @extend_schema(responses=AttachmentBody)
    def retrieve(self, request: Request, public_id: Any) -> Response:
        """What the file is."""
        return Response(AttachmentBody(self.get_object()).data)

    @extend_schema(request={"multipart/form-data": FilesBody}, responses={201: AttachmentBody(many=True)})
    def create(self, request: Request) -> Response:
        """Attach files to a record: all of them, or none."""
        given = FilesBody(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        by: Any = request.user
        made = actions.attach_files(given.validated_data["about"], given.validated_data["files"], by=by)
        rows = self.get_queryset().filter(pk__in=[one.pk for one in made]).order_by("id")
        return Response(AttachmentBody(rows, many=True).data, status=status.HTTP_201_CREATED)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, public_id: Any) -> Response:
        """Take the file off its record; it lies in the recycle bin."""
        actions.remove_attachment(self.get_object(), by=request.user)  # type: ignore[arg-type]
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True)
    def content(self, request: Request, public_id: Any) -> HttpResponseBase:
        """The bytes, to be saved."""
        return as_download(self.get_object().file)


# --- followers ---------------------------------------------------------------------------------------------------


class FollowBody(Refusing):
    """Whether one follows a record."""

    about = Regarding(help_text="The record, as `kind:id` or `kind:number`.")
    follow = serializers.BooleanField(help_text="Whether one is told what happens with it.")


class FollowView(APIView):
    """Following a record."""

    parser_classes = (Json,)

    @extend_schema(operation_id="follow_retrieve", parameters=[ABOUT], responses=FollowBody)
    def get(self, request: Request) -> Response:
        """Whether one follows a record; its owner does, unless they said no."""
        record = about_of(request)
        return Response(self.shown(record, follows(request.user, record)))

    @extend_schema(operation_id="follow_create", request=FollowBody, responses=FollowBody)
    def post(self, request: Request) -> Response:
        """Follow a record, or follow it no more."""
        given = FollowBody(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        record, wanted = given.validated_data["about"], given.validated_data["follow"]

        def act() -> Response:
            (actions.follow if wanted else actions.unfollow)(record, by=request.user)  # type: ignore[arg-type]
            return Response(self.shown(record, wanted))

        return once(request, act)

    def shown(self, record: Any, follow: bool) -> dict[str, Any]:
        return {"about": f"{record._meta.model_name}:{record.public_id}", "follow": follow}


# --- notifications -----------------------------------------------------------------------------------------------


class NotificationBody(serializers.ModelSerializer[Any]):
    """Something one is told."""

    id = serializers.UUIDField(source="public_id", read_only=True, help_text="Unique id of the notification.")
    by = serializers.SerializerMethodField(help_text="Username of who did it; null where a clock did.")
    about = serializers.SerializerMethodField(
        help_text="The record it is about, as `kind:id`; null for none."
    )

    class Meta:
        model = Notification
        fields = ("id", "kind", "text", "about", "by", "times", "at", "read_at")
        extra_kwargs = {
            "kind": {"help_text": "Why one is told."}, "text": {"help_text": "What happened."},
            "times": {"help_text": "How often it happened before it was read."},
            "at": {"help_text": "When it happened last."}, "read_at": {"help_text": "When it was read; null: not yet."},
        }  # fmt: skip

    def get_by(self, one: Notification) -> str | None:
        return one.by.username if one.by else None

    def get_about(self, one: Notification) -> str | None:
        record = one.__dict__.get("shown")
        return f"{record._meta.model_name}:{record.public_id}" if record is not None else None


class NotificationViewSet(GenericViewSet[Any]):
    """What one is told; of records that are out of sight by now, nothing."""

    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    serializer_class = NotificationBody
    pagination_class = Keyset
    filter_backends = (Narrowing,)
    filters: dict[str, Narrow] = {
        "unread": Narrow("`true` for those that are not read yet.", lambda rows, value, user: unread_only(rows, value))
    }  # fmt: skip
    queryset = Notification.objects.none()
    parser_classes = (Json,)

    def get_queryset(self) -> QuerySet[Notification]:
        if getattr(self, "swagger_fake_view", False):
            return Notification.objects.none()
        user: Any = self.request.user
        return Notification.objects.filter(user=user, in_bell=True).select_related("by")

    @extend_schema(responses=NotificationBody(many=True))
    def list(self, request: Request) -> Response:
        """The newest first."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(NotificationBody(readable(page, request.user), many=True).data)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def read(self, request: Request, public_id: Any) -> Response:
        """It has been seen."""
        actions.read_notification(self.get_object(), by=request.user)  # type: ignore[arg-type]
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={204: None})
    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        """Everything has been seen."""
        actions.read_all(by=request.user)  # type: ignore[arg-type]
        return Response(status=status.HTTP_204_NO_CONTENT)


def unread_only(rows: QuerySet[Any], value: str) -> QuerySet[Any]:
    if value not in ("true", "false"):
        raise ValueError(_("Give true or false."))
    return rows.filter(read_at__isnull=value == "true")
