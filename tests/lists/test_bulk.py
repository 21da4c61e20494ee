"""Many rows at once: each by its own action; what may not be done is skipped with its reason."""

from typing import Any

import pytest

from activities.models import Activity
from kernel import jobs
from kernel.models import HistoryEntry, Job, RemovedRecord
from kernel.tables import bulk_run
from leads.models import Lead
from people.models import Role
from tests.factories import AccountFactory, CurrencyFactory, LeadFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Any:
    return TeamFactory()


@pytest.fixture
def manager(client: Any, team: Any) -> Any:
    CurrencyFactory()
    user = UserFactory(role=Role.SALES_MANAGER, team=team)
    client.force_login(user)
    return user


def leads_of(owner: Any, count: int, **more: Any) -> list[Any]:
    return [LeadFactory(owner=owner, team=owner.team, **more) for _number in range(count)]


def send(client: Any, table: str = "leads", **said: Any) -> Any:
    return client.post(f"/lists/{table}/bulk/", said)


def test_picked_leads_are_given_to_somebody_in_one_confirmed_step(
    client: Any, manager: Any, team: Any
) -> None:
    ben = UserFactory(team=team)
    leads = leads_of(manager, 3)
    rows = [lead.pk for lead in leads]

    asked = send(client, action="assign", row=rows, query="status=open")
    assert asked.status_code == 200
    assert 'name="owner"' in asked.text
    done = send(client, action="assign", row=rows, query="status=open", confirmed="1", owner=ben.pk)

    assert done["Location"] == "/leads/?status=open"
    assert set(Lead.objects.values_list("owner", flat=True)) == {ben.pk}
    assert HistoryEntry.objects.filter(verb="assigned").count() == 3
    assert Job.objects.get().outcome == {"carried_out": 3, "skipped": 0}


def test_what_may_not_be_done_is_skipped_with_its_reason_and_the_rest_is_done(
    client: Any, manager: Any
) -> None:
    good, closed = leads_of(manager, 1) + leads_of(manager, 1, status="disqualified", status_reason="lost")
    out_of_sight = LeadFactory(owner=UserFactory(team=TeamFactory()))
    rows = [good.pk, closed.pk, out_of_sight.pk, 999_999]

    answer = send(
        client, action="edit", row=rows, confirmed="1", field="company", asked="company", new_value="Borg"
    )

    job = Job.objects.get()
    assert answer["Location"] == job.get_absolute_url()
    assert job.outcome == {"carried_out": 1, "skipped": 3}
    assert [good.company, closed.company] != ["Borg", "Borg"]
    good.refresh_from_db()
    out_of_sight.refresh_from_db()
    assert (good.company, out_of_sight.company == "Borg") == ("Borg", False)
    page = client.get(job.get_absolute_url()).text
    assert "3" in page
    assert closed.number in job.result.content.read().decode()


def test_a_field_is_asked_for_first_and_its_value_then(client: Any, manager: Any) -> None:
    lead = leads_of(manager, 1)[0]

    first = send(client, action="edit", row=[lead.pk])
    second = send(client, action="edit", row=[lead.pk], confirmed="1", field="rating")
    wrong = send(
        client, action="edit", row=[lead.pk], confirmed="1", field="rating", asked="rating", new_value="god"
    )

    assert 'name="field"' in first.text
    assert 'name="new_value"' in second.text
    assert 'value="cold"' in second.text
    assert wrong.status_code == 422
    assert (
        send(client, action="edit", row=[lead.pk], confirmed="1", field="owner", new_value="1").status_code
        == 422
    )
    lead.refresh_from_db()
    assert lead.rating == Lead.Rating.WARM


def test_everything_that_matches_is_counted_again_before_anything_is_done(client: Any, manager: Any) -> None:
    leads_of(manager, 3, rating="hot")
    leads_of(manager, 1, rating="cold")
    said = {
        "action": "edit",
        "every": "1",
        "query": "f=rating:is:hot",
        "field": "company",
        "asked": "company",
        "new_value": "Borg",
    }

    asked = send(client, **said)
    assert 'name="count" value="3"' in asked.text
    moment = asked.text.partition('name="moment" value="')[2].partition('"')[0]
    Lead.objects.filter(rating="hot").first().delete()
    moved = send(client, **said, confirmed="1", count="3", moment=moment)
    assert moved.status_code == 422
    assert not Lead.objects.filter(company="Borg").exists()
    leads_of(manager, 1, rating="hot")  # what comes in later was not chosen
    send(client, **said, confirmed="1", count="2", moment=moment)

    assert Lead.objects.filter(company="Borg").count() == 2


