"""What the API says of those who have to do with a deal, and is told of them: whole lists, as they shall be."""

from typing import Any

from rest_framework import serializers

from customers.bodies import ContactRef
from kernel.bodies import Ref, Refusing, StepBody, many
from opportunities.involved_actions import LONGEST_NOTE, LONGEST_ROLE, MOST
from opportunities.models import Stage, Stakeholder
from people.models import User

TEXT: dict[str, Any] = {"required": False, "allow_blank": True}
ROLES = ", ".join(f"`{code}`" for code in Stakeholder.Role.values)


class ColleagueRef(Ref):
    """Somebody who works here, by username; whether they may see the deal is for the action to say."""

    def __init__(self, **options: Any) -> None:
        super().__init__(User, by=("username",), **options)

    def choices_for(self) -> Any:
        return User.objects.filter(is_active=True, is_service=False)


class StakeholderBody(Refusing):
    """A person at the customer with a say in the deal."""

    contact = ContactRef(required=True, allow_null=False, help_text="Contact, by id or number.")
    name = serializers.CharField(source="contact.name", read_only=True, help_text="Their name.")
    role = serializers.CharField(
        **TEXT,
        max_length=LONGEST_ROLE,
        help_text=f"One of {ROLES}, or own words.",
    )


class RivalBody(Refusing):
    """A competitor who wants the deal too."""

    name = serializers.CharField(
        source="competitor.name", max_length=100, help_text="Name; one that nobody knew of becomes known."
    )
    note = serializers.CharField(**TEXT, max_length=LONGEST_NOTE, help_text="What is to be said of them.")


class DealMemberBody(Refusing):
    """A colleague who works on the deal beside its owner."""

    user = ColleagueRef(help_text="Username; somebody who may see the deal.")
    role = serializers.CharField(**TEXT, max_length=LONGEST_ROLE, help_text="Their part in the deal.")


class StakeholdersBody(StepBody):
    """Everybody with a say, as it shall be."""

    stakeholders = many(StakeholderBody, max_length=MOST, help_text="All of them; who is not named goes.")


class RivalsBody(StepBody):
    """Every competitor, as it shall be."""

    competitors = many(RivalBody, max_length=MOST, help_text="All of them; who is not named goes.")


class MembersBody(StepBody):
    """The deal team, as it shall be."""

    members = many(DealMemberBody, max_length=MOST, help_text="All of them; who is not named goes.")


class JudgeBody(StepBody):
    """In which category of the forecast the deal counts."""

    forecast = serializers.ChoiceField(
        Stage.Forecast.choices, allow_null=True, help_text="Category; null leaves it to the stage."
    )
