"""Accounts and contacts through the API."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.bodies import CodeRef
from catalog.models import Currency, PaymentTerms, Territory
from customers import actions, book_actions
from customers.bodies import RECORD, AccountRef, ContactRef, OwnerRef, PriceListRef, TeamRef
from customers.book_bodies import (
    ActivateBody,
    AddressesBody,
    AffiliationsBody,
    DeactivateBody,
    FamilyMemberBody,
    PointsBody,
    WithAffiliations,
    WithPoints,
    addresses_said,
    points_said,
    ties_said,
)  # fmt: skip
from customers.family import Member, family_ids, family_of
from customers.models import Account, Contact
from customers.selectors import open_business
from kernel.api import Narrow, exact, flag, search, since
from kernel.bodies import RecordBody
from kernel.lifecycle import Step
from people.access import may, visible
from people.removing_api import Removing
from people.resources import RecordViewSet, owned_by, pointing_at, verb

ADDRESS = ("street", "postcode", "city", "region", "country")


CONSENT = (
    "do_not_email", "do_not_email_since", "do_not_email_how", "do_not_phone", "do_not_phone_since", "do_not_phone_how",
    "do_not_post", "do_not_post_since", "do_not_post_how",
)  # fmt: skip
CONSENT_HELPS = {
    "do_not_post": "Does not want post.",
    **{f"do_not_{channel}_since": f"Since when: {words}; today unless said." for channel, words in
       (("email", "no e-mail"), ("phone", "no calls"), ("post", "no post"))},
    **{f"do_not_{channel}_how": f"How we know: {words}." for channel, words in
       (("email", "no e-mail"), ("phone", "no calls"), ("post", "no post"))},
}  # fmt: skip
WHY_INACTIVE = "Why it is inactive; empty while it is in use."
LANGUAGE_HELP = "Language of the documents, as in `de`; empty: the organization's own."


class AccountRow(RecordBody):
    """A company, without its addresses and contact points."""

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
        "inactive_reason": WHY_INACTIVE,
    }

    class Meta:
        model = Account
        fields: tuple[str, ...] = (
            *RECORD, "name", "parent", "primary_contact", "email", "phone", "website", "industry", *ADDRESS,
            "tax_number", "tax_treatment", "currency", "credit_limit", "payment_terms", "price_list", "territory",
            "language", "erp_code", "is_active", "inactive_reason", "owner", "team", "custom",
        )  # fmt: skip
        read_only_fields = ("number", "is_active", "inactive_reason")
        validators: list[Any] = []


class ContactRow(RecordBody):
    """A person, without addresses, contact points and further companies."""

    account = AccountRef(help_text="Account the person belongs to, by id or number.")
    owner = OwnerRef("contact")
    team = TeamRef("contact")

    related = ("account", "owner", "team")
    helps = {
        "role": "Part the person plays there.", "language": LANGUAGE_HELP, "inactive_reason": WHY_INACTIVE,
        **CONSENT_HELPS,
    }  # fmt: skip

    class Meta:
        model = Contact
        fields: tuple[str, ...] = (
            *RECORD, "account", "first_name", "last_name", "job_title", "role", "email", "phone", "mobile",
            *CONSENT, "language", *ADDRESS, "is_active", "inactive_reason", "owner", "team", "custom",
        )  # fmt: skip
        read_only_fields = ("number", "is_active", "inactive_reason")
        validators: list[Any] = []


class AccountBody(WithPoints, AccountRow):
    """A company we sell to."""

    prefetched = ("points", "addresses")

    class Meta(AccountRow.Meta):
        fields = (*AccountRow.Meta.fields, "contact_points", "addresses")


class ContactBody(WithAffiliations, WithPoints, ContactRow):
    """A person, usually at an account."""

    prefetched = ("points", "addresses", "affiliations__account")

    class Meta(ContactRow.Meta):
        fields = (*ContactRow.Meta.fields, "contact_points", "addresses", "affiliations")


def below(column: str) -> Narrow:
    """Rows of one account and of everything below it."""

    def apply(queryset: QuerySet[Any], value: str, user: Any) -> QuerySet[Any]:
        pk = visible(user, Account.objects.by_ref(value)).values_list("pk", flat=True).first()
        return queryset.none() if pk is None else queryset.filter(**{f"{column}__in": family_ids(pk)})

    return Narrow("This account and everything below it, by id or number.", apply)


class CustomerViewSet(Removing, RecordViewSet):
    """Customers come into and out of use."""

    def steps_of(self, record: Any) -> Sequence[Step]:
        name, label = ("deactivate", _("Deactivate")) if record.is_active else ("activate", _("Activate"))
        if not may(self.request.user, name, record):
            return ()
        blockers = tuple(open_business(record)) if record.is_active else ()
        return [Step(name, label, blockers=blockers, danger=record.is_active, asks=record.is_active)]


class AccountViewSet(CustomerViewSet):
    """Companies."""

    body = AccountBody
    row = AccountRow
    create_action = actions.create_account
    change_action = actions.change_account
    filters = {
        "q": search(),
        "is_active": flag("is_active", "Whether it is in use."),
        "owner": owned_by(),
        "parent": pointing_at("parent", Account, "Account above it"),
        "below": below("pk"),
        "number": exact("number", "Number."),
        "erp_code": exact("erp_code", "Code in the ERP."),
        "email": exact("email", "E-mail address."),
        "updated_since": since("updated_at", "Changed at this moment or later."),
    }
    ordering = {name: name for name in ("created_at", "updated_at", "number", "name")}

    @verb(ActivateBody)
    def activate(self, account: Account, **said: Any) -> Account:
        """Do business with it again."""
        return actions.activate_account(account, by=self.by, **said)

    @verb(DeactivateBody)
    def deactivate(self, account: Account, **said: Any) -> Account:
        """Stop doing business with it, and say why."""
        return actions.deactivate_account(account, by=self.by, **said)

    @verb(PointsBody, name="contact-points")
    def set_points(self, account: Account, contact_points: list[dict[str, Any]]) -> Account:
        """Say every e-mail address and phone number; the primary ones become `email`, `phone`."""
        return book_actions.set_points(account, points_said(contact_points), by=self.by)

    @verb(AddressesBody, name="addresses")
    def set_addresses(self, account: Account, addresses: list[dict[str, Any]]) -> Account:
        """Say every further address; the defaults are what new documents start with."""
        return book_actions.set_addresses(account, addresses_said(addresses), by=self.by)

    @extend_schema(responses=FamilyMemberBody(many=True), filters=False)
    @action(detail=True, pagination_class=None)
    def family(self, request: Request, **where: Any) -> Response:
        """All accounts of its hierarchy that one may see, from the top, each below the one it hangs on."""
        one = self.one()
        return Response(FamilyMemberBody(family_of(one, request.user) or [Member(one)], many=True).data)


class ContactViewSet(CustomerViewSet):
    """People."""

    body = ContactBody
    row = ContactRow
    create_action = actions.create_contact
    change_action = actions.change_contact
    filters = {
        "q": search(),
        "is_active": flag("is_active", "Whether it is in use."),
        "owner": owned_by(),
        "account": pointing_at("account", Account, "Account"),
        "below": below("account"),
        "number": exact("number", "Number."),
        "email": exact("email", "E-mail address."),
        "updated_since": since("updated_at", "Changed at this moment or later."),
    }
    ordering = {name: name for name in ("created_at", "updated_at", "number", "last_name")}

    @verb(ActivateBody)
    def activate(self, contact: Contact, **said: Any) -> Contact:
        """Do business with the person again."""
        return actions.activate_contact(contact, by=self.by, **said)

    @verb(DeactivateBody)
    def deactivate(self, contact: Contact, **said: Any) -> Contact:
        """Stop doing business with the person, and say why."""
        return actions.deactivate_contact(contact, by=self.by, **said)

    @verb(PointsBody, name="contact-points")
    def set_points(self, contact: Contact, contact_points: list[dict[str, Any]]) -> Contact:
        """Say every e-mail address and phone number; the primary ones become `email`, `phone` and `mobile`."""
        return book_actions.set_points(contact, points_said(contact_points), by=self.by)

    @verb(AddressesBody, name="addresses")
    def set_addresses(self, contact: Contact, addresses: list[dict[str, Any]]) -> Contact:
        """Say every further address; the defaults are what new documents start with."""
        return book_actions.set_addresses(contact, addresses_said(addresses), by=self.by)

    @verb(AffiliationsBody, name="affiliations")
    def set_affiliations(self, contact: Contact, affiliations: list[dict[str, Any]]) -> Contact:
        """Say with which further companies the person has to do."""
        return book_actions.set_affiliations(contact, ties_said(affiliations), by=self.by)
