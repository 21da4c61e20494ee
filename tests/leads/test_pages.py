"""The pages of leads as a person meets them, without JavaScript."""

import pytest
from django.urls import reverse

from kernel import history
from leads.models import Lead
from tests.factories import (
    AccountFactory,
    ActivityFactory,
    LeadFactory,
    OpportunityFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(client):
    user = UserFactory()
    client.force_login(user)
    return user


def test_the_list_shows_my_leads_and_the_unassigned_ones_of_my_team(client, seller):
    LeadFactory(owner=seller, last_name="Mine")
    LeadFactory(owner=None, team=seller.team, last_name="Queue")
    LeadFactory(owner=UserFactory(team=seller.team), last_name="Colleague")
    LeadFactory(last_name="Stranger")

    text = client.get(reverse("leads:list")).text

    assert "Mine" in text
    assert "Queue" in text
    assert "Colleague" not in text
    assert "Stranger" not in text


def test_a_manager_sees_the_team_and_the_teams_below(client):
    manager = UserFactory(role="sales_manager")
    client.force_login(manager)
    below = TeamFactory(parent=manager.team)
    LeadFactory(owner=UserFactory(team=below), last_name="Below")
    LeadFactory(owner=UserFactory(team=manager.team), last_name="Beside")
    LeadFactory(last_name="Elsewhere")

    text = client.get(reverse("leads:list")).text

    assert "Below" in text
    assert "Beside" in text
    assert "Elsewhere" not in text


def test_an_administrator_sees_all(client):
    client.force_login(UserFactory(role="administrator"))
    LeadFactory(last_name="Elsewhere")

    assert "Elsewhere" in client.get(reverse("leads:list")).text


def test_the_list_is_searched_filtered_and_sorted(client, seller):
    LeadFactory(owner=seller, last_name="Müller", rating="hot")
    LeadFactory(owner=seller, last_name="Adams", status="disqualified")

    assert "Adams" not in client.get(reverse("leads:list"), {"q": "muller"}).text
    assert "Müller" not in client.get(reverse("leads:list"), {"status": "disqualified"}).text
    assert "Adams" not in client.get(reverse("leads:list"), {"rating": "hot"}).text
    by_name = client.get(reverse("leads:list"), {"sort": "last_name"}).text
    assert by_name.index("Adams") < by_name.index("Müller")


def test_an_empty_list_offers_the_first_step(client, seller):
    assert "No leads yet" in client.get(reverse("leads:list")).text


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_costs_the_same_however_long_it_is(client, seller, rows, django_assert_max_num_queries):
    LeadFactory.create_batch(rows, owner=seller)

    with django_assert_max_num_queries(8):
        client.get(reverse("leads:list"))


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_costs_the_same_however_much_happened(client, seller, rows, django_assert_max_num_queries):
    lead = LeadFactory(owner=seller, account=AccountFactory(owner=seller))
    ActivityFactory.create_batch(rows, regarding=lead, owner=seller)
    OpportunityFactory.create_batch(rows, lead=lead, owner=seller)
    for _number in range(rows):
        history.record(lead, "changed", by=seller)

    with django_assert_max_num_queries(18):
        assert client.get(lead.get_absolute_url()).status_code == 200


def test_an_invisible_lead_does_not_exist(client, seller):
    base = LeadFactory().get_absolute_url()

    for address in ("", "edit/", "disqualify/", "qualify/", "assign/"):
        assert client.get(base + address).status_code == 404
    for address in ("contact/", "reopen/", "take/", "disqualify/"):
        assert client.post(base + address).status_code == 404


def test_the_page_shows_the_steps_that_are_open_to_the_reader(client, seller):
    lead = LeadFactory(owner=seller)

    text = client.get(lead.get_absolute_url()).text

    assert "Qualify" in text
    assert "Mark contacted" in text
    assert "Reopen" not in text


def test_a_step_that_has_to_wait_says_why(client, seller):
    lead = LeadFactory(owner=seller)
    OpportunityFactory(lead=lead, owner=seller)

    text = client.get(lead.get_absolute_url()).text

    assert "an opportunity hangs on it" in text


def test_finance_reads_and_has_no_buttons(client):
    client.force_login(UserFactory(role="finance"))
    lead = LeadFactory()

    text = client.get(lead.get_absolute_url()).text

    assert lead.topic in text
    assert "Qualify" not in text
    assert "edit/" not in text
    assert client.get(lead.get_absolute_url() + "edit/").status_code == 403
    assert client.get(reverse("leads:new")).status_code == 403


def test_a_lead_is_created_from_the_form(client, seller):
    posted = {"topic": "CNC retrofit", "company": "Borg GmbH", "source": "web", "rating": "hot"}

    answer = client.post(reverse("leads:new"), posted)

    lead = Lead.objects.get()
    assert (answer.status_code, answer.url) == (302, lead.get_absolute_url())
    assert (lead.topic, lead.source, lead.rating, lead.owner) == ("CNC retrofit", "web", "hot", seller)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"topic": ""}, "Topic: This field is required."),
        ({"company": ""}, "Give a last name or a company."),
        ({"email": "ada@"}, "E-mail: Enter a valid email address."),
        ({"estimated_value": "lots"}, "Estimated value: Enter a number."),
        ({"estimated_value": "1" * 16}, "Estimated value: Ensure that there are no more than"),
        ({"estimated_close_on": "soon"}, "Estimated close date: Enter a valid date."),
        ({"rating": "boiling"}, "Rating: Select a valid choice."),
        ({"account": "Nobody Ltd"}, "Nothing clear found for “Nobody Ltd”"),
        ({"topic": "x" * 201}, "Topic: Ensure this value has at most 200 characters"),
        ({"country": "Germany"}, "Country: Ensure this value has at most 2 characters"),
    ],
)
def test_bad_input_names_its_field_keeps_what_was_typed_and_changes_nothing(client, seller, wrong, message):
    posted = {
        "topic": "CNC retrofit",
        "company": "Borg GmbH",
        "source": "web",
        "rating": "hot",
        "need": "a lot",
    }

    answer = client.post(reverse("leads:new"), posted | wrong)

    assert answer.status_code == 422
    assert message in answer.text.replace("&#39;", "'")
    assert "a lot" in answer.text
    assert not Lead.objects.exists()


