"""The chain through the API: any of its records leads to all of it, in one request."""

from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from invoices.models import Invoice
from kernel.api import refuse_parameter
from kernel.jinja import url
from leads.models import Lead
from opportunities.models import Opportunity
from orders.models import Order
from people.access import visible
from quotes.models import Quote
from reports.chain import PAGES, amount_of, base_code, chain_of, everything, type_of
from reports.search import KINDS as SEARCHED
from reports.search import LONGEST, alike, search, title_of

KINDS: dict[str, type[Model]] = {
    "lead": Lead,
    "opportunity": Opportunity,
    "quote": Quote,
    "order": Order,
    "invoice": Invoice,
}
PLURALS = {"opportunity": "opportunities"}
MODELS = {"credits": "invoice"}
ABOVE = {
    "opportunity": ("lead",),
    "quote": ("opportunity",),
    "order": ("quote", "opportunity"),
    "invoice": ("order", "opportunity"),
    "credit_note": ("credits", "order"),
}


class LinkBody(serializers.Serializer[Any]):
    """One record of a chain."""

    type = serializers.CharField(help_text="lead, opportunity, quote, order, invoice or credit_note.")
    id = serializers.UUIDField(help_text="Id of the record.")
    number = serializers.CharField(
        allow_null=True, help_text="Number; null for an invoice that is not confirmed."
    )
    revision = serializers.IntegerField(allow_null=True, help_text="Revision of a quote; null for others.")
    status = serializers.CharField(help_text="State.")
    status_reason = serializers.CharField(help_text="Why it is in this state.")
    amount = serializers.DecimalField(
        max_digits=15, decimal_places=4, allow_null=True, help_text="What it is worth, in its currency."
    )
    currency = serializers.CharField(help_text="Currency by ISO 4217 code; empty where there is no amount.")
    date = serializers.DateField(help_text="Its day: of the order, of the invoice, else of its making.")
    above = serializers.UUIDField(
        allow_null=True, help_text="Id of the record it came from; null at the start."
    )
    url = serializers.CharField(help_text="Its page for people.")
    api_url = serializers.CharField(help_text="Its address in this API.")


def link(record: Any, base: str, request: Request, ids: dict[tuple[str, int], str]) -> dict[str, Any]:
    """One record of the chain for machines."""
    kind = type_of(record)
    model = record._meta.model_name
    above = (ids.get((MODELS.get(name, name), getattr(record, f"{name}_id"))) for name in ABOVE.get(kind, ()))
    page = url(PAGES[type(record)], record.ref)
    return {
        "type": kind,
        "id": record.public_id,
        "number": record.number,
        "revision": getattr(record, "revision", None),
        "status": record.status,
        "status_reason": record.status_reason,
        "amount": amount_of(record),
        "currency": base if isinstance(record, Lead) else record.currency.code,
        "date": getattr(record, "ordered_on", None)
        or getattr(record, "issued_on", None)
        or record.created_at.date(),
        "above": next(filter(None, above), None),
        "url": request.build_absolute_uri(page) if page else "",
        "api_url": request.build_absolute_uri(
            f"/api/v1/{PLURALS.get(model, f'{model}s')}/{record.public_id}/"
        ),
    }


class ChainView(APIView):
    """The whole chain of a lead, opportunity, quote, order or invoice."""

    @extend_schema(
        responses=LinkBody(many=True),
        parameters=[
            OpenApiParameter(kind, str, description=f"Id or number of the {kind}.") for kind in KINDS
        ],
    )
    def get(self, request: Request) -> Response:
        """Everything that hangs together with one record, from the lead to the credit note; name exactly one."""
        asked = request.query_params
        for name in asked:
            if name not in KINDS:
                raise refuse_parameter(name, _("There is no such filter."), "unknown_parameter")
        if len(asked) != 1:
            raise refuse_parameter(
                "", _("Name one record: lead, opportunity, quote, order or invoice."), "required"
            )
        kind, ref = next(iter(asked.items()))
        chain = chain_of(self.found(KINDS[kind], ref), request.user)  # type: ignore[arg-type]
        records = list(everything(chain))
        ids = {(one._meta.model_name, one.pk): one.public_id for one in records}
        base = base_code(chain)
        return Response(LinkBody([link(one, base, request, ids) for one in records], many=True).data)

    def found(self, model: type[Model], ref: str) -> Any:
        """The record that is named, if it exists for this person."""
        rows: QuerySet[Any] = model._default_manager.by_ref(ref)  # type: ignore[attr-defined]
        record = visible(self.request.user, rows).first() if "\x00" not in ref else None
        if record is None:
            raise NotFound
        return record


class FoundBody(serializers.Serializer[Any]):
    """A record that matches."""

    kind = serializers.CharField(help_text="What it is: lead, account and so on.")
    id = serializers.UUIDField(help_text="Its id.")
    ref = serializers.CharField(help_text="Its number.")
    title = serializers.CharField(help_text="What it is called.")
    is_guess = serializers.BooleanField(help_text="Nothing matched; this one is nearly called that.")


class SearchView(APIView):
    """One search over all records one may see."""

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "q", str, required=True, description="Number, ERP number, name, e-mail or phone."
            ),
            OpenApiParameter("kind", str, description="Only one kind of record: lead, account and so on."),
        ],
        responses=FoundBody(many=True),
    )
    def get(self, request: Request) -> Response:
        """Up to ten records of each kind, the newest first; where none matches, what is nearly called that."""
        if unknown := set(request.query_params) - {"q", "kind"}:
            raise refuse_parameter(min(unknown), _("There is no such parameter."), "unknown_parameter")
        text = request.query_params.get("q", "")[:LONGEST].replace("\0", "").strip()
        name = request.query_params.get("kind", "")
        kinds = [kind for kind in SEARCHED if name in ("", kind.name)]
        if not kinds:
            raise refuse_parameter("kind", _("There is no %s.") % name)
        user: Any = request.user
        groups = search(user, text, kinds)
        near = [] if groups else alike(user, text, kinds)
        found = [
            {
                "kind": group.kind.name,
                "id": record.public_id,
                "ref": record.ref,
                "title": title_of(record),
                "is_guess": bool(near),
            }
            for group in groups or near
            for record in group.records
        ]
        return Response(FoundBody(found, many=True).data)
