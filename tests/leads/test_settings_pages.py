"""The settings of leads and the new pages as people meet them, without JavaScript."""

import pytest
from django.urls import reverse

from leads.models import AssignmentRule, Lead, ScoreRule
from opportunities.actions import qualify_lead
from tests.factories import (
    AccountFactory,
    ActivityFactory,
    ContactFactory,
    CurrencyFactory,
    LeadFactory,
    StageFactory,
    TeamFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    user = UserFactory(role="administrator")
    client.force_login(user)
    return user


@pytest.fixture
def seller(client):
    user = UserFactory()
    client.force_login(user)
    return user


def test_a_score_rule_is_written_changed_and_deleted_on_its_pages(client, boss):
    typed = {"name": "Phone", "fact": "phone", "test": "given", "value": "", "points": "8", "is_active": "on"}
    assert client.post(reverse("lead-settings:score-rule-new"), typed).status_code == 302
    rule = ScoreRule.objects.get()
    address = reverse("lead-settings:score-rule", args=[rule.pk])

    assert client.post(address, typed | {"points": "12"}).status_code == 302
    rule.refresh_from_db()
    assert rule.points == 12
    assert "+12" in client.get(reverse("lead-settings:scoring")).text

    answer = client.post(address, typed | {"test": "at_least", "value": "3"})
    assert answer.status_code == 422
    assert "This test does not fit" in answer.text

    client.post(reverse("lead-settings:score-rule-delete", args=[rule.pk]))
    assert not ScoreRule.objects.exists()


def test_an_assignment_rule_is_written_and_moved_on_its_pages(client, boss):
    team, away = TeamFactory(name="North"), UserFactory()
    typed = {
        "name": "North", "is_active": "on", "sources": ["web", "partner"], "countries": "de; at",
        "postcodes": "70-74, 9", "target": "round_robin", "team": str(team.pk), "left_out": [str(away.pk)],
    }  # fmt: skip

    assert client.post(reverse("lead-settings:assignment-rule-new"), typed).status_code == 302

    rule = AssignmentRule.objects.get()
    assert (rule.sources, rule.countries, rule.postcodes) == (
        ["web", "partner"],
        ["DE", "AT"],
        ["70-74", "9"],
    )
    assert list(rule.left_out.all()) == [away]
    page = client.get(reverse("lead-settings:assignment")).text
    assert "Source: Web, Partner · Country: DE, AT · Postcode: 70-74, 9" in page
    assert "No rule takes every lead" in page
    assert "70-74, 9" in client.get(reverse("lead-settings:assignment-rule", args=[rule.pk])).text

    AssignmentRule.objects.create(name="All", target="team", team=team, position=99)
    assert "No rule takes every lead" not in client.get(reverse("lead-settings:assignment")).text
    client.post(reverse("lead-settings:assignment-rule-move", args=[rule.pk]), {"to": "down"})
    assert [one.name for one in AssignmentRule.objects.all()] == ["All", "North"]


def test_wrong_input_names_its_field_and_makes_no_rule(client, boss):
    typed = {"name": "North", "countries": "Germany", "target": "team"}

    answer = client.post(reverse("lead-settings:assignment-rule-new"), typed)

    assert answer.status_code == 422
    assert "Not a code of two letters: GERMANY" in answer.text
    assert not AssignmentRule.objects.exists()


@pytest.mark.parametrize("page", ["scoring", "assignment", "web-forms"])
@pytest.mark.parametrize("rows", [1, 30])
def test_the_pages_cost_the_same_however_many_rules(client, boss, page, rows, django_assert_max_num_queries):
    team = TeamFactory()
    for number in range(rows):
        ScoreRule.objects.create(name=f"R{number}", fact="phone", points=1)
        AssignmentRule.objects.create(name=f"R{number}", target="team", team=team)

    with django_assert_max_num_queries(12):
        client.get(reverse(f"lead-settings:{page}"))


# --- why -----------------------------------------------------------------------------------------------------------


def test_the_page_says_why_the_score_is_what_it_is(client, seller):
    ScoreRule.objects.create(name="Decides", fact="decision_maker", points=15)
    reasons = [{"rule": 1, "name": "Phone number", "points": 8}, {"rule": 2, "name": "Cold", "points": -10}]
    lead = LeadFactory(owner=seller, score=0, score_reasons=reasons)

    text = client.get(lead.get_absolute_url() + "score/").text

    assert "Phone number" in text
    assert "+8" in text
    assert "-10" in text
    assert "The points come to -2" in text
    assert "Decides" in text
    assert "Score 0" in client.get(lead.get_absolute_url()).text


def test_the_list_shows_and_sorts_by_score_and_says_what_comes_next(client, seller):
    best = LeadFactory(owner=seller, last_name="Best", score=90)
    LeadFactory(owner=seller, last_name="Worst", score=10)
    ActivityFactory(owner=seller, regarding=best, subject="Call Best back")

    text = client.get(reverse("leads:list"), {"sort": "-score"}).text

    assert text.index("Best") < text.index("Worst")
    assert "Call Best back" in text


def test_only_what_waits_has_take_in_its_row_and_it_works(client, seller):
    waiting = LeadFactory(owner=None, team=seller.team, last_name="Waiting")
    LeadFactory(owner=seller, last_name="Mine")

    text = client.get(reverse("leads:list")).text
    assert text.count("/take/") == 1

    answer = client.post(waiting.get_absolute_url() + "take/")
    assert (answer.status_code, answer.url) == (302, waiting.get_absolute_url())
    waiting.refresh_from_db()
    assert waiting.owner == seller


def test_a_new_lead_may_go_where_the_rules_say_and_one_is_told(client, seller):
    other = UserFactory(first_name="Ben", last_name="Ruiz")
    typed = {"topic": "T", "company": "Borg", "source": "web", "rating": "hot"}
    assert 'name="assign_to"' not in client.get(reverse("leads:new")).text
    AssignmentRule.objects.create(name="All", target="user", user=other)
    assert 'name="assign_to"' in client.get(reverse("leads:new")).text

    client.post(reverse("leads:new"), typed)
    assert Lead.objects.get().owner == seller
    answer = client.post(reverse("leads:new"), typed | {"assign_to": "rules"}, follow=True)

    assert Lead.objects.order_by("pk").last().owner == other
    assert "it went to Ben Ruiz" in answer.text


def test_the_lead_page_offers_call_and_mail_unless_they_are_not_wanted(client, seller):
    lead = LeadFactory(owner=seller, phone="030 1", email="ada@borg.example", mobile="+49 151 1")

    text = client.get(lead.get_absolute_url()).text
    assert 'href="tel:0301"' in text
    assert "https://wa.me/491511" in text

    Lead.objects.update(do_not_phone=True)
    text = client.get(lead.get_absolute_url()).text
    assert "https://wa.me/" not in text
    assert "does not want calls" in text


# --- qualifying ------------------------------------------------------------------------------------------------------


def test_the_qualify_page_shows_differences_and_fills_in_when_asked(client, seller):
    CurrencyFactory()
    StageFactory()
    account = AccountFactory(owner=seller, name="Borg", website="", phone="030 1")
    lead = LeadFactory(owner=seller, company="Borg GmbH", website="borg.example", phone="040 2")
    address = lead.get_absolute_url() + "qualify/"

    text = client.get(address).text
    assert "Show differences" in text
    assert "borg.example" in text
    assert 'name="fill_account"' in text

    chosen = {"account": f"use:{account.ref}", "contact": "new", "opportunity": "none", "fill_account": "on"}
    assert client.post(address, chosen).status_code == 302
    account.refresh_from_db()
    assert (account.website, account.phone) == ("borg.example", "030 1")


def test_a_missing_name_is_asked_for_in_place(client, seller):
    CurrencyFactory()
    StageFactory()
    lead = LeadFactory(owner=seller, company="", last_name="Long")
    address = lead.get_absolute_url() + "qualify/"
    assert 'name="company"' in client.get(address).text

    refused = client.post(address, {"account": "new", "contact": "new", "opportunity": "new"})
    assert refused.status_code == 422
    assert "A new one needs a name." in refused.text

    client.post(address, {"account": "new", "company": "Borg", "contact": "new", "opportunity": "new"})
    lead.refresh_from_db()
    assert (lead.status, lead.company, lead.account.name) == ("qualified", "Borg", "Borg")


def test_a_certain_duplicate_is_refused_in_words_and_made_with_a_reason(client, seller):
    CurrencyFactory()
    StageFactory()
    AccountFactory(owner=seller, name="Borg")
    lead = LeadFactory(owner=seller, company="Borg GmbH")
    address = lead.get_absolute_url() + "qualify/"
    chosen = {"account": "new", "contact": "new", "opportunity": "none"}

    refused = client.post(address, chosen)
    assert refused.status_code == 422
    assert "known already" in refused.text
    assert client.post(address, chosen | {"reason": "Another legal entity"}).status_code == 302


@pytest.mark.parametrize("count", [1, 25])
def test_the_page_of_a_qualified_lead_costs_the_same_however_much_happened(
    client, seller, count, django_assert_max_num_queries
):
    CurrencyFactory()
    StageFactory()
    lead = LeadFactory(owner=seller)
    made = qualify_lead(lead, by=seller)
    for _number in range(count):
        ContactFactory(owner=seller, account=made.account)
        ActivityFactory(owner=seller, regarding=made.opportunity)

    with django_assert_max_num_queries(75):
        assert client.get(lead.get_absolute_url()).status_code == 200
