"""What can be done to accounts and contacts, what is refused and to whom."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from customers.actions import (
    activate_account,
    activate_contact,
    change_account,
    change_contact,
    create_account,
    create_contact,
    deactivate_account,
    deactivate_contact,
)
from customers.models import Account, Contact
from kernel import history
from kernel.errors import Conflict, DomainError, TransitionRefused
from kernel.models import HistoryEntry, OutboxMessage
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import (
    AccountFactory,
    ContactFactory,
    LeadFactory,
    OpportunityFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller():
    return UserFactory()


@pytest.fixture
def manager(seller):
    return UserFactory(role="sales_manager", team=seller.team)


def untouched(record):
    now = type(record).objects.get(pk=record.pk)
    return (
        now.version == record.version
        and not HistoryEntry.objects.exists()
        and not OutboxMessage.objects.exists()
    )


def test_a_new_account_has_a_number_an_owner_and_a_history(seller):
    account = create_account(by=seller, name="Borg GmbH", city="Berlin")

    assert account.number.startswith("ACC-")
    assert (account.owner, account.team, account.is_active) == (seller, seller.team, True)
    assert history.of(account).get().verb == "created"
    assert OutboxMessage.objects.get().topic == "account.created"


def test_a_new_contact_hangs_on_its_account(seller):
    account = AccountFactory(owner=seller)

    contact = create_contact(by=seller, last_name="Long", account=account)

    assert contact.number.startswith("CON-")
    assert list(account.contacts.all()) == [contact]
    assert OutboxMessage.objects.get().topic == "contact.created"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "B", "email": "no"}, "email"),
        ({"name": "B", "country": "DEU"}, "country"),
        ({"name": "B", "tax_treatment": "none"}, "tax_treatment"),
        ({"name": "B", "number": "ACC-1"}, "number"),
        ({"name": "B", "is_active": False}, "is_active"),
        ({"name": "B", "search_text": "x"}, "search_text"),
    ],
)
def test_a_value_that_does_not_fit_names_its_field_and_nothing_is_made(seller, values, field):
    with pytest.raises(DomainError) as refused:
        create_account(by=seller, **values)

    assert refused.value.field == field
    assert not Account.objects.exists()


def test_the_credit_limit_is_for_those_who_may_see_it(seller, manager):
    with pytest.raises(DomainError) as refused:
        create_account(by=seller, name="Borg", credit_limit=Decimal(5))
    assert (refused.value.code, refused.value.field) == ("reserved_field", "credit_limit")

    account = create_account(by=manager, name="Borg", credit_limit=Decimal(5))
    changed = change_account(account, by=seller, phone="1", credit_limit=Decimal(5))
    assert (changed.phone, changed.credit_limit) == ("1", 5)
    with pytest.raises(DomainError):
        change_account(account, by=seller, credit_limit=Decimal(500))


def test_a_change_is_remembered_field_by_field(seller):
    account = AccountFactory(owner=seller, name="Old")

    change_account(account, by=seller, name="New", version=1)

    assert history.of(account).get().changes == {"name": ["Old", "New"]}
    assert OutboxMessage.objects.get().topic == "account.changed"
    with pytest.raises(Conflict):
        change_account(account, by=seller, name="Other", version=1)


def test_a_change_that_changes_nothing_leaves_no_trace(seller):
    contact = ContactFactory(owner=seller)

    change_contact(contact, by=seller, last_name=contact.last_name)

    assert untouched(contact)


def test_a_company_cannot_stand_above_itself(seller):
    top = AccountFactory(owner=seller)
    middle = AccountFactory(owner=seller, parent=top)
    below = AccountFactory(owner=seller, parent=middle)

    for parent in (top, middle, below):
        with pytest.raises(DomainError) as refused:
            change_account(top, by=seller, parent=parent)
        assert (refused.value.code, refused.value.field) == ("parent_circle", "parent")
    assert Account.objects.get(pk=top.pk).parent is None


def test_a_new_owner_brings_the_team(seller, manager):
    below = UserFactory(team=TeamFactory(parent=seller.team))

    account = change_account(AccountFactory(owner=seller), by=manager, owner=below)

    assert (account.owner, account.team) == (below, below.team)


def test_an_account_is_handed_only_to_people_in_reach(seller):
    account = AccountFactory(owner=UserFactory(team=seller.team))

    with pytest.raises(DomainError) as refused:
        change_account(account, by=seller, owner=UserFactory())

    assert refused.value.code == "out_of_reach"
    assert untouched(account)


@pytest.mark.parametrize("role", ["salesperson", "sales_manager"])
def test_accounts_of_other_teams_are_not_changed(seller, role):
    account = AccountFactory(owner=seller)

    with pytest.raises(PermissionDenied):
        change_account(account, by=UserFactory(role=role), name="Mine now")

    assert untouched(account)


def test_finance_changes_accounts_but_makes_none_and_leaves_people_alone(seller):
    finance = UserFactory(role="finance")

    assert change_account(AccountFactory(owner=seller), by=finance, credit_limit=Decimal(9)).credit_limit == 9
    with pytest.raises(PermissionDenied):
        create_account(by=finance, name="Borg")
    with pytest.raises(PermissionDenied):
        change_contact(ContactFactory(owner=seller), by=finance, phone="1")


# --- out of business and back ------------------------------------------------------------------------------------


def test_a_manager_takes_a_customer_out_of_business_and_back(seller, manager):
    account = deactivate_account(AccountFactory(owner=seller), by=manager)
    assert not Account.objects.get().is_active

    activate_account(account, by=manager)
    assert Account.objects.get().is_active
    assert [entry.verb for entry in history.of(account)] == ["activated", "deactivated"]
    assert list(OutboxMessage.objects.order_by("id").values_list("topic", flat=True)) == [
        "account.deactivated", "account.activated",
    ]  # fmt: skip


def test_a_contact_goes_and_comes_the_same_way(seller, manager):
    contact = deactivate_contact(ContactFactory(owner=seller), by=manager)
    assert not Contact.objects.get().is_active

    assert activate_contact(contact, by=manager).is_active


def test_open_business_keeps_a_customer_and_all_of_it_is_named(seller, manager):
    account = AccountFactory(owner=seller, name="Borg")
    LeadFactory(account=account)
    OpportunityFactory.create_batch(2, account=account)
    QuoteFactory(account=account, status="active")
    OrderFactory(account=account, status="submitted")
    InvoiceFactory(account=account)

    with pytest.raises(TransitionRefused) as refused:
        deactivate_account(account, by=manager)

    assert [blocker.code for blocker in refused.value.blockers] == [
        "open_lead", "open_opportunity", "open_quote", "open_order", "open_invoice",
    ]  # fmt: skip
    assert refused.value.reasons[1] == "2 open: opportunities"
    assert refused.value.blockers[1].fix_url.startswith("/opportunities/?")
    assert untouched(account)


def test_closed_business_keeps_nobody(seller, manager):
    account = AccountFactory(owner=seller)
    OpportunityFactory(account=account, status="lost")
    QuoteFactory(account=account, status="closed")

    assert not deactivate_account(account, by=manager).is_active


@pytest.mark.parametrize("step", [deactivate_account, activate_account])
def test_a_salesperson_switches_nobody_off_or_on(seller, step):
    account = AccountFactory(owner=seller, is_active=step is deactivate_account)

    with pytest.raises(PermissionDenied):
        step(account, by=seller)

    assert untouched(account)


def test_what_is_off_is_not_switched_off_and_what_is_on_not_on(seller, manager):
    with pytest.raises(TransitionRefused, match="it is inactive already"):
        deactivate_account(AccountFactory(owner=seller, is_active=False), by=manager)
    with pytest.raises(TransitionRefused, match="it is active already"):
        activate_account(AccountFactory(owner=seller), by=manager)


# --- what the database itself knows ------------------------------------------------------------------------------


def test_the_database_refuses_a_negative_credit_limit_and_a_number_given_twice():
    account = AccountFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Account.objects.update(credit_limit=-1)
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountFactory(number=account.number)


def test_an_account_with_people_is_kept():
    contact = ContactFactory(account=AccountFactory())

    with pytest.raises(ProtectedError), transaction.atomic():
        contact.account.delete()
