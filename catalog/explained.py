"""The answer to "why this number?" through the API: ``?explain=1`` on the address of one document."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.documents import PricedDocument
from catalog.explaining import Step
from catalog.lines import lines_of
from catalog.why_views import FindOrigin, explained
from kernel.bodies import many

YES = ("1", "true")
ASKED = OpenApiParameter(
    "explain", bool, description="With 1, `explanation` tells how each amount came about, step by step."
)


class Steps(serializers.ListSerializer[Any]):
    """All steps of a document, where they were asked for."""

    def get_attribute(self, instance: Any) -> Sequence[Step]:
        explain: Callable[[Any], Sequence[Step]] | None = self.context.get("explain")
        if explain is None:
            raise serializers.SkipField
        return explain(instance)


class StepBody(serializers.Serializer[Any]):
    """One step on the way to an amount."""

    code = serializers.CharField(help_text="What kind of step it is, for machines.")
    scope = serializers.CharField(help_text="What it is about: line, document or tax.")
    subject = serializers.CharField(help_text="Id of the line, or code of the tax; empty for the document.")
    field = serializers.CharField(help_text="The field that `result` is the value of; empty for a remark.")
    sentence = serializers.CharField(help_text="The step in plain words, in the language of the request.")
    amounts = serializers.DictField(
        child=serializers.CharField(), help_text="The figures of the step by name, as texts of decimals."
    )
    url = serializers.CharField(help_text="The page that explains where the figures came from; may be empty.")

    class Meta:
        list_serializer_class = Steps

    def to_representation(self, instance: Step) -> dict[str, Any]:
        return {
            "code": instance.code, "scope": instance.scope, "subject": instance.subject, "field": instance.field,
            "sentence": instance.sentence, "url": instance.url,
            "amounts": {name: f"{figure:f}" for name, figure in instance.amounts.items()},
        }  # fmt: skip


class Explained:
    """A view set of documents that answer "why this number?"; ``origin_of`` knows where copied figures come from."""

    origin_of: ClassVar[Any] = None  # a FindOrigin

    @extend_schema(parameters=[ASKED])
    def retrieve(self: Any, request: Request, **where: Any) -> Response:
        """One record, with its ETag; with ``explain=1`` also how each of its amounts came about."""
        self.is_asked_why = request.query_params.get("explain", "") in YES
        return super().retrieve(request, **where)  # type: ignore[misc, no-any-return]

    def get_serializer_context(self: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_serializer_context()  # type: ignore[misc]
        if getattr(self, "is_asked_why", False):
            context["explain"] = partial(steps_of, user=self.request.user, origin_of=type(self).origin_of)
        return context


def steps_of(document: PricedDocument, *, user: Any, origin_of: FindOrigin | None) -> Sequence[Step]:
    return explained(document, lines_of(document), origin_of, user).steps


def explanation() -> Any:
    """The field of a document's body."""
    return many(StepBody, read_only=True, required=False)
