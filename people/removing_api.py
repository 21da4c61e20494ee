"""Deleting and restoring for machines."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from kernel.api import Keyset, Narrow, Narrowing, exact
from kernel.models import RemovedRecord
from kernel.replay import once
from people.access import kind_of
from people.removing import bin_of, removable, remove_record, restore_record


class Removing:
    """Records that can be deleted; they wait in the recycle bin."""

    @extend_schema(responses={204: None})
    def destroy(self: Any, request: Request, **where: Any) -> Response:
        """Delete a record: it waits in the recycle bin with everything that hangs on it."""

        def remove() -> Response:
            remove_record(self.expected(self.one(), None), by=self.by)
            return Response(status=status.HTTP_204_NO_CONTENT)

        return once(request, remove)


class RemovedBody(serializers.ModelSerializer[Any]):
    """A deleted record."""

    id = serializers.UUIDField(source="public_id", read_only=True, help_text="Id of its place in the bin.")
    kind = serializers.SerializerMethodField(help_text="What it was.")
    record = serializers.UUIDField(source="record_public_id", help_text="Id of the record; it keeps it.")
    removed_by = serializers.CharField(source="removed_by.username", help_text="Username of who deleted it.")

    class Meta:
        model = RemovedRecord
        fields = ("id", "kind", "record", "ref", "title", "removed_by", "removed_at")
        extra_kwargs = {
            "ref": {"help_text": "Its number."},
            "title": {"help_text": "Its name."},
            "removed_at": {"help_text": "When it was deleted."},
        }

    def get_kind(self, removed: RemovedRecord) -> str:
        return removed.record_type.rpartition(".")[2]


class RestoredBody(serializers.Serializer[Any]):
    """A record that came back."""

    kind = serializers.CharField(help_text="What it is.")
    record = serializers.UUIDField(help_text="Its id, the same as before.")
    ref = serializers.CharField(help_text="Its number.")


def of_kind(queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
    """Removed records of one kind; raises ValueError for a kind that does not exist."""
    model = removable().get(value)
    if model is None:
        raise ValueError(_("There is no %s.") % value)
    return queryset.filter(record_type=model._meta.label_lower)


class BinViewSet(GenericViewSet[Any]):
    """The recycle bin."""

    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    serializer_class = RemovedBody
    pagination_class = Keyset
    filter_backends = (Narrowing,)
    filters = {
        "kind": Narrow("Kind of record: lead, account and so on.", of_kind),
        "ref": exact("ref", "Number the record had."),
    }
    ordering = {"removed_at": "removed_at"}
    queryset = RemovedRecord.objects.none()

    def get_queryset(self) -> QuerySet[RemovedRecord]:
        return bin_of(self.request.user)  # type: ignore[arg-type]

    @extend_schema(responses=RemovedBody(many=True))
    def list(self, request: Request) -> Response:
        """What was deleted and can come back, the latest first."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(RemovedBody(rows, many=True).data)

    @extend_schema(responses=RemovedBody)
    def retrieve(self, request: Request, public_id: Any) -> Response:
        """One deleted record."""
        return Response(RemovedBody(self.get_object()).data)

    @extend_schema(request=None, responses=RestoredBody)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, public_id: Any) -> Response:
        """Put a record back as it was, with the same id."""

        def back() -> Response:
            record: Any = restore_record(self.get_object(), by=request.user)  # type: ignore[arg-type]
            return Response({"kind": kind_of(record), "record": str(record.public_id), "ref": record.ref})

        return once(request, back)
