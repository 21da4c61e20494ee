"""The first page of the day, and search."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from kernel.models import OutboxMessage
from reports.figures import figures, people, stages
from reports.work import work_of
from tests.document_factories import InvoiceFactory, OrderFactory, QuoteFactory
from tests.factories import ActivityFactory, LeadFactory, OpportunityFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rep():
    return UserFactory()


def test_work_says_why_and_the_late_comes_first(rep):
    LeadFactory(owner=rep)
    QuoteFactory(owner=rep, status="active", expires_on=timezone.localdate() + dt.timedelta(days=2))
    ActivityFactory(owner=rep, subject="Call back", due_at=timezone.now() - dt.timedelta(hours=1))
    OpportunityFactory(owner=rep, next_step="Visit", next_step_on=timezone.localdate())

    work = work_of(rep)

    assert [item.urgency for item in work] == ["late", "due", "money", "open"]
    assert work[0].label == "Call back"
    assert work[2].why.startswith("expires on")


def test_an_order_the_erp_refused_stands_on_the_reps_page_in_the_erps_words(rep):
    order = OrderFactory(owner=rep, status="submitted")
    OutboxMessage.objects.create(
        topic="order.submitted", component="orders", aggregate_type="orders.order", aggregate_id=order.public_id,
        aggregate_version=1, destination="demo", external_key="k", payload={}, actor=rep, state="dead",
        error_text="Tax code DE19X unknown",
    )  # fmt: skip

    (item,) = work_of(rep)

    assert item.why == "refused by the ERP: Tax code DE19X unknown"
    assert work_of(UserFactory()) == []


def test_figures_count_only_what_one_may_see(rep):
    OpportunityFactory(owner=rep, estimated_revenue=Decimal(1000))
    OpportunityFactory(estimated_revenue=Decimal(5000))
    InvoiceFactory(owner=rep, status_reason="billed", due_on=timezone.localdate() - dt.timedelta(days=1))

    found = {str(figure.label): figure for figure in figures(rep)}

    assert (found["Open deals"].count, found["Open deals"].amount) == (1, Decimal("1000.00"))
    assert found["Overdue"].amount == Decimal("119.00")
    assert [(row.label, row.amount, row.weighted) for row in stages(rep)] == [
        ("Qualify", Decimal(1000), Decimal(100))
    ]


def test_a_manager_sees_how_each_person_of_the_team_stands():
    team = TeamFactory()
    boss = UserFactory(role="sales_manager", team=team)
    rep = UserFactory(team=TeamFactory(parent=team), first_name="Ben", last_name="Ruiz")
    OpportunityFactory(owner=rep, estimated_revenue=Decimal(200), probability=50)
    OpportunityFactory(owner=rep, status="won", actual_revenue=Decimal(70), closed_on=timezone.localdate())
    OpportunityFactory(estimated_revenue=Decimal(999))

    (row,) = people(boss)

    assert (row.label, row.amount, row.weighted, row.won) == (
        "Ben Ruiz",
        Decimal(200),
        Decimal(100),
        Decimal(70),
    )


@pytest.mark.parametrize("role", ["salesperson", "sales_manager", "finance", "administrator"])
def test_everybody_has_a_home(role, client, django_assert_max_num_queries):
    user = UserFactory(role=role)
    client.force_login(user)
    for _each in range(12):
        QuoteFactory(owner=user, status="active", expires_on=timezone.localdate())
        LeadFactory(owner=user)
        InvoiceFactory(owner=user, status_reason="billed", due_on=timezone.localdate() - dt.timedelta(days=1))

    with django_assert_max_num_queries(22):
        response = client.get(reverse("reports:overview"))

    assert response.status_code == 200


def test_an_exact_number_leads_straight_there(rep, client):
    client.force_login(rep)
    order = OrderFactory(owner=rep, erp_number="SO-10001")
    quote = QuoteFactory(owner=rep, revision=1)

    assert client.get(reverse("reports:search"), {"q": "so-10001"}).url == order.get_absolute_url()
    assert client.get(reverse("reports:search"), {"q": quote.ref.lower()}).url == quote.get_absolute_url()


def test_search_finds_words_in_any_order_without_accents_and_only_ones_own(rep, client):
    client.force_login(rep)
    LeadFactory(owner=rep, company="Müller Feinmechanik", topic="Neue Spindel")
    LeadFactory(company="Muller secret")

    page = client.get(reverse("reports:search"), {"q": "spindel muller"}).text

    assert "Leads" in page
    assert "secret" not in client.get(reverse("reports:search"), {"q": "muller"}).text
    assert "Nothing is called that" in client.get(reverse("reports:search"), {"q": "nowhere"}).text
