"""What the API says of the parts of a customer: further addresses, e-mails and phones, companies, hierarchy."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from customers.bodies import AccountRef
from customers.book_actions import MOST, AddressSaid, Tie
from customers.models import Account, BookAddress, ContactPoint, InactiveReason
from customers.points import Point, points_of
from kernel.bodies import Refusing, StepBody, many

TEXT: dict[str, Any] = {"required": False, "allow_blank": True}


class ContactPointBody(Refusing):
    """One e-mail address or phone number."""

    kind = serializers.ChoiceField(ContactPoint.Kind.choices, help_text="What it is.")
    value = serializers.CharField(max_length=254, help_text="The address or the number.")
    label = serializers.CharField(**TEXT, max_length=60, help_text="What it is for.")  # type: ignore[assignment]
    is_primary = serializers.BooleanField(
        required=False, help_text="Whether it is the one in the column `email`, `phone` or `mobile`."
    )


class AddressBody(Refusing):
    """One further address of a customer."""

    kind = serializers.ChoiceField(BookAddress.Kind.choices, help_text="What goes there.")
    label = serializers.CharField(**TEXT, max_length=60, help_text="What people call it.")  # type: ignore[assignment]
    name = serializers.CharField(
        **TEXT, max_length=200, help_text="Recipient; without one the customer's name."
    )
    street = serializers.CharField(**TEXT, max_length=200)
    postcode = serializers.CharField(**TEXT, max_length=20)
    city = serializers.CharField(**TEXT, max_length=100)
    region = serializers.CharField(**TEXT, max_length=60)
    country = serializers.CharField(**TEXT, max_length=2)
    is_default = serializers.BooleanField(
        required=False, help_text="Whether new documents start with it; one of each kind at most."
    )


class AffiliationBody(Refusing):
    """A further company of a person."""

    account = AccountRef(required=True, allow_null=False, help_text="The company, by id or number.")
    role = serializers.CharField(**TEXT, max_length=60, help_text="Part the person plays there.")
    note = serializers.CharField(**TEXT, max_length=200, help_text="Remark.")


class PointsBody(StepBody):
    """Every e-mail address and phone number, as they shall be."""

    contact_points = many(ContactPointBody, max_length=MOST, help_text="All of them; what is not named goes.")


class AddressesBody(StepBody):
    """Every further address, as they shall be."""

    addresses = many(AddressBody, max_length=MOST, help_text="All of them; what is not named goes.")


class AffiliationsBody(StepBody):
    """Every further company of a person, as they shall be."""

    affiliations = many(AffiliationBody, max_length=MOST, help_text="All of them; what is not named goes.")


class DeactivateBody(StepBody):
    """Why we stop dealing with a customer."""

    reason = serializers.ChoiceField(
        InactiveReason.choices, required=False, help_text="Why; `other` by default."
    )
    note = serializers.CharField(**TEXT, max_length=1000, help_text="Remark, kept in the history.")


class ActivateBody(StepBody):
    """A remark on dealing with a customer again."""

    note = serializers.CharField(**TEXT, max_length=1000, help_text="Remark, kept in the history.")


class FamilyMemberBody(serializers.Serializer[Any]):
    """An account in the family of another."""

    id = serializers.UUIDField(source="account.public_id", help_text="Id of the account.")
    number = serializers.CharField(source="account.number", help_text="Number of the account.")
    name = serializers.CharField(source="account.name", help_text="Name of the account.")
    parent = serializers.UUIDField(  # type: ignore[assignment]
        source="above", allow_null=True, help_text="Id of the account above it, as far as one may see it."
    )
    level = serializers.IntegerField(help_text="How deep it stands below the topmost that one may see.")
    is_active = serializers.BooleanField(source="account.is_active", help_text="Whether it is in use.")


class WithPoints(serializers.Serializer[Any]):
    """A customer together with what it has several of."""

    contact_points = serializers.SerializerMethodField(
        help_text="Every e-mail address and phone number; written by the step `contact-points`."
    )
    addresses = AddressBody(
        many=True, read_only=True, help_text="Further addresses; written by the step `addresses`."
    )

    @extend_schema_field(ContactPointBody(many=True))
    def get_contact_points(self, record: Any) -> Any:
        return ContactPointBody(points_of(record), many=True).data


class WithAffiliations(serializers.Serializer[Any]):
    """A person together with their further companies."""

    affiliations = serializers.SerializerMethodField(
        help_text="Further companies of the person; written by the step `affiliations`."
    )

    @extend_schema_field(AffiliationBody(many=True))
    def get_affiliations(self, record: Any) -> Any:
        ties = list(record.affiliations.all())
        visible = self.context.get("visible")
        if visible and ties:
            seen = set(
                visible(Account.objects.filter(pk__in=[tie.account_id for tie in ties])).values_list(
                    "pk", flat=True
                )
            )
            ties = [tie for tie in ties if tie.account_id in seen]
        return AffiliationBody(ties, many=True).data


def points_said(rows: list[dict[str, Any]]) -> list[Point]:
    return [Point(**row) for row in rows]


def addresses_said(rows: list[dict[str, Any]]) -> list[AddressSaid]:
    return [AddressSaid(**row) for row in rows]


def ties_said(rows: list[dict[str, Any]]) -> list[Tie]:
    return [Tie(**row) for row in rows]