def test_deleting_many_puts_them_into_the_bin(client: Any, manager: Any) -> None:
    leads = leads_of(manager, 2)

    asked = send(client, action="delete", row=[lead.pk for lead in leads])
    assert asked.status_code == 200
    assert Lead.objects.count() == 2
    send(client, action="delete", row=[lead.pk for lead in leads], confirmed="1")

    assert Lead.objects.count() == 0
    assert RemovedRecord.objects.count() == 2


def test_a_task_is_planned_for_each(client: Any, manager: Any) -> None:
    account = AccountFactory(owner=manager, team=manager.team)

    send(
        client,
        "accounts",
        action="task",
        row=[account.pk],
        confirmed="1",
        subject="Call them",
        due_at="2027-01-31",
    )

    task = Activity.objects.get()
    assert (task.subject, task.regarding, task.owner, task.kind) == ("Call them", account, manager, "task")


def test_what_a_role_may_not_do_is_not_offered_and_refused(client: Any) -> None:
    user = UserFactory(role=Role.FINANCE)
    lead = LeadFactory()
    client.force_login(user)

    assert 'value="delete"' not in client.get("/leads/").text
    assert send(client, action="delete", row=[lead.pk], confirmed="1").status_code == 403
    assert send(client, action="nothing", row=[lead.pk]).status_code == 403
    assert Lead.objects.exists()


def test_nothing_picked_is_nothing_done(client: Any, manager: Any) -> None:
    leads_of(manager, 1)

    assert send(client, action="delete", confirmed="1")["Location"] == "/leads/"
    assert Lead.objects.count() == 1


def test_picked_rows_are_taken_away_as_a_file(client: Any, manager: Any) -> None:
    first, second, _third = leads_of(manager, 3)

    form = send(client, action="export", row=[first.pk, second.pk])
    assert form["Location"] == f"/lists/leads/export/?_only={first.pk},{second.pk}"
    answer = client.get(f"/lists/leads/export/file/?cols=number&_only={first.pk},{second.pk}")

    text = b"".join(answer.streaming_content).decode()
    assert text.count("\n") == 3


def test_many_rows_are_done_by_a_job_each_once_whatever_stops_it(
    client: Any, manager: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_run, "AT_ONCE", 3)
    monkeypatch.setattr(bulk_run, "CHUNK", 2)
    leads_of(manager, 6, company="Old")
    leads_of(manager, 1, company="Old", status="disqualified", status_reason="lost")
    said = {
        "action": "edit",
        "every": "1",
        "query": "f=company:is:Old",
        "field": "company",
        "asked": "company",
        "new_value": "New",
    }

    answer = send(client, **said, confirmed="1", count="7")
    job = Job.objects.get()
    assert answer["Location"] == job.get_absolute_url()
    turns = 1
    while jobs.run(str(job.public_id), turn=-1):
        turns += 1

    job.refresh_from_db()
    assert (job.state, job.error, job.outcome) == ("done", "", {"carried_out": 6, "skipped": 1})
    assert turns > 2
    assert Lead.objects.filter(company="New").count() == 6
    assert HistoryEntry.objects.filter(verb="changed").count() == 6
    lines = job.result.content.read().decode().splitlines()
    assert len(lines) == 8
    assert len(job.problems) == 1


def test_a_chunk_that_another_worker_took_over_is_rolled_back(
    client: Any, manager: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk_run, "AT_ONCE", 1)
    leads_of(manager, 3, company="Old")
    said = {
        "action": "edit",
        "every": "1",
        "query": "",
        "field": "company",
        "asked": "company",
        "new_value": "New",
    }
    send(client, **said, confirmed="1", count="3")
    job = jobs.claim(str(Job.objects.get().public_id))
    assert job is not None
    work = bulk_run.run(job)
    Job.objects.update(lease_token=None, state="queued")

    with pytest.raises(jobs.LeaseLost):
        next(work)

    assert not Lead.objects.filter(company="New").exists()


def test_without_scripts_the_bar_stands_below_the_list_and_works(client: Any, manager: Any) -> None:
    leads_of(manager, 1)

    page = client.get("/leads/").text

    assert '<form id="bulk"' in page
    assert 'name="row" form="bulk"' in page
    assert 'name="action" value="assign"' in page
