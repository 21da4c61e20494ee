"""The pages of accounts and contacts as a person meets them, without JavaScript."""

from decimal import Decimal

import pytest
from django.urls import reverse

from customers.models import Account, Contact
from tests.factories import (
    AccountFactory,
    ContactFactory,
    OpportunityFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(client):
    user = UserFactory()
    client.force_login(user)
    return user


@pytest.mark.parametrize(("page", "factory"), [("accounts", AccountFactory), ("contacts", ContactFactory)])
def test_the_list_shows_those_of_the_team(client, seller, page, factory):
    mine = factory(owner=seller)
    beside = factory(owner=UserFactory(team=seller.team))
    strange = factory(owner=UserFactory())

    text = client.get(reverse(f"customers:{page}")).text

    assert mine.get_absolute_url() in text
    assert beside.get_absolute_url() in text
    assert strange.get_absolute_url() not in text


def test_the_list_is_searched_and_filtered(client, seller):
    AccountFactory(owner=seller, name="Müller & Söhne")
    AccountFactory(owner=seller, name="Vela", is_active=False)
    address = reverse("customers:accounts")

    assert "Vela" not in client.get(address, {"q": "muller sohne"}).text
    assert "Müller" not in client.get(address, {"is_active": "False"}).text


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(("page", "factory"), [("accounts", AccountFactory), ("contacts", ContactFactory)])
def test_the_lists_cost_the_same_however_long(
    client, seller, rows, page, factory, django_assert_max_num_queries
):
    factory.create_batch(rows, owner=seller)

    with django_assert_max_num_queries(8):
        assert client.get(reverse(f"customers:{page}")).status_code == 200


def test_the_credit_limit_is_shown_only_to_those_who_may_see_it(client, seller):
    account = AccountFactory(owner=seller, credit_limit=Decimal(60000))
    assert "Credit limit" not in client.get(account.get_absolute_url()).text
    assert "credit_limit" not in client.get(account.get_absolute_url() + "edit/").text

    client.force_login(UserFactory(role="finance"))
    assert "60,000" in client.get(account.get_absolute_url()).text


def test_a_salesperson_keeps_a_credit_limit_they_cannot_see(client, seller):
    account = AccountFactory(owner=seller, credit_limit=Decimal(60000))

    answer = client.post(
        account.get_absolute_url() + "edit/",
        {"name": "New", "tax_treatment": "normal", "owner": str(seller.pk), "credit_limit": "1"},
    )

    assert answer.status_code == 302
    saved = Account.objects.get()
    assert (saved.name, saved.credit_limit) == ("New", 60000)


def test_what_is_invisible_does_not_exist(client, seller):
    for record in (AccountFactory(owner=UserFactory()), ContactFactory(owner=UserFactory())):
        base = record.get_absolute_url()
        assert client.get(base).status_code == 404
        assert client.get(base + "edit/").status_code == 404
        assert client.post(base + "deactivate/").status_code == 404
        assert client.post(base + "activate/").status_code == 404


def test_an_account_and_a_contact_are_created_from_their_forms(client, seller):
    client.post(reverse("customers:account-new"), {"name": "Borg GmbH", "tax_treatment": "normal"})
    account = Account.objects.get()
    assert (account.name, account.owner) == ("Borg GmbH", seller)

    text = client.get(reverse("customers:contact-new"), {"account": account.ref}).text
    assert f"{account.number} Borg GmbH" in text
    client.post(reverse("customers:contact-new"), {"last_name": "Long", "account": account.number})
    assert Contact.objects.get().account == account


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": ""}, "Name: This field is required."),
        ({"email": "ada@"}, "E-mail: Enter a valid email address."),
        ({"parent": "Nobody"}, "Parent account: Nothing clear found for “Nobody”"),
        ({"owner": "999999"}, "Owner: Select a valid choice."),
        ({"tax_treatment": ""}, "Tax treatment: This field is required."),
    ],
)
def test_bad_input_names_its_field_keeps_what_was_typed_and_changes_nothing(client, seller, wrong, message):
    posted = {"name": "Borg", "tax_treatment": "normal", "city": "Berlin"} | wrong

    answer = client.post(reverse("customers:account-new"), posted)

    assert answer.status_code == 422
    assert message in answer.text
    assert "Berlin" in answer.text
    assert not Account.objects.exists()


def test_a_name_that_fits_several_is_not_guessed(client, seller):
    AccountFactory.create_batch(2, owner=seller, name="Borg")

    answer = client.post(reverse("customers:contact-new"), {"last_name": "Long", "account": "Borg"})

    assert answer.status_code == 422
    assert "Nothing clear found for “Borg”" in answer.text


def test_a_circle_is_refused_beside_its_field(client, seller):
    top = AccountFactory(owner=seller)
    below = AccountFactory(owner=seller, parent=top)

    answer = client.post(
        top.get_absolute_url() + "edit/", {"name": "Top", "tax_treatment": "normal", "parent": below.number}
    )

    assert answer.status_code == 422
    assert "stands below this account already" in answer.text


def test_a_manager_switches_off_and_on_and_a_salesperson_has_no_button(client, seller):
    account = AccountFactory(owner=seller)
    assert "deactivate/" not in client.get(account.get_absolute_url()).text

    client.force_login(UserFactory(role="sales_manager", team=seller.team))
    assert "deactivate/" in client.get(account.get_absolute_url()).text
    assert client.post(account.get_absolute_url() + "deactivate/", {"version": "1"}).status_code == 422
    client.post(account.get_absolute_url() + "deactivate/", {"version": "1", "reason": "out_of_business"})
    assert not Account.objects.get().is_active
    assert "Out of business" in client.get(account.get_absolute_url()).text
    client.post(account.get_absolute_url() + "activate/", {"version": "2"})
    assert Account.objects.get().is_active


def test_a_customer_with_open_business_says_what_holds_it(client, seller):
    account = AccountFactory(owner=seller)
    OpportunityFactory(account=account, owner=seller)
    client.force_login(UserFactory(role="sales_manager", team=seller.team))

    assert "1 open: opportunity" in client.get(account.get_absolute_url()).text
    answer = client.post(account.get_absolute_url() + "deactivate/")
    assert answer.status_code == 409
    assert "1 open: opportunity" in answer.text


def test_suggestions_fit_what_was_typed_and_what_one_may_see(client, seller):
    AccountFactory(owner=seller, name="Borg <GmbH>")
    AccountFactory(owner=seller, name="Vela")
    AccountFactory(owner=UserFactory(), name="Borg of others")

    text = client.get(reverse("customers:account-options"), {"account": "borg"}).text

    assert "Borg &lt;GmbH&gt;" in text
    assert "Vela" not in text
    assert "others" not in text
