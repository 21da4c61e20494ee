"""What every API list shares: pages by key, filters by name; no viewset may be imported here, because the settings
load this module first."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, cast

from django.db.models import Model, QuerySet
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.pagination import BasePagination
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import AnonRateThrottle
from rest_framework.utils.urls import remove_query_param, replace_query_param

from kernel.tables.conditions import PARAMETER
from kernel.tables.keyset import Order, cut
from kernel.tables.machines import VIEW, described, narrowed, seen_through

LONGEST_VALUE = 300
OF_LISTS: Mapping[str, Mapping[str, Any]] = {
    PARAMETER: {"type": "array", "items": {"type": "string"}},
    VIEW: {"type": "string", "format": "uuid"},
}
LARGEST_BODY = 8 * 1024 * 1024
NEWEST_FIRST = "-id"


def refuse_parameter(name: str, text: str, code: str = "invalid") -> ValidationError:
    """The 400 that names a query parameter."""
    return ValidationError({name: [ErrorDetail(text, code)]})


class Keyset(BasePagination):
    """Pages that cost the same at any depth, newest record first unless asked otherwise; nothing is ever counted."""

    page_size = 50
    max_page_size = 200
    parameters = ("after", "before", "page_size", "ordering")

    def paginate_queryset(self, queryset: Any, request: Request, view: Any | None = None) -> list[Any]:
        self.request = request
        self.order = self.order_for(request, view, queryset.model)
        after, before = (self.cursor(name) for name in ("after", "before"))
        self.slice = cut(queryset, self.order, size=self.size(), after=after, before=before)
        return self.slice.rows

    def order_for(self, request: Request, view: Any, model: type[Model]) -> Order:
        return order_of(request, getattr(view, "ordering", {}), model)

    def cursor(self, name: str) -> str:
        value = self.request.query_params.get(name, "")
        if value and self.order.place(value) is None:
            raise refuse_parameter(name, _("This is no place in this list."))
        return value

    def size(self) -> int:
        text = self.request.query_params.get("page_size", str(self.page_size))
        if not text.isascii() or not text.isdecimal() or not 1 <= int(text[:9]) <= self.max_page_size:
            raise refuse_parameter("page_size", _("Give a number from 1 to %s.") % self.max_page_size)
        return int(text)

    def get_paginated_response(self, data: Any) -> Response:
        rows = self.slice.rows
        return Response(
            {
                "next": self.link("after", rows[-1]) if self.slice.has_next and rows else None,
                "previous": self.link("before", rows[0]) if self.slice.has_previous and rows else None,
                "results": data,
            }
        )

    def link(self, name: str, row: Any) -> str:
        here = self.request.build_absolute_uri()
        for other in ("after", "before"):
            here = remove_query_param(here, other)
        return str(replace_query_param(here, name, self.order.cursor(row)))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": {**address, "description": "Address of the next page; null on the last one."},
                "previous": {**address, "description": "Address of the page before; null on the first one."},
                "results": {**schema, "description": "The records of this page."},
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        names = [sign + name for name in getattr(view, "ordering", {}) for sign in ("", "-")]
        size = {"type": "integer", "minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        place = "A place in the list, as the addresses of the next and previous page have it."
        return [
            parameter("after", {"type": "string"}, place),
            parameter("before", {"type": "string"}, place),
            parameter("page_size", size, "How many records a page has."),
            parameter(
                "ordering", {"type": "string", "enum": ["id", "-id", *names]}, "Order; `-` turns it round."
            ),
        ]


def order_of(request: Request, allowed: Mapping[str, str], model: type[Model]) -> Order:
    """The order that was asked for, if it is one of the allowed ones."""
    asked = request.query_params.get("ordering", NEWEST_FIRST)
    path = {"id": "pk", **allowed}.get(asked.removeprefix("-"))
    if path is None:
        raise refuse_parameter("ordering", _("The list cannot be ordered by this."), "unknown_ordering")
    return Order(model, path, descending=asked.startswith("-"))


def parameter(name: str, schema: Mapping[str, Any], description: str) -> dict[str, Any]:
    """A query parameter as OpenAPI has it."""
    return {
        "name": name,
        "in": "query",
        "required": False,
        "schema": dict(schema),
        "description": description,
    }


@dataclass(frozen=True)
class Narrow:
    """One filter of a list: ``?name=value``; raises ValueError for a value it does not know."""

    description: str
    apply: Callable[[QuerySet[Any], str, Any], QuerySet[Any]]
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})


class Narrowing(BaseFilterBackend):
    """Applies the filters that a view declares, and refuses every other query parameter by name."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        filters: Mapping[str, Narrow] = getattr(view, "filters", {})
        for name in request.query_params:
            value = str(request.query_params[name])
            if name in Keyset.parameters:
                continue
            if name in OF_LISTS and name not in filters:
                queryset = self.as_lists_do(request, queryset, name)
                continue
            if name not in filters:
                raise refuse_parameter(name, _("There is no such filter."), "unknown_parameter")
            if "\x00" in value or len(value) > LONGEST_VALUE:
                raise refuse_parameter(name, _("This value cannot be looked for."))
            try:
                queryset = filters[name].apply(queryset, value, request.user)
            except ValueError as error:
                raise refuse_parameter(name, str(error) or _("This value is not known.")) from None
        return queryset

    def as_lists_do(self, request: Request, queryset: QuerySet[Any], name: str) -> QuerySet[Any]:
        """Narrowed by what the list of these records declares for people."""
        try:
            if name == PARAMETER:
                return narrowed(queryset, request.query_params.getlist(name), request.user)
            return seen_through(queryset, request.query_params[name], request.user)
        except ValueError as error:
            raise refuse_parameter(name, str(error) or _("This value is not known.")) from None

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        filters: Mapping[str, Narrow] = getattr(view, "filters", {})
        found = [parameter(name, narrow.schema, narrow.description) for name, narrow in filters.items()]
        model = getattr(getattr(getattr(view, "body", None), "Meta", None), "model", None)
        for name, words in described(model).items():
            if name not in filters:
                found.append(parameter(name, OF_LISTS[name], words))
        return found


