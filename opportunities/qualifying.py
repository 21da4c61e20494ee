"""What qualifying a lead makes or uses: the choices of a person, and what came of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.actions import change_account, create_account, create_contact
from customers.models import Account, Contact
from kernel import history
from kernel.customfields import carried
from kernel.errors import Blocker, DomainError
from kernel.writing import locked
from leads.models import Lead
from leads.selectors import Match, certain, matching_accounts, matching_contacts
from opportunities.deals import open_opportunity
from opportunities.models import Opportunity, Stage
from people.access import may, require
from people.models import User

ASKED_IN_PLACE = frozenset({"company", "first_name", "last_name", "email", "phone"})


class Make(Enum):
    """What to do where no existing record is chosen."""

    DEFAULT = "default"  # the lead's own customer, else a new one if the lead says enough
    NEW = "new"


@dataclass(frozen=True)
class NewOpportunity:
    """What is different about the opportunity from what the lead says."""

    name: str = ""
    estimated_revenue: Decimal | None = None
    estimated_close_on: date | None = None
    stage: Stage | None = None


@dataclass(frozen=True)
class Choices:
    """Which account, contact and opportunity: an existing one, a new one, or (None) none at all."""

    account: Account | Make | None = Make.DEFAULT
    contact: Contact | Make | None = Make.DEFAULT
    opportunity: Opportunity | NewOpportunity | Make | None = Make.DEFAULT
    reason: str = ""  # why a customer is made although a very similar one is known
    fill: frozenset[str] = frozenset()  # "account", "contact": what it does not say yet, the lead does
    said: Mapping[str, Any] = field(default_factory=dict)  # fields of the lead that were asked for in place


AS_THE_LEAD_SAYS = Choices()


@dataclass(frozen=True)
class Qualification:
    """What a lead became."""

    lead: Lead
    account: Account | None
    contact: Contact | None
    opportunity: Opportunity | None
    made: frozenset[str] = frozenset()  # which of the three are new

    @property
    def heir(self) -> Any:
        """Who goes on with what is still to do."""
        return self.opportunity or self.contact or self.account


@dataclass(frozen=True)
class BulkResult:
    """What came of one lead among many."""

    lead: Lead
    qualification: Qualification | None = None
    refusal: str = ""
    blockers: tuple[Blocker, ...] = ()


def customers_of(lead: Lead, choices: Choices, by: User) -> tuple[Account | None, Contact | None, set[str]]:
    """The account and the contact as chosen, and which of them were made; part of qualifying."""
    refuse_unseen(choices, by)
    account, is_new_account = chosen_account(lead, choices, by)
    contact, is_new_contact = chosen_contact(lead, choices, by)
    if is_new_account:
        account = create_account(by=by, **account_values(lead))
    if is_new_contact:
        contact = create_contact(by=by, **contact_values(lead, account))
    if is_new_account and account and contact:
        account = change_account(account, by=by, primary_contact=contact)
    made = {name for name, is_new in (("account", is_new_account), ("contact", is_new_contact)) if is_new}
    return account, contact, made


def chosen_account(lead: Lead, choices: Choices, by: User) -> tuple[Account | None, bool]:
    """The existing account to use, and whether a new one is to be made, which may be refused."""
    if isinstance(choices.account, Account):
        return choices.account, False
    if choices.account is Make.DEFAULT and (lead.account or not lead.company):
        return lead.account, False
    if choices.account is None:
        return None, False
    if not lead.company:
        text = _("The lead names no company; choose an account or none.")
        raise DomainError(text, code="no_name", field="account")
    refuse_probable_duplicate("account", lead, choices, by, certain(matching_accounts(lead, by)))
    return None, True


def chosen_contact(lead: Lead, choices: Choices, by: User) -> tuple[Contact | None, bool]:
    """The existing contact to use, and whether a new one is to be made, which may be refused."""
    if isinstance(choices.contact, Contact):
        return choices.contact, False
    if choices.contact is Make.DEFAULT and (lead.contact or not lead.last_name):
        return lead.contact, False
    if choices.contact is None:
        return None, False
    if not lead.last_name:
        text = _("The lead names no person; choose a contact or none.")
        raise DomainError(text, code="no_name", field="contact")
    refuse_probable_duplicate("contact", lead, choices, by, certain(matching_contacts(lead, by)))
    return None, True


def opportunity_of(
    lead: Lead, choices: Choices, account: Account | None, contact: Contact | None, by: User
) -> Opportunity | None:
    """The opportunity as chosen, made if it is new; part of qualifying."""
    chosen = choices.opportunity
    if chosen is Make.DEFAULT:
        refuse_undecided(lead)
        chosen = NewOpportunity()
    if chosen is Make.NEW:
        chosen = NewOpportunity()
    if isinstance(chosen, NewOpportunity):
        if account is None and contact is None:
            text = _("An opportunity needs an account or a contact.")
            raise DomainError(text, code="no_customer", field="account")
        values = opportunity_values(lead, chosen) | {"account": account, "contact": contact}
        return open_opportunity(by, values, lead=lead)
    if chosen is not None and chosen.lead_id not in (None, lead.pk):
        raise DomainError(_("It comes from another lead."), code="other_lead", field="opportunity")
    if chosen is not None and chosen.lead_id is None:
        chosen = locked(chosen)
        chosen.lead = lead
        chosen.save()
        history.record(chosen, "linked", by=by, note=str(lead))
    return chosen


def refuse_unseen(choices: Choices, by: User) -> None:
    """Nobody links what does not exist for them, or what we stopped dealing with."""
    for name in ("account", "contact", "opportunity"):
        record = getattr(choices, name)
        if isinstance(record, Account | Contact | Opportunity) and not may(by, "view", record):
            raise DomainError(_("There is no such %(what)s.") % {"what": name}, code="not_found", field=name)
        if isinstance(record, Account | Contact) and not record.is_active:
            raise DomainError(_("%(who)s is inactive.") % {"who": record}, code="inactive", field=name)


def refuse_probable_duplicate(field: str, lead: Lead, choices: Choices, by: User, known: list[Match]) -> None:
    """A very similar customer is not made a second time unless somebody who may says why."""
    if not known:
        return None
    if choices.reason.strip():
        return require(by, "override_duplicate", lead)
    blockers = [
        Blocker(
            "probable_duplicate",
            _("%(name)s is known already (%(reasons)s): use it, or say why another one is needed")
            % {"name": match.record.name, "reasons": ", ".join(str(reason) for reason in match.reasons)},
            field=field,
            record=match.record.ref,
            fix_url=match.record.get_absolute_url(),
        )
        for match in known
    ]
    raise DomainError(blockers[0].text, code="probable_duplicate", field=field, blockers=blockers)


def refuse_undecided(lead: Lead) -> None:
    """A lead that was qualified before is not given another opportunity without being told so."""
    blockers = [
        Blocker(
            "has_opportunity",
            _("%(opportunity)s is still there: keep it, or make another one beside it")
            % {"opportunity": known},
            field="opportunity",
            record=known.ref,
            fix_url=known.get_absolute_url(),
        )
        for known in lead.opportunities.order_by("id")[:10]
    ]
    if blockers:
        raise DomainError(blockers[0].text, code="has_opportunity", field="opportunity", blockers=blockers)


def account_values(lead: Lead) -> dict[str, Any]:
    """The company as the lead knows it."""
    person_follows = bool(lead.last_name)
    return {
        "name": lead.company,
        "email": "" if person_follows else lead.email,
        "phone": lead.phone,
        "website": lead.website,
        "industry": lead.industry,
        "custom": carried(lead, Account),
        **address_and_owner(lead),
    }


def contact_values(lead: Lead, account: Account | None) -> dict[str, Any]:
    """The person as the lead knows them."""
    return {
        "account": account,
        "first_name": lead.first_name,
        "last_name": lead.last_name,
        "job_title": lead.job_title,
        "email": lead.email,
        "phone": lead.phone,
        "mobile": lead.mobile,
        "do_not_email": lead.do_not_email,
        "do_not_phone": lead.do_not_phone,
        "custom": carried(lead, Contact),
        **address_and_owner(lead),
    }


def address_and_owner(lead: Lead) -> dict[str, Any]:
    names = ("street", "postcode", "city", "region", "country", "owner", "team")
    return {name: getattr(lead, name) for name in names}


def opportunity_values(lead: Lead, wanted: NewOpportunity) -> dict[str, Any]:
    """The deal as the lead and the person who qualifies it see it."""
    values: dict[str, Any] = {
        "name": wanted.name or lead.topic,
        "estimated_revenue": next(
            (v for v in (wanted.estimated_revenue, lead.estimated_value) if v is not None), 0
        ),
        "estimated_close_on": wanted.estimated_close_on or lead.estimated_close_on,
        "need": lead.need,
        "timeframe": lead.timeframe,
        "custom": carried(lead, Opportunity),
        "owner": lead.owner,
        "team": lead.team,
    }
    return values | ({"stage": wanted.stage} if wanted.stage else {})
