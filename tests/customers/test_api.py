"""Accounts and contacts through the API with all that hangs on them."""

import pytest
from django.test import Client

from tests.document_factories import InvoiceFactory, OrderFactory
from tests.factories import AccountFactory, ContactFactory, OpportunityFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller():
    return UserFactory()


@pytest.fixture
def api(seller):
    client = Client()
    client.force_login(seller)
    return client


def at(record, verb=""):
    plural = f"{record._meta.model_name}s"
    return f"/api/v1/{plural}/{record.public_id}/{verb}{'/' if verb else ''}"


def post(api, where, said):
    return api.post(where, said, content_type="application/json")


def test_contact_points_are_said_as_a_whole_and_read_with_the_record(api, seller):
    account = AccountFactory(owner=seller)
    said = [{"kind": "email", "value": "a@example.com", "label": "Sales", "is_primary": True},
            {"kind": "phone", "value": "030 1", "label": "", "is_primary": True}]  # fmt: skip

    answer = post(api, at(account, "contact-points"), {"contact_points": said, "version": 1})

    assert answer.status_code == 200
    assert answer.json()["contact_points"] == said
    assert (answer.json()["email"], answer.json()["version"]) == ("a@example.com", 2)
    assert "contact_points" not in api.get("/api/v1/accounts/").json()["results"][0]


def test_addresses_and_further_companies_are_said_the_same_way(api, seller):
    contact, other = ContactFactory(owner=seller), AccountFactory(owner=seller)
    address = {"kind": "ship_to", "label": "", "name": "", "street": "", "postcode": "", "city": "Kiel", "region": "",
               "country": "DE", "is_default": True}  # fmt: skip

    answer = post(api, at(contact, "addresses"), {"addresses": [{"kind": "ship_to", "city": "Kiel", "country": "DE",
                                                                "is_default": True}]})  # fmt: skip
    assert answer.json()["addresses"] == [address]

    answer = post(
        api, at(contact, "affiliations"), {"affiliations": [{"account": other.number, "role": "User"}]}
    )
    assert answer.json()["affiliations"] == [{"account": str(other.public_id), "role": "User", "note": ""}]


def test_further_companies_out_of_sight_are_not_told(api, seller):
    contact = ContactFactory(owner=seller)
    contact.affiliations.create(account=AccountFactory(owner=UserFactory()))

    assert api.get(at(contact)).json()["affiliations"] == []


def test_a_row_that_does_not_fit_is_named(api, seller):
    answer = post(api, at(AccountFactory(owner=seller), "contact-points"),
                  {"contact_points": [{"kind": "email", "value": "nobody"}]})  # fmt: skip

    assert answer.status_code == 422
    assert answer.json()["blockers"][0]["field"] == "points.0.value"


def test_lists_are_narrowed_to_a_company_and_everything_below(api, seller):
    top = AccountFactory(owner=seller)
    below = AccountFactory(owner=seller, parent=top)
    person = ContactFactory(owner=seller, account=below)
    AccountFactory(owner=seller)

    accounts = api.get("/api/v1/accounts/", {"below": top.number}).json()["results"]
    people = api.get("/api/v1/contacts/", {"below": top.number}).json()["results"]

    assert {one["number"] for one in accounts} == {top.number, below.number}
    assert [one["number"] for one in people] == [person.number]


def test_the_family_is_told_from_the_top(api, seller):
    top = AccountFactory(owner=seller)
    below = AccountFactory(owner=seller, parent=top)

    told = api.get(at(below, "family")).json()

    assert [(one["number"], one["level"], one["parent"]) for one in told] == [
        (top.number, 0, None), (below.number, 1, str(top.public_id)),
    ]  # fmt: skip
    assert len(api.get(at(AccountFactory(owner=seller), "family")).json()) == 1


def test_the_figures_are_those_of_the_page(api, seller):
    top = AccountFactory(owner=seller)
    OpportunityFactory(owner=seller, account=top, estimated_revenue=5)
    OpportunityFactory(owner=seller, account=AccountFactory(owner=seller, parent=top), estimated_revenue=7)

    alone = {one["label"]: one for one in api.get(at(top, "figures")).json()}["Open deals"]
    whole = {one["label"]: one for one in api.get(at(top, "figures"), {"whole": "true"}).json()}["Open deals"]

    assert (alone["count"], alone["amount_base"]) == (1, "5.0000")
    assert (whole["count"], whole["amounts"]) == (2, [{"currency": "EUR", "amount": "12.0000"}])


def test_the_exposure_is_told_to_those_with_the_right(api, seller):
    account = AccountFactory(owner=seller, credit_limit=100)
    OrderFactory(account=account, owner=seller, status="submitted")
    InvoiceFactory(account=account, owner=seller, status_reason="billed")
    assert api.get(at(account, "exposure")).status_code == 403

    api.force_login(UserFactory(role="finance"))
    told = api.get(at(account, "exposure")).json()

    assert (told["credit_limit"], told["owed"], told["ordered"]) == ("100.0000", "119.0000", "119.0000")
    assert (told["exposure"], told["excess"]) == ("238.0000", "138.0000")


def test_the_reason_goes_along_when_somebody_is_taken_out_of_business(api, seller):
    api.force_login(UserFactory(role="sales_manager", team=seller.team))
    account = AccountFactory(owner=seller)

    answer = post(api, at(account, "deactivate"), {"reason": "out_of_business", "note": "Since May"})

    assert (answer.json()["is_active"], answer.json()["inactive_reason"]) == (False, "out_of_business")
    assert post(api, at(account, "activate"), {}).json()["inactive_reason"] == ""
