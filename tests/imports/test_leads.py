"""Leads from a list: found twice, run twice, undone."""

import pytest
from django.db import connection

from duplicates.models import MatchKey
from kernel.models import HistoryEntry
from leads.actions import create_lead
from leads.models import Lead
from tests.imports.people import as_csv, leads
from tests.imports.scenes import bring, check, findings, imported, undone

pytestmark = pytest.mark.django_db


def dump(*tables):
    """Every byte of these tables, but for the keys that the database gives."""
    with connection.cursor() as cursor:
        found = {}
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY id')
            found[table] = cursor.fetchall()
        return found


def test_the_columns_of_a_german_list_are_guessed(boss):
    run = bring(as_csv(leads(20)), by=boss)

    assert [one["field"] for one in run.columns] == [
        "first_name", "last_name", "company", "email", "phone", "street", "postcode", "city", "country", "source",
        "estimated_value", "need",
    ]  # fmt: skip
    assert run.columns[10]["way"] == "comma"
    assert run.source["delimiter"] == ";"
    assert run.source["rows"] == 20


def test_an_imported_lead_is_what_the_same_lead_typed_in_would_be(boss):
    row = ["Ada", "Müller", "Borg GmbH", "ada@borg.de", "+49 711 123456", "Hauptstr. 5", "70173", "Stuttgart", "DE",
           "Messe", "1.250,50", "zwei\nZeilen"]  # fmt: skip
    imported(as_csv([row]), by=boss, fixed={"topic": "Laser"})
    typed = create_lead(
        by=boss, topic="Laser", first_name="Ada", last_name="Müller", company="Borg GmbH", email="ada@borg.de",
        phone="+49 711 123456", street="Hauptstr. 5", postcode="70173", city="Stuttgart", country="DE",
        source="trade_show", estimated_value="1250.50", need="zwei\nZeilen",
    )  # fmt: skip

    brought = Lead.objects.exclude(pk=typed.pk).get()
    typed.refresh_from_db()
    own = {"id", "public_id", "number", "created_at", "updated_at", "scored_at", "search_text"}
    columns = [field.attname for field in Lead._meta.concrete_fields if field.attname not in own]
    assert {name: getattr(brought, name) for name in columns} == {
        name: getattr(typed, name) for name in columns
    }
    assert brought.search_text.split()[1:] == typed.search_text.split()[1:]
    keys = MatchKey.objects.values_list("kind", "value").order_by("kind", "value")
    assert list(keys.filter(record_id=brought.pk)) == list(keys.filter(record_id=typed.pk))
    assert HistoryEntry.objects.get(record_type="leads.lead", record_id=brought.pk).verb == "created"


def test_ten_thousand_leads_with_doubles_are_told_apart_run_twice_without_effect_and_undone_to_the_byte(boss):
    first = create_lead(by=boss, topic="There before", last_name="Before", email="anna.before@example.com")
    tables = ("leads_lead", "duplicates_matchkey", "customers_account", "kernel_uniquevalue")
    before = dump(*tables)
    rows = leads(10_000)
    content = as_csv(rows)

    run = check(bring(content, by=boss), by=boss)
    told = findings(run, "duplicate")
    planned = run.counts

    assert planned["rows"] == 10_000
    assert planned.get("failed", 0) == 0
    assert 600 < planned["duplicates"] < 900
    assert any(
        "same e-mail as row" in text.replace("e-mail,", "e-mail") or "same e-mail" in text
        for _r, _c, text in told
    )

    run = imported(content, by=boss)
    counts = run.outcome["counts"]
    assert counts["created"] == planned["created"]
    assert counts["skipped"] == planned["skipped"]
    assert counts["created"] + counts["skipped"] == 10_000
    after = dump(*tables)

    second = imported(content, by=boss)
    assert second.outcome["counts"].get("created", 0) == 0
    assert second.outcome["counts"].get("updated", 0) == 0
    assert dump(*tables) == after

    run = undone(run, by=boss)
    assert run.status == "undone"
    assert dump(*tables) == before
    assert Lead.objects.get() == first
