"""Accounts and contacts through the API."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.bodies import CodeRef
from catalog.models import Currency, PaymentTerms, Territory
from customers import actions
from customers.bodies import RECORD, AccountRef, ContactRef, OwnerRef, PriceListRef, TeamRef
from customers.models import Account, Contact
from customers.selectors import open_business
from kernel.api import exact, flag, search, since
from kernel.bodies import RecordBody
from kernel.lifecycle import Step
from people.access import may
from people.removing_api import Removing
from people.resources import RecordViewSet, owned_by, pointing_at, verb

ADDRESS = ("street", "postcode", "city", "region", "country")


LANGUAGE_HELP = "Language of the documents, as in `de`; empty: the organization's own."


class AccountBody(RecordBody):
    """A company we sell to."""

    parent = AccountRef(help_text="Account above it, by id or number.")  # type: ignore[assignment]
    primary_contact = ContactRef(help_text="First person to turn to, by id or number.")
    currency = CodeRef(Currency)
    payment_terms = CodeRef(PaymentTerms, help_text="Usual payment terms, by code.")
    price_list = PriceListRef(help_text="Usual price list, by id or name.")
    territory = CodeRef(Territory, by=("name",), help_text="Sales region, by name.")
    owner = OwnerRef("account")
    team = TeamRef("account")

    reserved_as = "account"
    related = (
        "parent",
        "primary_contact",
        "currency",
        "payment_terms",
        "price_list",
        "territory",
        "owner",
        "team",
    )
    helps = {
        "tax_number": "Tax identification number.",
        "tax_treatment": "Whether taxes are charged.",
        "credit_limit": "How much may be owed, in base currency; only for some roles.",
        "erp_code": "Code of the customer in the ERP.",
        "language": LANGUAGE_HELP,
    }

    class Meta:
        model = Account
        fields: tuple[str, ...] = (
            *RECORD, "name", "parent", "primary_contact", "email", "phone", "website", "industry", *ADDRESS,
            "tax_number", "tax_treatment", "currency", "credit_limit", "payment_terms", "price_list", "territory",
            "language", "erp_code", "is_active", "owner", "team", "custom",
        )  # fmt: skip
        read_only_fields = ("number", "is_active")
        validators: list[Any] = []


class ContactBody(RecordBody):
    """A person, usually at an account."""

    account = AccountRef(help_text="Account the person belongs to, by id or number.")
    owner = OwnerRef("contact")
    team = TeamRef("contact")

    related = ("account", "owner", "team")
    helps = {"role": "Part the person plays there.", "language": LANGUAGE_HELP}

    class Meta:
        model = Contact
        fields: tuple[str, ...] = (
            *RECORD, "account", "first_name", "last_name", "job_title", "role", "email", "phone", "mobile",
            "do_not_email", "do_not_phone", "language", *ADDRESS, "is_active", "owner", "team", "custom",
        )  # fmt: skip
        read_only_fields = ("number", "is_active")
        validators: list[Any] = []


class CustomerViewSet(Removing, RecordViewSet):
    """Customers come into and out of use."""

    def steps_of(self, record: Any) -> Sequence[Step]:
        name, label = ("deactivate", _("Deactivate")) if record.is_active else ("activate", _("Activate"))
        if not may(self.request.user, name, record):
            return ()
        blockers = tuple(open_business(record)) if record.is_active else ()
        return [Step(name, label, blockers=blockers, danger=record.is_active)]


class AccountViewSet(CustomerViewSet):
    """Companies."""

    body = AccountBody
    row = AccountBody
    create_action = actions.create_account
    change_action = actions.change_account
    filters = {
        "q": search(),
        "is_active": flag("is_active", "Whether it is in use."),
        "owner": owned_by(),
        "parent": pointing_at("parent", Account, "Account above it"),
        "number": exact("number", "Number."),
        "erp_code": exact("erp_code", "Code in the ERP."),
        "email": exact("email", "E-mail address."),
        "updated_since": since("updated_at", "Changed at this moment or later."),
    }
    ordering = {name: name for name in ("created_at", "updated_at", "number", "name")}

    @verb()
    def activate(self, account: Account) -> Account:
        """Do business with it again."""
        return actions.activate_account(account, by=self.by)

    @verb()
    def deactivate(self, account: Account) -> Account:
        """Stop doing business with it."""
        return actions.deactivate_account(account, by=self.by)


class ContactViewSet(CustomerViewSet):
    """People."""

    body = ContactBody
    row = ContactBody
    create_action = actions.create_contact
    change_action = actions.change_contact
    filters = {
        "q": search(),
        "is_active": flag("is_active", "Whether it is in use."),
        "owner": owned_by(),
        "account": pointing_at("account", Account, "Account"),
        "number": exact("number", "Number."),
        "email": exact("email", "E-mail address."),
        "updated_since": since("updated_at", "Changed at this moment or later."),
    }
    ordering = {name: name for name in ("created_at", "updated_at", "number", "last_name")}

    @verb()
    def activate(self, contact: Contact) -> Contact:
        """Do business with the person again."""
        return actions.activate_contact(contact, by=self.by)

    @verb()
    def deactivate(self, contact: Contact) -> Contact:
        """Stop doing business with the person."""
        return actions.deactivate_contact(contact, by=self.by)
