"""The pages of opportunities as a person meets them, without JavaScript."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from customers.models import Account
from kernel import history
from leads.models import Lead
from opportunities.models import Opportunity
from tests.factories import (
    AccountFactory,
    ActivityFactory,
    ContactFactory,
    CurrencyFactory,
    LeadFactory,
    OpportunityFactory,
    PriceListFactory,
    ProductFactory,
    StageFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(client):
    CurrencyFactory()
    StageFactory()
    user = UserFactory()
    client.force_login(user)
    return user


def checked(text, name):
    """The radio button of this name that is chosen on the page."""
    return re.findall(rf'name="{name}" value="([^"]*)"[^>]*checked', text)


# --- list and page -----------------------------------------------------------------------------------------------


def test_the_list_shows_what_the_reader_may_see(client, seller):
    OpportunityFactory(owner=seller, name="Mine")
    OpportunityFactory(owner=UserFactory(team=seller.team), name="Of a colleague")
    OpportunityFactory(name="Strange")

    text = client.get(reverse("opportunities:list")).text

    assert "Mine" in text
    assert "Of a colleague" not in text
    assert "Strange" not in text


def test_the_list_is_searched_filtered_and_sorted(client, seller):
    OpportunityFactory(owner=seller, name="Small", estimated_revenue=Decimal(1))
    OpportunityFactory(owner=seller, name="Large", estimated_revenue=Decimal(9), status="won")
    address = reverse("opportunities:list")

    assert "Large" not in client.get(address, {"q": "small"}).text
    assert "Small" not in client.get(address, {"status": "won"}).text
    by_amount = client.get(address, {"sort": "-estimated_revenue"}).text
    assert by_amount.index("Large") < by_amount.index("Small")


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_costs_the_same_however_long_it_is(client, seller, rows, django_assert_max_num_queries):
    OpportunityFactory.create_batch(rows, owner=seller)

    with django_assert_max_num_queries(8):
        assert client.get(reverse("opportunities:list")).status_code == 200


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_costs_the_same_however_much_hangs_on_it(
    client, seller, rows, django_assert_max_num_queries
):
    deal = OpportunityFactory(owner=seller, lines=rows, lead=LeadFactory(owner=seller))
    ActivityFactory.create_batch(rows, regarding=deal, owner=seller)
    for _number in range(rows):
        history.record(deal, "changed", by=seller)

    with django_assert_max_num_queries(18):
        assert client.get(deal.get_absolute_url()).status_code == 200


def test_an_invisible_deal_does_not_exist(client, seller):
    base = OpportunityFactory().get_absolute_url()

    for address in ("", "edit/", "lines/", "move/", "assign/"):
        assert client.get(base + address).status_code == 404
    for address in ("hold/", "resume/", "reopen/", "move/", "lines/"):
        assert client.post(base + address).status_code == 404


def test_the_page_shows_stage_lines_and_totals(client, seller):
    deal = OpportunityFactory(owner=seller, lines=2, name="CNC retrofit", total=Decimal(200))
    StageFactory(position=2)

    text = client.get(deal.get_absolute_url()).text

    for found in ("CNC retrofit", "Qualify", "Develop", "Spindle", "200.00 EUR", "Move to stage"):
        assert found in text


def test_finance_reads_and_changes_nothing(client):
    client.force_login(UserFactory(role="finance"))
    deal = OpportunityFactory()

    assert client.get(deal.get_absolute_url()).status_code == 200
    for address in ("edit/", "move/"):
        assert client.get(deal.get_absolute_url() + address).status_code == 403
    assert "data-lines" not in client.get(deal.get_absolute_url() + "lines/").text
    assert client.post(deal.get_absolute_url() + "lines/", table({"product": "X"})).status_code == 403
    assert client.get(reverse("opportunities:new")).status_code == 403


# --- new and edit ------------------------------------------------------------------------------------------------


def test_a_deal_is_created_with_the_customer_by_number_by_name_or_by_part_of_it(client, seller):
    account = AccountFactory(owner=seller, name="Nordlicht Machines AG")

    for typed in (
        account.number,
        "nordlicht machines ag",
        "Nordlicht",
        f"{account.number} Nordlicht Machines AG",
    ):
        answer = client.post(reverse("opportunities:new"), {"name": "CNC", "account": typed,
                                                            "revenue_mode": "user_provided"})  # fmt: skip
        assert answer.status_code == 302
    assert Opportunity.objects.filter(account=account).count() == 4


def test_the_form_knows_the_customer_that_the_address_names(client, seller):
    account = AccountFactory(owner=seller)

    text = client.get(reverse("opportunities:new"), {"account": account.ref}).text

    assert f'value="{account.number} {account.name}"' in text


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": ""}, "Name: This field is required."),
        ({"account": ""}, "Account: Choose an account or a contact."),
        ({"account": "Nobody"}, "Nothing clear found for “Nobody”"),
        ({"estimated_revenue": "much"}, "Estimated revenue: Enter a number."),
        ({"revenue_mode": "guessed"}, "Revenue: Select a valid choice."),
    ],
)
def test_bad_input_names_its_field_and_keeps_what_was_typed(client, seller, wrong, message):
    account = AccountFactory(owner=seller)
    posted = {"name": "CNC", "account": account.number, "revenue_mode": "user_provided", "need": "a lot"}

    answer = client.post(reverse("opportunities:new"), posted | wrong)

    assert answer.status_code == 422
    assert message in answer.text
    assert "a lot" in answer.text
    assert not Opportunity.objects.exists()


def edited(deal, **changes):
    """The edit form as the browser would send it."""
    form = {
        "name": deal.name, "account": f"{deal.account.number} {deal.account.name}", "probability": "10",
        "revenue_mode": "user_provided", "estimated_revenue": "5", "currency": str(deal.currency_id),
        "discount_percent": "0", "discount_amount": "0", "freight": "0", "version": str(deal.version),
    }  # fmt: skip
    return form | changes


def test_an_edit_is_saved(client, seller):
    deal = OpportunityFactory(owner=seller)

    answer = client.post(
        deal.get_absolute_url() + "edit/", edited(deal, name="New", estimated_revenue="5.50")
    )

    assert answer.status_code == 302
    saved = Opportunity.objects.get()
    assert (saved.name, saved.estimated_revenue) == ("New", Decimal("5.50"))


def test_a_refused_edit_keeps_what_was_typed_and_says_where(client, seller):
    deal = OpportunityFactory(owner=seller, lines=1)
    dollar = CurrencyFactory(code="USD")

    answer = client.post(
        deal.get_absolute_url() + "edit/", edited(deal, name="Typed", currency=str(dollar.pk))
    )

    assert answer.status_code == 422
    assert "Currency: The currency is fixed while there are lines." in answer.text
    assert "Typed" in answer.text
    assert Opportunity.objects.get().name == deal.name


def test_the_customer_of_a_deal_stays_even_when_it_became_inactive(client, seller):
    deal = OpportunityFactory(owner=seller, account=AccountFactory(owner=seller, is_active=False))

    assert client.post(deal.get_absolute_url() + "edit/", edited(deal)).status_code == 302


# --- lines -------------------------------------------------------------------------------------------------------


CELLS = ("key", "kind", "product", "quantity", "unit", "price", "discount", "tax")


def table(*rows, **more):
    """The editor's form as a browser without JavaScript would send it."""
    return {name: [row.get(name, "") for row in rows] for name in CELLS} | {"do": "save"} | more


