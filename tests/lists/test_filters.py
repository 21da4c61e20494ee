"""What a list is asked by its address or its search box, and what it answers."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import RequestFactory
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.tables.asked import Asked
from kernel.tables.conditions import number_of, parse
from kernel.tables.days import span_of
from kernel.tables.registry import tables
from leads.models import Lead
from leads.tables import LeadTable
from opportunities.models import Opportunity
from opportunities.tables import OpportunityTable
from people.models import Role
from tests.factories import (
    AccountFactory,
    CurrencyFactory,
    LeadFactory,
    OpportunityFactory,
    TeamFactory,
    UserFactory,
)
from tests.pages import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss() -> Any:
    CurrencyFactory()
    return UserFactory(role=Role.ADMINISTRATOR, team=TeamFactory())


def found(table: Any, query: str, user: Any) -> set[Any]:
    """The rows that the address leaves."""
    return set(Asked(table, QueryDict(query), user).narrow(table.model.objects.all()))


def page_of(table: Any, address: str, user: Any) -> Any:
    request = RequestFactory().get(address)
    request.user = user
    return table.page(request, table.model.objects.all())


def test_amounts_are_asked_by_size(boss: Any) -> None:
    small, middle, large = (OpportunityFactory(estimated_revenue=n) for n in (100, 5_000, 60_000))

    assert found(OpportunityTable, "f=amount:gt:50k", boss) == {large}
    assert found(OpportunityTable, "f=amount:lte:5000", boss) == {small, middle}
    assert found(OpportunityTable, "f=amount:between:1000..99999", boss) == {middle, large}
    assert found(OpportunityTable, "f=amount:between:99999..1000", boss) == {middle, large}
    assert found(OpportunityTable, "f=amount:not:100", boss) == {middle, large}


def test_several_conditions_must_all_hold_and_alternatives_need_not(boss: Any) -> None:
    hot = LeadFactory(rating="hot", company="Borg", city="Berlin")
    cold = LeadFactory(rating="cold", company="Borg", city="Hamburg")
    other = LeadFactory(rating="warm", company="Acme", city="Berlin")

    assert found(LeadTable, "f=company:is:borg&f=city:is:Berlin", boss) == {hot}
    assert found(LeadTable, "f=rating:is:cold||city:is:berlin", boss) == {hot, cold, other}
    assert found(LeadTable, "f=rating:is:cold||rating:is:hot&f=company:contains:org", boss) == {hot, cold}
    assert found(LeadTable, "f=rating:is:cold,hot", boss) == {hot, cold}
    assert found(LeadTable, "f=rating:not:cold,hot", boss) == {other}


def test_texts_are_asked_by_what_they_hold(boss: Any) -> None:
    LeadFactory(company="Acme", email="")
    borg = LeadFactory(company="Borg_100% GmbH", email="a@borg.example")

    assert found(LeadTable, "f=company:contains:_100%25", boss) == {borg}
    assert found(LeadTable, "f=company:starts:borg", boss) == {borg}
    assert found(LeadTable, "f=email:filled", boss) == {borg}
    assert found(LeadTable, "f=email:is:a@borg.example", boss) == {borg}
    assert borg not in found(LeadTable, "f=email:empty", boss)


def test_days_are_asked_by_name_and_distance_in_the_readers_zone(boss: Any) -> None:
    today = timezone.localdate()
    soon = OpportunityFactory(estimated_close_on=today + dt.timedelta(days=3))
    late = OpportunityFactory(estimated_close_on=today - dt.timedelta(days=3))
    never = OpportunityFactory(estimated_close_on=None)
    now = OpportunityFactory(estimated_close_on=today)

    assert found(OpportunityTable, "f=estimated_close_on:next:7d", boss) == {soon, now}
    assert found(OpportunityTable, "f=estimated_close_on:last:1w", boss) == {late, now}
    assert found(OpportunityTable, "f=estimated_close_on:is:today", boss) == {now}
    assert found(OpportunityTable, "f=estimated_close_on:lt:today", boss) == {late}
    assert found(OpportunityTable, "f=estimated_close_on:empty", boss) == {never}


def test_a_moment_belongs_to_the_day_that_the_reader_has(boss: Any) -> None:
    lead = LeadFactory()
    Lead.objects.filter(pk=lead.pk).update(created_at=dt.datetime(2026, 3, 9, 23, 30, tzinfo=dt.UTC))

    with timezone.override("UTC"):
        assert found(LeadTable, "f=created_at:is:2026-03-09", boss) == {lead}
    with timezone.override("Europe/Berlin"):
        assert found(LeadTable, "f=created_at:is:2026-03-10", boss) == {lead}
        assert found(LeadTable, "f=created_at:gt:2026-03-09", boss) == {lead}
        assert found(LeadTable, "f=created_at:lt:2026-03-10", boss) == set()


@given(
    day=st.dates(dt.date(2000, 1, 1), dt.date(2100, 12, 31)),
    period=st.sampled_from(["week", "month", "quarter", "year"]),
)
def test_a_period_and_the_one_before_it_touch_without_overlapping(day: dt.date, period: str) -> None:
    now = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.utils.timezone.now", lambda: now)
        first, last = span_of("this", period)
        before, until = span_of("previous", period)

    assert first <= day <= last
    assert until + dt.timedelta(days=1) == first
    assert before <= until


def test_people_are_asked_by_me_my_team_and_name(boss: Any) -> None:
    team = TeamFactory()
    ada, bob = UserFactory(team=team), UserFactory(team=team)
    hers, his = LeadFactory(owner=ada, team=team), LeadFactory(owner=bob, team=team)
    queue = LeadFactory(owner=None, team=team)
    other = LeadFactory(owner=UserFactory())

    assert found(LeadTable, "f=owner:is:me", ada) == {hers}
    assert found(LeadTable, "f=owner:is:team", ada) == {hers, his, queue}
    assert found(LeadTable, f"f=owner:is:me,{bob.username}", ada) == {hers, his}
    assert found(LeadTable, "f=owner:empty", ada) == {queue}
    assert found(LeadTable, "f=owner:not:me", ada) == {his, queue, other}


@pytest.mark.parametrize(
    "text",
    [
        "owner__password:contains:x", "owner.password:is:x", "password:is:x", "search_text:contains:a", "custom:is:x",
        "company__regex:is:.*", "company:regex:.*", "company:is:", "amount:gt:nan", "rating:is:god", ":::", "",
        "id:gt:0",
        "created_at:last:99999d", "created_at:is:31.12.2026", "owner:is:", "account_name__owner:is:x", "pk:is:1",
        "company:is:\0", "opportunities:is:1", "history:empty", "estimated_value:gt:1e400",
        "score:gt:999999999999999999",
    ],
)  # fmt: skip
def test_what_no_column_declares_or_makes_no_sense_asks_nothing(text: str, boss: Any) -> None:
    lead = LeadFactory()

    assert found(LeadTable, f"f={text}", boss) == {lead}
    with pytest.raises(ValueError, match=r"\w"):
        parse(text, LeadTable.fields_for(boss), boss)


names = st.text(st.sampled_from("abco_.:|,'\"%\0é\uff1d0-"), max_size=12)


@given(
    name=st.one_of(names, st.sampled_from(["owner", "company", "created_at", "account_name"])),
    tail=names,
    operator=st.sampled_from(["is", "not", "contains", "gt", "between", "in", "regex", "isnull", ""]),
    value=names,
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_address_reaches_further_than_the_declared_columns(
    boss: Any, name: str, tail: str, operator: str, value: str
) -> None:
    query = QueryDict(mutable=True)
    query.setlist("f", [f"{name}__{tail}:{operator}:{value}", f"{name}:{operator}:{value}"])
    query["q"] = f"{name}:{value} {name}__{tail}>{value}"

    asked = Asked(LeadTable, query, boss)
    list(asked.narrow(Lead.objects.all())[:1])

    declared = set(LeadTable.fields_for(boss))
    assert {one.field.name for group in asked.groups for one in group} <= declared
    paths = {one.field.path for group in asked.groups for one in group}
    assert all("password" not in path and not path.startswith("owner__") for path in paths)


def test_whoever_may_not_read_a_field_cannot_ask_sort_or_show_it() -> None:
    seller, finance = UserFactory(), UserFactory(role=Role.FINANCE)
    account = AccountFactory(owner=seller, credit_limit=900)
    table = tables()["accounts"]
    query = "f=credit_limit:gt:500&cols=name,credit_limit"

    assert found(table, query, finance) == {account}
    assert [c.name for c in Asked(table, QueryDict(query), finance).columns] == ["name", "credit_limit"]
    hidden = Asked(table, QueryDict(query), seller)
    assert hidden.groups == []
    assert [c.name for c in hidden.columns] == ["name"]


def test_the_search_box_understands_questions(boss: Any) -> None:
    deal = OpportunityFactory(estimated_revenue=60_000, name="Fjord retrofit", owner=boss)
    OpportunityFactory(estimated_revenue=60_000, name="Fjord spares")
    OpportunityFactory(estimated_revenue=10, name="Fjord", owner=boss)

    page = page_of(OpportunityTable, "/opportunities/?q=amount%3E50k+owner%3Ame+fjord", boss)

    assert page.rows == [deal]
    assert page.search == "fjord"
    assert [str(chip.label) for chip in page.chips] == ["Amount greater than 50,000", "Owner is Me"]
    assert page.chips[0].url == "/opportunities/?f=owner%3Ais%3Ame&q=fjord"


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("rating:hot", ["rating:is:hot"]),
        ("Rating=Hot", ["rating:is:hot"]),
        ('company:"Borg GmbH"', ["company:contains:Borg GmbH"]),
        ("created:30d", ["created_at:last:30d"]),
        ("created:month", ["created_at:this:month"]),
        ("created>2026-01-01", ["created_at:gt:2026-01-01"]),
        ("value:10..20k", ["estimated_value:between:10..20k"]),
        ("email:empty", ["email:empty"]),
        ("http://example.com", []),
        ("12:30", []),
        ("rating:god", []),
        ("password:x", []),
    ],
)
def test_shorthand_takes_labels_codes_and_words(typed: str, asked: list[str], boss: Any) -> None:
    query = QueryDict(mutable=True)
    query["q"] = typed.replace("value:", "Estimated-value:")
    found = Asked(LeadTable, query, boss)

    assert [one.text for group in found.groups for one in group] == asked
    assert bool(found.search) is not bool(asked)


def test_chips_say_what_is_asked_and_each_can_be_taken_away(boss: Any) -> None:
    asked = "f=company:contains:borg&f=rating:is:hot||rating:is:warm&f=created_at:last:30d"
    page = page_of(LeadTable, f"/leads/?status=open&{asked}", boss)

    assert [str(chip.label) for chip in page.chips] == [
        "Company contains “borg”", "Rating is Hot or Rating is Warm", "Age in the last 30 days",
    ]  # fmt: skip
    assert page.chips[0].url == (
        "/leads/?status=open&f=rating%3Ais%3Ahot%7C%7Crating%3Ais%3Awarm&f=created_at%3Alast%3A30d"
    )
    assert page.clear_url == "/leads/"


def test_a_filter_is_added_step_by_step_without_scripts(client: Any, boss: Any) -> None:
    client.force_login(boss)
    hot, cold = LeadFactory(company="Borg"), LeadFactory(company="Acme")

    fields = client.get("/lists/leads/filter/?status=open")
    assert 'href="/lists/leads/filter/?status=open&amp;_field=company"' in fields.text
    form = client.get("/lists/leads/filter/?status=open&_field=company")
    assert 'name="_op" value="contains"' in form.text
    answer = client.get("/lists/leads/filter/?status=open&_field=company&_op=contains&_contains=org")
    assert answer["Location"] == "/leads/?status=open&f=company%3Acontains%3Aorg"
    shown = client.get(answer["Location"]).text
    assert hot.number in shown
    assert cold.number not in shown


def test_what_was_typed_on_another_line_than_the_marked_one_is_meant(client: Any, boss: Any) -> None:
    client.force_login(boss)

    answer = client.get("/lists/opportunities/filter/?_field=amount&_op=is&_is=&_gt=5k")

    assert answer["Location"] == "/opportunities/?f=amount%3Agt%3A5k"


def test_a_value_that_makes_no_sense_is_said_in_words(client: Any, boss: Any) -> None:
    client.force_login(boss)

    answer = client.get("/lists/opportunities/filter/?_field=amount&_op=gt&_gt=much")

    assert answer.status_code == 422
    assert "Give a number such as 50000" in answer.text
    assert 'value="much"' in answer.text


@pytest.mark.parametrize("name", sorted(tables()))
def test_every_field_of_every_list_answers_every_question(name: str, boss: Any, client: Any) -> None:
    table = tables()[name]
    client.force_login(boss)
    values = {"number": "5", "date": "today", "moment": "2026-01-31", "yesno": "yes", "person": "me", "team": "me",
              "record": "1", "text": "x", "choices": "x"}  # fmt: skip
    asked = 0
    for field in table.fields_for(boss).values():
        for operator in field.operators:
            value = {"between": "1..2", "last": "3d", "next": "3d", "this": "week", "previous": "year"}.get(
                operator
            )
            if operator == "between" and field.kind in ("date", "moment"):
                value = "2026-01-01..2026-02-01"
            if field.kind == "choice":
                value = str(next(iter(field.choices(boss)))[0])
            text = f"{field.name}:{operator}:{value or values.get(field.kind, 'x')}"
            [made] = parse(text, table.fields_for(boss), boss)
            list(table.model.objects.filter(made.q(boss))[:1])
            assert made.words(boss)
            asked += 1
        assert client.get(f"/lists/{name}/filter/?_field={field.name}").status_code == 200
    assert asked > 5


@pytest.mark.parametrize("name", sorted(tables()))
def test_every_list_shows_every_column_and_sorts_by_every_head(name: str, boss: Any, client: Any) -> None:
    client.force_login(boss)
    table = tables()[name]
    columns = [column.name for column in table.columns_for(boss)]

    from_all = client.get(f"/lists/{name}/", follow=True)
    assert from_all.status_code == 200
    address = from_all.request["PATH_INFO"]
    assert client.get(address, {"cols": ",".join(columns)}).status_code == 200
    for order in {column.order_by for column in table.columns_for(boss)} - {""}:
        assert client.get(address, {"sort": f"-{order}"}).status_code == 200


@given(number=st.decimals(-999_999, 999_999, places=2))
def test_a_number_reads_back_as_it_was_written(number: Any) -> None:
    assert number_of(f"{number:f}") == number
    assert number_of(f"{number:,.2f}") == number


def test_the_conditions_of_a_list_cost_no_query_of_their_own(boss: Any, client: Any) -> None:
    client.force_login(boss)
    LeadFactory(rating="hot", company="Fox")
    client.get("/leads/")

    plain = queries(lambda: client.get("/leads/"))
    asked = queries(lambda: client.get("/leads/?f=rating:is:hot&f=company:contains:x&q=created:30d"))

    assert len(asked) == len(plain)
    assert len(plain) <= 12


def test_opportunities_are_found_by_the_name_of_their_customer(boss: Any) -> None:
    deal = OpportunityFactory(account=AccountFactory(name="Borg GmbH"))
    OpportunityFactory(account=AccountFactory(name="Acme"))

    assert found(OpportunityTable, "f=customer:starts:borg", boss) == {deal}
    assert Opportunity.objects.count() == 2


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has statistics")
@pytest.mark.postgres
def test_a_long_list_is_counted_from_statistics(boss: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kernel.tables.counting.COUNTED", 20)
    for _number in range(60):
        LeadFactory()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE leads_lead")

    page = page_of(LeadTable, "/leads/", boss)

    assert page.summary.startswith("50 shown · about ")
    assert page_of(LeadTable, page.count_url, boss).summary == "50 shown · 60 in all"