def test_an_edit_is_saved_and_a_stale_one_is_kept_on_the_form(client, seller):
    lead = LeadFactory(owner=seller)
    address = lead.get_absolute_url() + "edit/"
    posted = {"topic": "First", "company": "Borg", "source": "web", "rating": "hot", "version": "1"}

    assert client.post(address, posted).status_code == 302
    answer = client.post(address, posted | {"topic": "Second"})

    assert answer.status_code == 409
    assert "Somebody else changed this meanwhile" in answer.text
    assert "Second" in answer.text
    assert Lead.objects.get().topic == "First"


def test_a_closed_lead_is_not_edited(client, seller):
    lead = LeadFactory(owner=seller, status="disqualified")
    posted = {"topic": "New", "company": "Borg", "source": "web", "rating": "hot"}

    answer = client.post(lead.get_absolute_url() + "edit/", posted)

    assert answer.status_code == 409
    assert "it is disqualified" in answer.text


def test_the_steps_work_as_plain_forms(client, seller):
    lead = LeadFactory(owner=seller)
    base = lead.get_absolute_url()

    client.post(base + "contact/", {"version": "1"})
    client.post(base + "disqualify/", {"reason": "lost", "note": "Too dear", "version": "2"})
    lead.refresh_from_db()
    assert (lead.status, lead.status_reason) == ("disqualified", "lost")

    client.post(base + "reopen/", {"version": "3"})
    lead.refresh_from_db()
    assert lead.status == "open"


def test_a_stale_step_is_refused_with_the_way_back(client, seller):
    lead = LeadFactory(owner=seller)

    answer = client.post(lead.get_absolute_url() + "contact/", {"version": "7"})

    assert answer.status_code == 409
    assert "Somebody else" in answer.text
    assert Lead.objects.get().status_reason == "new"


def test_disqualifying_without_a_reason_asks_for_it(client, seller):
    lead = LeadFactory(owner=seller)

    answer = client.post(lead.get_absolute_url() + "disqualify/", {"note": "No answer"})

    assert answer.status_code == 422
    assert "Reason: This field is required." in answer.text
    assert "No answer" in answer.text
    assert Lead.objects.get().status == "open"


def test_steps_are_taken_by_post_only(client, seller):
    base = LeadFactory(owner=seller).get_absolute_url()

    for step in ("contact/", "take/", "place/", "undo-qualify/"):
        assert client.get(base + step).status_code == 405


def test_a_manager_assigns_and_a_salesperson_takes(client, seller):
    manager = UserFactory(role="sales_manager", team=seller.team)
    lead = LeadFactory(owner=None, team=seller.team)

    client.post(lead.get_absolute_url() + "take/", {"version": "1"})
    lead.refresh_from_db()
    assert lead.owner == seller

    client.force_login(manager)
    assert str(seller) in client.get(lead.get_absolute_url() + "assign/").text
    client.post(lead.get_absolute_url() + "assign/", {"owner": manager.pk})
    lead.refresh_from_db()
    assert lead.owner == manager


def test_a_stranger_to_the_house_is_sent_to_the_log_in(client):
    answer = client.get(reverse("leads:list"))

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("login"))