def test_lines_are_typed_into_a_table(client, seller):
    product = ProductFactory(name="Spindle")
    deal = OpportunityFactory(owner=seller, price_list=PriceListFactory(items={product: "90.00"}))
    rows = [
        {"kind": "section", "product": "Machines"},
        {"product": product.sku, "quantity": "2"},
        {"product": "Transport", "price": "250"},
        {"product": ""},
    ]

    answer = client.post(deal.get_absolute_url() + "lines/", table(*rows, version="1"))

    assert (answer.status_code, answer.url) == (302, deal.get_absolute_url() + "#lines")
    assert [(line.description, line.net) for line in deal.lines.all()] == [
        ("Machines", 0),
        ("Spindle", 180),
        ("Transport", 250),
    ]


def test_a_ticked_row_is_removed_and_the_others_stay_who_they_are(client, seller):
    deal = OpportunityFactory(owner=seller, lines=2)
    first, second = deal.lines.all()
    rows = [
        {"key": str(first.key), "product": "Spindle", "price": "100"},
        {"key": str(second.key), "product": "Spindle", "price": "90"},
    ]

    client.post(deal.get_absolute_url() + "lines/", table(*rows, remove=str(first.key)))

    assert [(line.key, line.net) for line in deal.lines.all()] == [(second.key, 90)]


