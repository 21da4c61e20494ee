"""Leads, accounts, contacts and products: what a row of each can say, and what it must."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.actions import change_product, create_product
from catalog.models import Product
from customers.actions import change_account, change_contact, create_account, create_contact
from customers.consent import since_when
from customers.family import refuse_family_circle
from customers.models import Account, Contact
from imports.fields import Field
from imports.kinds.base import EXTERNAL_KEY, NUMBER, Kind, Problem, model_field, model_fields
from imports.kinds.words import WORDS
from leads.actions import change_lead, create_lead
from leads.models import Lead
from leads.scoring import rules_now, score

ADDRESS = ("street", "postcode", "city", "region", "country")
FULL_NAME = Field(
    "full_name",
    _("Full name"),
    longest=200,
    words=WORDS["full_name"],
    hint=_("Parted into first and last name"),
)


def has_name_or_company(values: Mapping[str, Any]) -> list[Problem]:
    if values.get("last_name") or values.get("company"):
        return []
    return [Problem("last_name", "no_name", str(_("Give a last name or a company.")))]


def has_a_period(values: Mapping[str, Any]) -> list[Problem]:
    first, last = values.get("valid_from"), values.get("valid_to")
    if first and last and last < first:
        return [Problem("valid_to", "turned_period", str(_("The last day lies before the first.")))]
    return []


def has_few_decimals(values: Mapping[str, Any]) -> list[Problem]:
    found = []
    if (values.get("decimals") or 0) > 5:
        found.append(Problem("decimals", "too_many_decimals", str(_("A quantity has at most 5 decimals."))))
    found += [
        Problem(name, "negative", str(_("It cannot be less than zero.")))
        for name in ("list_price", "standard_cost", "current_cost")
        if (values.get(name) or 0) < 0
    ]
    return found


def has_no_negative_limit(values: Mapping[str, Any]) -> list[Problem]:
    if (values.get("credit_limit") or 0) < 0:
        return [Problem("credit_limit", "negative", str(_("It cannot be less than zero.")))]
    return []


def rate_leads(_work: Any, leads: list[Lead]) -> None:
    """New leads are rated by the rules of the moment, as when they are typed in."""
    rules = rules_now()
    for lead in leads:
        score(lead, rules)


def date_refusals(_work: Any, contacts: list[Contact]) -> None:
    for contact in contacts:
        if contact.do_not_email or contact.do_not_phone or contact.do_not_post:
            since_when(contact)


def hold_families(_work: Any, accounts: list[Account]) -> None:
    for account in accounts:
        if account.parent_id:
            refuse_family_circle(account)


LEADS = Kind(
    name="leads", model=Lead, label=_("Leads"),
    fields=(
        replace(model_field(Lead, "topic"), required=True), FULL_NAME,
        *model_fields(
            Lead, "first_name", "last_name", "company", "job_title", "email", "phone", "mobile", "website", *ADDRESS,
            "source", "rating", "industry", "estimated_value", "estimated_close_on", "budget_amount", "budget_status",
            "need", "timeframe", "purchase_process", "decision_maker", "campaign", "do_not_email", "do_not_bulk_email",
            "do_not_phone", "do_not_post", "account", "contact",
        ),
        model_field(Lead, "owner", at_creation_only=True), model_field(Lead, "team", at_creation_only=True),
        NUMBER, EXTERNAL_KEY,
    ),
    keys=("external_key", "number", "email"), needed=("last_name", "company", "full_name"),
    needed_words=_("a last name, a full name or a company"), rules=(has_name_or_company,), create=create_lead,
    change=change_lead, numbering="lead", has_duplicates=True, splits_names=True, topic="lead.created",
    prepare=rate_leads,
    examples={
        "topic": "Laser cutting", "first_name": "Ada", "last_name": "Long", "company": "Borg GmbH",
        "email": "ada.long@example.com", "phone": "+49 711 123456", "street": "Hauptstr. 5", "postcode": "70173",
        "city": "Stuttgart", "country": "DE", "source": "trade_show", "estimated_value": "1250.00",
        "estimated_close_on": "2026-12-31",
    },
)  # fmt: skip
ACCOUNTS = Kind(
    name="accounts", model=Account, label=_("Accounts"),
    fields=(
        replace(model_field(Account, "name"), required=True),
        *model_fields(
            Account, "email", "phone", "website", "industry", *ADDRESS, "tax_number", "tax_treatment", "currency",
            "credit_limit", "payment_terms", "price_list", "territory", "language", "erp_code", "parent", "owner",
            "team",
        ),
        NUMBER, EXTERNAL_KEY,
    ),
    keys=("external_key", "number", "erp_code", "tax_number", "email", "name"), needed=("name",),
    needed_words=_("a name"), rules=(has_no_negative_limit,), create=create_account, change=change_account,
    numbering="account", has_duplicates=True, topic="account.created", prepare=hold_families,
    examples={
        "name": "Borg GmbH", "email": "info@example.com", "phone": "+49 711 123456", "street": "Hauptstr. 5",
        "postcode": "70173", "city": "Stuttgart", "country": "DE", "tax_number": "DE136695976", "erp_code": "10042",
    },
)  # fmt: skip
CONTACTS = Kind(
    name="contacts", model=Contact, label=_("Contacts"),
    fields=(
        FULL_NAME,
        *model_fields(
            Contact, "first_name", "last_name", "account", "job_title", "role", "email", "phone", "mobile", *ADDRESS,
            "language", "do_not_email", "do_not_phone", "do_not_post", "owner", "team",
        ),
        NUMBER, EXTERNAL_KEY,
    ),
    keys=("external_key", "number", "email"), needed=("last_name", "full_name"),
    needed_words=_("a last name or a full name"), create=create_contact, change=change_contact, numbering="contact",
    has_duplicates=True, splits_names=True, topic="contact.created", prepare=date_refusals,
    examples={
        "first_name": "Ada", "last_name": "Long", "account": "Borg GmbH", "email": "ada.long@example.com",
        "phone": "+49 711 123456", "mobile": "+49 151 1234567", "job_title": "Head of purchasing",
    },
)  # fmt: skip
PRODUCTS = Kind(
    name="products", model=Product, label=_("Products"),
    fields=(
        replace(model_field(Product, "sku"), required=True, is_key=True),
        replace(model_field(Product, "name"), required=True),
        replace(model_field(Product, "unit"), required=True),
        *model_fields(
            Product, "description", "kind", "family", "decimals", "list_price", "standard_cost", "current_cost",
            "tax_code", "valid_from", "valid_to",
        ),
        EXTERNAL_KEY,
    ),
    keys=("sku", "external_key"), needed=("sku",), needed_words=_("a SKU"), rules=(has_a_period, has_few_decimals),
    create=create_product, change=change_product, topic="product.created",
    examples={
        "sku": "CNC-40", "name": "Milling machine 40", "unit": "pc", "list_price": "9800.00", "kind": "product",
        "description": "Table 400 × 300 mm",
    },
)  # fmt: skip
