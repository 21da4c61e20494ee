"""What the API says of every document with a customer: header, money, addresses, owner."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers

from catalog.bodies import CodeRef
from catalog.explained import explanation
from catalog.models import Currency, PaymentTerms, PriceList, TaxCode
from customers.models import Account, Contact
from customers.terms import usual_terms
from kernel.bodies import RecordBody, Ref
from people.resources import OwnerRef, TeamRef

MONEY = (
    "discount_percent", "discount_amount", "freight", "freight_tax_code", "exchange_rate", "rounding_profile",
    "detail_amount", "line_discount_amount", "header_discount_amount", "pre_freight_amount", "freight_tax",
    "total_tax", "total", "total_base",
)  # fmt: skip
MONEY_READ_ONLY = (
    "exchange_rate", "rounding_profile", "detail_amount", "line_discount_amount", "header_discount_amount",
    "pre_freight_amount", "freight_tax", "total_tax", "total", "total_base",
)  # fmt: skip
PARTIES = ("account", "contact", "customer_name", "owner", "team", "currency", "price_list")
ADDRESSES = (
    "bill_to_name", "bill_to_street", "bill_to_postcode", "bill_to_city", "bill_to_region", "bill_to_country",
    "ship_to_name", "ship_to_street", "ship_to_postcode", "ship_to_city", "ship_to_region", "ship_to_country",
)  # fmt: skip
STATE = ("status", "status_reason", "statecode", "statuscode")
RECORD = ("id", "number", "version", "created_at", "updated_at")
DOCUMENT_HELPS = {
    "customer_name": "Name of the account or contact that buys.",
    "price_list": "Price list by id or name.",
    "discount_percent": "Discount on the whole document in percent of its lines.",
    "discount_amount": "Discount on the whole document as an amount in its currency.",
    "freight": "Freight before tax, in the document's currency.",
    "freight_tax_code": "Tax on the freight, by code.",
    "exchange_rate": "Value of one unit of the document's currency in base currency.",
    "rounding_profile": "How taxes are rounded.",
    "detail_amount": "Sum of the lines' net amounts.",
    "line_discount_amount": "Sum of the discounts on lines.",
    "header_discount_amount": "The document's discount as an amount.",
    "pre_freight_amount": "Lines less the document's discount.",
    "freight_tax": "Tax on the freight.",
    "total_tax": "All taxes, that on the freight included.",
    "total": "What the customer pays, in the document's currency.",
    "total_base": "The total in base currency.",
    "payment_terms": "Payment terms by code; without them the account's.",
    "shipping_method": "How the goods travel.",
    "requested_delivery_on": "Day on which the customer wants delivery.",
    "opportunity": "Id of the opportunity it belongs to.",
    "explanation": "How each amount came about; only where `explain=1` asks for it.",
    "lines": "The lines; when given they replace all lines there are.",
    "managed_by": "The ERP connection that keeps this record; empty: it is kept here.",
    **{
        f"{side}_{part}": f"{words}: {meaning}."
        for side, words in (("bill_to", "Invoice address"), ("ship_to", "Delivery address"))
        for part, meaning in (
            ("name", "name; without it the customer's"), ("street", "street"), ("postcode", "postal code"),
            ("city", "town"), ("region", "region, state or province"), ("country", "two-letter country code"),
        )
    },
}  # fmt: skip


class PriceListRef(Ref):
    """A price list, by id or name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            PriceList, by=("public_id", "name"), **{"required": False, "allow_null": True, **options}
        )


class AccountRef(Ref):
    """An account within reach, by id or number."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Account, **{"required": False, "allow_null": True, **options})


class ContactRef(Ref):
    """A contact within reach, by id or number."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Contact, **{"required": False, "allow_null": True, **options})


class LinkedId(serializers.UUIDField):
    """The id of the record that a link leads to; links are set by the steps that make them."""

    def __init__(self, *, source: str = "", **options: Any) -> None:
        super().__init__(**{"source": source or None, "read_only": True, "allow_null": True, **options})


class DocumentBody(RecordBody):
    """The header that opportunity, quote, order and invoice share; ``codes`` are Dynamics' numbers."""

    account = AccountRef()
    contact = ContactRef()
    customer_name = serializers.SerializerMethodField()
    currency = CodeRef(Currency, allow_null=False)
    price_list = PriceListRef()
    freight_tax_code = CodeRef(TaxCode)
    statecode = serializers.SerializerMethodField()
    statuscode = serializers.SerializerMethodField()
    explanation = explanation()

    related: ClassVar[tuple[str, ...]] = (
        "account",
        "contact",
        "currency",
        "price_list",
        "freight_tax_code",
        "owner",
        "team",
    )
    named: ClassVar[tuple[str, ...]] = (
        "account__public_id", "account__name", "contact__public_id", "contact__first_name", "contact__last_name",
        "currency__code", "price_list__public_id", "freight_tax_code__code", "owner__username", "team__name",
    )  # fmt: skip
    codes: ClassVar[Mapping[tuple[str, str], tuple[int, int]]] = {}

    def get_customer_name(self, record: Any) -> str:
        return str(record.customer or "")

    def get_statecode(self, record: Any) -> int:
        return self.codes[record.status, record.status_reason][0]

    def get_statuscode(self, record: Any) -> int:
        return self.codes[record.status, record.status_reason][1]


def with_customers_terms(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was not said is taken from the customer: price list and currency, and the owner brings the team."""
    usual = usual_terms(values)
    given = {**values, "currency": usual["currency"]}
    given.setdefault("price_list", usual["price_list"])
    return with_owners_team(given)


def with_owners_team(values: Mapping[str, Any]) -> dict[str, Any]:
    """A new owner brings their team along, unless a team was named."""
    owner = values.get("owner")
    return dict(values) if owner is None or "team" in values else {**values, "team": owner.team}


__all__ = [
    "ADDRESSES", "DOCUMENT_HELPS", "MONEY", "MONEY_READ_ONLY", "PARTIES", "RECORD", "STATE", "AccountRef",
    "CodeRef", "ContactRef", "DocumentBody", "LinkedId", "OwnerRef", "PaymentTerms", "PriceListRef", "TeamRef",
    "with_customers_terms", "with_owners_team",
]  # fmt: skip