def test_a_typed_cell_changes_its_line_and_the_calculated_revenue(client, seller):
    deal = OpportunityFactory(owner=seller, lines=2, revenue_mode="system_calculated")
    line = deal.lines.first()
    cell = {"do": "cell", "line": str(line.key), "cell": "quantity", "value": "3", "was": "1"}

    answer = client.post(deal.get_absolute_url() + "lines/", cell, headers={"X-Lines": "1"})

    deal.refresh_from_db()
    assert answer.status_code == 200
    assert deal.estimated_revenue == deal.net_amount > 0
    assert deal.lines.first().quantity == 3


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"product": "X", "quantity": "-1"}, "the quantity must be more than zero"),
        ({"product": "X", "quantity": "two"}, "“two” is not a number"),
        ({"product": "X", "discount": "101"}, "a discount lies between 0 and 100%"),
        ({"product": "X", "unit": "parsec"}, "there is no “parsec”"),
        ({"product": "", "price": "3"}, "it needs a product or a description"),
    ],
)
def test_a_bad_row_is_named_and_everything_typed_stays(client, seller, row, message):
    deal = OpportunityFactory(owner=seller, lines=1)

    answer = client.post(deal.get_absolute_url() + "lines/", table(row, {"product": "Also typed"}))

    assert answer.status_code == 422
    assert message in answer.text
    assert "Also typed" in answer.text
    assert [line.description for line in deal.lines.all()] == ["Spindle"]


def test_a_table_that_was_tampered_with_removes_nothing(client, seller):
    deal = OpportunityFactory(owner=seller, lines=2)

    answer = client.post(deal.get_absolute_url() + "lines/", {"nonsense": "1"})

    assert answer.status_code == 422
    assert deal.lines.count() == 2


# --- steps -------------------------------------------------------------------------------------------------------


def test_a_deal_is_moved_and_the_next_stage_is_proposed(client, seller):
    deal = OpportunityFactory(owner=seller)
    develop = StageFactory(position=2)

    text = client.get(deal.get_absolute_url() + "move/").text
    assert re.search(rf'<option value="{develop.pk}" selected', text)

    client.post(deal.get_absolute_url() + "move/", {"stage": str(develop.pk), "version": "1"})
    assert Opportunity.objects.get().stage == develop


def test_what_a_stage_needs_is_asked_for_right_there(client, seller):
    deal = OpportunityFactory(owner=seller)
    propose = StageFactory(position=3, required_fields=["estimated_close_on", "lines"])
    address = deal.get_absolute_url() + "move/"

    answer = client.post(address, {"stage": str(propose.pk)})
    assert answer.status_code == 422
    assert "Estimated close date: This field is required." in answer.text

    answer = client.post(address, {"stage": str(propose.pk), "estimated_close_on": "2027-01-31"})
    assert answer.status_code == 409
    assert "Propose needs: lines" in answer.text
    assert "2027-01-31" in answer.text
    assert Opportunity.objects.get().stage == deal.stage


def test_a_retired_stage_is_no_choice(client, seller):
    deal = OpportunityFactory(owner=seller)
    foreign = StageFactory(pipeline__name="Service", is_active=False)

    answer = client.post(deal.get_absolute_url() + "move/", {"stage": str(foreign.pk)})

    assert answer.status_code == 422
    assert "Stage: Select a valid choice." in answer.text


def test_hold_resume_and_reopen_work_as_plain_forms(client, seller):
    deal = OpportunityFactory(owner=seller)
    base = deal.get_absolute_url()

    client.post(base + "hold/", {"version": "1"})
    assert Opportunity.objects.get().status_reason == "on_hold"
    client.post(base + "resume/", {"version": "2"})
    assert Opportunity.objects.get().status_reason == "in_progress"
    assert client.post(base + "reopen/").status_code == 422  # why?
    assert client.post(base + "reopen/", {"reason": "Mistake"}).status_code == 409


def test_a_manager_assigns(client, seller):
    deal = OpportunityFactory(owner=seller)
    manager = UserFactory(role="sales_manager", team=seller.team)
    client.force_login(manager)

    client.post(deal.get_absolute_url() + "assign/", {"owner": str(manager.pk)})

    assert Opportunity.objects.get().owner == manager


# --- qualify -----------------------------------------------------------------------------------------------------


def test_the_qualify_page_proposes_to_create_what_is_unknown(client, seller):
    lead = LeadFactory(owner=seller, topic="CNC retrofit", company="Borg GmbH")

    text = client.get(reverse("opportunities:qualify-lead", args=[lead.ref])).text

    assert checked(text, "account") == ["new"]
    assert checked(text, "contact") == ["new"]
    assert checked(text, "opportunity") == ["new"]
    assert 'value="CNC retrofit"' in text
    assert "Create “Borg GmbH”" in text


def test_the_qualify_page_proposes_a_certain_match_and_says_why(client, seller):
    known = AccountFactory(owner=seller, name="Borg")
    lead = LeadFactory(owner=seller, company="Borg GmbH")

    text = client.get(reverse("opportunities:qualify-lead", args=[lead.ref])).text

    assert checked(text, "account") == [f"use:{known.ref}"]
    assert "90 % match" in text
    assert "same company name" in text