def choice(column: str, choices: Sequence[tuple[str, Any]], description: str) -> Narrow:
    """Rows whose column has one of the values given, separated by commas."""
    known = {str(value) for value, _words in choices}

    def apply(queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        wanted = value.split(",")
        if unknown := set(wanted) - known:
            raise ValueError(_("There is no %s.") % ", ".join(sorted(unknown)))
        return queryset.filter(**{f"{column}__in": wanted})

    return Narrow(f"{description}: {', '.join(sorted(known))}; several are separated by commas.", apply)


def exact(column: str, description: str) -> Narrow:
    """Rows whose column is exactly this text."""
    return Narrow(description, lambda queryset, value, user: queryset.filter(**{column: value}))


def flag(column: str, description: str) -> Narrow:
    """Rows whose column is true, or false."""

    def apply(queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        if value not in ("true", "false"):
            raise ValueError(_("Give true or false."))
        return queryset.filter(**{column: value == "true"})

    return Narrow(description, apply, {"type": "boolean"})


def since(column: str, description: str) -> Narrow:
    """Rows whose moment is not before this one."""

    def apply(queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        # A plus sign that nobody escaped arrives as a space.
        moment = parse_datetime(value.replace(" ", "+") if "T" in value else value)
        if moment is None or not 1900 < moment.year < 9000:
            raise ValueError(_("Give a moment such as 2026-01-31T12:00:00Z."))
        return queryset.filter(**{f"{column}__gte": make_aware(moment) if is_naive(moment) else moment})

    return Narrow(description, apply, {"type": "string", "format": "date-time"})


def day(lookup: str, description: str) -> Narrow:
    """Rows whose day compares as the lookup says."""

    def apply(queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        wanted = parse_date(value)
        if wanted is None:
            raise ValueError(_("Give a day such as 2026-01-31."))
        return queryset.filter(**{lookup: wanted})

    return Narrow(description, apply, {"type": "string", "format": "date"})


def search() -> Narrow:
    """Rows that hold all of the words."""
    return Narrow(
        "Words to search for, in any order, accents and case ignored.",
        lambda queryset, value, user: cast(Any, queryset).matching(" ".join(value.split()[:8])),
    )


class Json(JSONParser):
    """JSON of a bearable size and depth."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        raw = stream.read(LARGEST_BODY + 1)
        if len(raw) > LARGEST_BODY:
            raise ParseError(_("The body is too large."))
        try:
            data = super().parse(BytesIO(raw), media_type, parser_context)
            if b"\\ud" in raw.lower():
                # Half of a character is no text: no database keeps it and no answer could repeat it.
                json.dumps(data, ensure_ascii=False).encode()
        except RecursionError:
            raise ParseError(_("The JSON is nested too deeply.")) from None
        except UnicodeEncodeError:
            raise ParseError(_("The JSON holds half of a character.")) from None
        return data


class LoginRate(AnonRateThrottle):
    """How often one address may try a password through the API."""

    scope = "login"
    rate = "10/minute"
