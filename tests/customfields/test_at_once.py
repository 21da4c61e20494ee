"""Many people and processes at once: no two alike whoever is faster, and nobody works by old definitions."""

import threading
from contextvars import copy_context
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from kernel import jobs
from kernel.customfields import definitions, indexes
from kernel.errors import DomainError
from kernel.models import CustomField, Job, UniqueValue
from leads.actions import change_lead, create_lead
from leads.models import Lead
from people.field_actions import change_field, create_field, purge_field, remove_field
from tests.customfields.fields import field
from tests.factories import LeadFactory, UserFactory
from tests.races.test_races import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_of_many_who_take_one_value_one_gets_it():
    field("badge", "text", is_unique=True)
    seller = UserFactory()

    for round_number in range(3):
        outcome = at_once(
            lambda n, value=f"A-{round_number}": create_lead(
                by=seller, topic=str(n), company="x", custom={"badge": value if n % 2 else value.lower()}
            ),
            times=6,
        )
        assert outcome["done"] == 1, outcome

    assert UniqueValue.objects.count() == Lead.objects.count() == 3


def test_two_records_cannot_swap_into_the_same_value():
    field("badge", "text", is_unique=True)
    seller = UserFactory()
    leads = [create_lead(by=seller, topic="x", company="x", custom={"badge": str(n)}) for n in range(4)]

    at_once(lambda n: change_lead(leads[n], by=seller, custom={"badge": "same"}), times=4)

    values = list(Lead.objects.values_list("custom__badge", flat=True))
    assert values.count("same") == 1
    held = {row.record_id: row.value for row in UniqueValue.objects.all()}
    assert held == {lead.pk: lead.custom["badge"] for lead in Lead.objects.all()}


def test_switching_uniqueness_on_while_people_write_leaves_no_doubles():
    admin = UserFactory(role="administrator")
    made = create_field(by=admin, record_type="leads.lead", name="badge", kind="text", label="Badge")

    for _round in range(4):
        change_field(CustomField.objects.get(pk=made.pk), by=admin, is_unique=False)
        Lead.objects.all().delete()

        def act(n: int) -> Any:
            definitions.begin()  # as a request does, with definitions of before
            definitions.current()
            if n == 0:
                return change_field(CustomField.objects.get(pk=made.pk), by=admin, is_unique=True)
            return create_lead(by=admin, topic="x", company="x", custom={"badge": "A"})

        at_once(act, times=5)
        is_unique = CustomField.objects.get(pk=made.pk).is_unique
        if is_unique:
            assert Lead.objects.count() == UniqueValue.objects.count() <= 1


def test_a_value_is_free_for_others_once_its_holder_was_rolled_back():
    field("badge", "text", is_unique=True)
    seller = UserFactory()

    with pytest.raises(DomainError):
        create_lead(by=seller, topic="x", company="x", custom={"badge": "A", "moon": 1})

    assert create_lead(by=seller, topic="x", company="x", custom={"badge": "A"}).custom == {"badge": "A"}


def test_a_change_in_another_process_is_seen_at_the_next_request(client: Client):
    seller = UserFactory()
    client.force_login(seller)
    assert "custom_color" not in client.get("/leads/new/").text

    def elsewhere() -> None:
        try:
            admin = UserFactory(role="administrator")
            create_field(by=admin, record_type="leads.lead", name="color", kind="text", label="Color")
        finally:
            connection.close()

    other = threading.Thread(target=copy_context().run, args=[elsewhere])
    other.start()
    other.join()

    assert "custom_color" in client.get("/leads/new/").text


def test_what_is_rolled_back_is_known_to_nobody(client: Client):
    admin = UserFactory(role="administrator")
    client.force_login(admin)
    field("color", "text")

    refused = client.post("/settings/fields/new/", {
        "record_type": "leads.lead", "label": "Size", "kind": "number", "is_unique": "on", "default": "1",
    })  # fmt: skip

    assert refused.status_code == 422
    assert "custom_size" not in client.get("/leads/new/").text


# --- indexes ----------------------------------------------------------------------


def names_of_indexes() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'leads_lead' AND indexname LIKE 'custom_%'"
        )
        return {name for (name,) in cursor.fetchall()}


def finish_jobs() -> None:
    for job in Job.objects.filter(state="queued"):
        jobs.run(str(job.public_id))
        job.refresh_from_db()
        assert job.state == "done", job.error


@pytest.mark.parametrize("kind", ["text", "number", "date", "choice", "url"])
def test_a_new_field_is_indexed_in_the_background_and_its_index_goes_with_it(kind):
    admin = UserFactory(role="administrator")
    choices = [{"value": "a", "label": "A"}] if kind == "choice" else []
    LeadFactory(custom={"it": "what was there before"})
    made = create_field(by=admin, record_type="leads.lead", name="it", kind=kind, label="It", choices=choices)
    assert names_of_indexes() == set()

    finish_jobs()
    assert names_of_indexes() == {f"custom_{made.pk}_up", f"custom_{made.pk}_down"}
    remove_field(made, by=admin)
    purge_field(CustomField.objects.get(), by=admin, confirmation="it")
    finish_jobs()

    assert names_of_indexes() == set()
    assert Lead.objects.get().custom == {}


def test_an_index_that_was_left_unfinished_is_made_anew():
    made = definitions.definition_of(field("size", "number"))
    list(indexes.build(made))
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'custom_{made.pk}_up'::regclass"
        )

    list(indexes.build(made))

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT indisvalid FROM pg_index WHERE indexrelid = 'custom_{made.pk}_up'::regclass")
        assert cursor.fetchone() == (True,)