def test_an_uncertain_match_is_offered_but_not_chosen(client, seller):
    known = ContactFactory(owner=seller, first_name="Ada", last_name="Long")
    lead = LeadFactory(owner=seller, first_name="Ada", last_name="Long")

    text = client.get(reverse("opportunities:qualify-lead", args=[lead.ref])).text

    assert f"use:{known.ref}" in text
    assert checked(text, "contact") == ["new"]


def test_qualifying_leads_to_the_new_deal(client, seller):
    lead = LeadFactory(owner=seller)
    posted = {
        "account": "new",
        "contact": "new",
        "opportunity": "new",
        "name": "Line 4",
        "estimated_revenue": "7",
    }

    answer = client.post(reverse("opportunities:qualify-lead", args=[lead.ref]), posted)

    deal = Opportunity.objects.get()
    assert (answer.status_code, answer.url) == (302, deal.get_absolute_url())
    assert (deal.name, deal.estimated_revenue, deal.lead) == ("Line 4", 7, lead)


def test_another_account_is_named_by_hand(client, seller):
    other = AccountFactory(owner=seller, name="Vela")
    lead = LeadFactory(owner=seller)
    posted = {"account": "other", "other_account": "vela", "contact": "none", "opportunity": "new"}

    client.post(reverse("opportunities:qualify-lead", args=[lead.ref]), posted)

    assert Opportunity.objects.get().account == other


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"account": "other"}, "Another account: Say which one."),
        ({"account": "use:ACC-1"}, "Account: Select a valid choice."),
        ({"account": ""}, "Account: This field is required."),
        ({"account": "none", "contact": "none"}, "Account: An opportunity needs an account or a contact."),
        ({"opportunity": ""}, "Opportunity: This field is required."),
        ({"estimated_revenue": "-1"}, "Estimated revenue: Ensure this value is greater than or equal to 0."),
    ],
)
def test_a_bad_choice_is_named_and_nothing_is_made(client, seller, wrong, message):
    lead = LeadFactory(owner=seller)
    posted = {"account": "new", "contact": "new", "opportunity": "new", "name": "Typed"}

    answer = client.post(reverse("opportunities:qualify-lead", args=[lead.ref]), posted | wrong)

    assert answer.status_code == 422
    assert message in answer.text
    assert "Typed" in answer.text
    assert Lead.objects.get().status == "open"
    assert not Account.objects.exists()


def test_a_duplicate_is_questioned_beside_its_field_and_made_with_a_reason(client, seller):
    AccountFactory(owner=seller, name="Borg")
    lead = LeadFactory(owner=seller, company="Borg GmbH")
    address = reverse("opportunities:qualify-lead", args=[lead.ref])
    posted = {"account": "new", "contact": "new", "opportunity": "new", "name": "Typed"}

    answer = client.post(address, posted)
    assert answer.status_code == 422
    assert "Account: Borg is known already (same company name)" in answer.text

    assert client.post(address, posted | {"reason": "Another legal entity"}).status_code == 302


def test_a_reopened_lead_asks_what_to_do_with_its_deal(client, seller):
    lead = LeadFactory(owner=seller)
    deal = OpportunityFactory(owner=seller, lead=lead)
    address = reverse("opportunities:qualify-lead", args=[lead.ref])

    text = client.get(address).text
    assert f"keep:{deal.ref}" in text
    assert checked(text, "opportunity") == []

    client.post(address, {"account": "new", "contact": "new", "opportunity": f"keep:{deal.ref}"})
    assert Opportunity.objects.count() == 1
    assert Lead.objects.get().status == "qualified"


def test_a_closed_lead_has_no_qualify_page(client, seller):
    lead = LeadFactory(owner=seller, status="disqualified")

    answer = client.get(reverse("opportunities:qualify-lead", args=[lead.ref]))

    assert answer.status_code == 409
    assert "it is disqualified" in answer.text


@pytest.mark.parametrize("matches", [1, 30])
def test_the_qualify_page_costs_the_same_however_many_match(
    client, seller, matches, django_assert_max_num_queries
):
    lead = LeadFactory(owner=seller, company="Borg GmbH", email="ada@borg.example")
    for _number in range(matches):
        ContactFactory(
            owner=seller, email="ada@borg.example", account=AccountFactory(owner=seller, name="Borg")
        )

    with django_assert_max_num_queries(18):
        client.get(reverse("opportunities:qualify-lead", args=[lead.ref]))
